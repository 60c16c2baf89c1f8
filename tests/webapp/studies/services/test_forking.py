"""A fork of a searched study: its history, its candidates, and a run of its own that doubles and loses nothing."""

from __future__ import annotations

import errno

import pytest

from engine.metrics.fitness import fitness
from tests.webapp.studies.worker.test_runner import turn
from webapp.http.errors import InvalidTransition
from webapp.studies import services, tasks
from webapp.studies.files import workdir
from webapp.studies.selectors.summaries import detail

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_fork_has_what_was_evaluated_up_to_its_generation_and_goes_on_to_its_own_end(searched, alice):
    assert searched.state == "succeeded"
    made = services.fork(alice, searched, 1, {"search": {"generations": 3}})
    evaluated = [event.payload["generation"] for event in made.events.filter(kind="generation_finished")]
    assert (evaluated, made.candidates.count(), made.generation, made.generations) == ([0], 4, 1, 3)
    assert made.checkpoints.get().events == made.events.exclude(kind="state_changed").count()
    assert bytes(made.candidates.first().spike_map) == bytes(searched.candidates.first().spike_map)
    assert turn(made, tasks.run_engine).state == "succeeded"
    events = list(made.events.order_by("seq"))
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert [e.payload["generation"] for e in events if e.kind == "generation_finished"] == [0, 1, 2]
    assert list(made.candidates.values_list("number", flat=True)) == list(range(made.candidates.count()))


def test_a_fork_under_another_lambda_is_scored_anew_and_says_so(searched, alice):
    made = services.fork(alice, searched, 1, {"search": {"fitness_lambda": -1.5}})
    average = made.events.get(kind="supernet_finished").payload["average_spikes"]
    told = made.events.get(kind="generation_finished").payload
    assert [one["fitness"] for one in told["candidates"]] == [one.fitness for one in made.candidates.all()]
    for one in made.candidates.all():
        assert one.fitness == fitness(one.accuracy, one.spikes, average, -1.5)
    best = max(made.candidates.all(), key=lambda one: (one.fitness, one.number))
    assert (told["best"], made.best_architecture) == (best.number, best.architecture)
    assert made.events.get(kind="study_started").payload["found_under"] == [
        {"generations": 1, "fitness_lambda": searched.config["search"]["fitness_lambda"]}
    ]
    warned = [one["message"] for one in detail(made, alice)["warnings"] if one["code"] == "scored_anew"]
    assert warned == ["Scored anew: generation 1 was found under λ = -0.08; scored anew under λ = -1.5."]


def test_a_fork_that_cannot_be_stored_leaves_no_files(searched, alice, monkeypatch):
    def fails(*_):
        raise RuntimeError("boom")

    monkeypatch.setattr("webapp.studies.services.forking.store", fails)
    with pytest.raises(RuntimeError, match="boom"):
        services.fork(alice, searched, 1, {})
    assert [path.name for path in workdir(searched.id).parent.iterdir()] == [str(searched.id)]


def test_a_full_disk_is_told_as_such_and_leaves_no_files(searched, as_user, monkeypatch):
    def full(source, at, own, generation, config, target):
        target.mkdir(parents=True)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("webapp.studies.services.forking.copy_up_to", full)
    answer = as_user(searched.owner).post(f"/api/studies/{searched.id}/fork")
    assert answer.status_code == 409
    assert answer.json()["error"] == "the study cannot be forked: No space left on device; try again later"
    assert [path.name for path in workdir(searched.id).parent.iterdir()] == [str(searched.id)]


def test_a_source_whose_files_are_gone_says_so(searched, alice):
    for path in workdir(searched.id).glob("supernet-*"):
        path.unlink()
    with pytest.raises(InvalidTransition, match="cannot be forked"):
        services.fork(alice, searched, 1, {})
