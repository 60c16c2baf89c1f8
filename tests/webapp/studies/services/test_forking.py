"""A fork of a searched study: its history, its candidates, and a run of its own that doubles and loses nothing."""

from __future__ import annotations

import errno
import json

import pytest

from engine.config.parse import parse_stored
from engine.errors import ConfigError
from engine.metrics.fitness import fitness
from engine.sweep.plan import searches
from tests.webapp.studies.worker.test_runner import turn
from webapp.http.errors import InvalidTransition
from webapp.studies import services, tasks
from webapp.studies.files import workdir
from webapp.studies.models import Study
from webapp.studies.selectors.summaries import detail

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def searched(study):
    return turn(study, tasks.run_engine)


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


def post(client, url, body):
    return client.post(url, json.dumps(body), content_type="application/json")


def test_searches_on_one_supernet_train_it_once_and_are_one_family(searched, alice, as_user, bob):
    client = as_user(alice)
    again = post(client, f"/api/studies/{searched.id}/sweep", {"lambdas": [-1.5, 0], "seeds": [3], "name": "Again"})
    assert (again.status_code, again.json()["studies"]) == (201, 2)
    made = list(Study.objects.filter(forked_from=searched).order_by("name"))
    assert [one.name for one in made] == ["Again, λ = -1.5, seed 3", "Again, λ = 0, seed 3"]
    done = [turn(one, tasks.run_engine) for one in made]
    for one in done:
        assert (one.state, one.reason, one.generation, one.best_tag) == ("succeeded", "", 2, "validation, supernet")
        assert one.events.filter(kind="epoch_finished").count() == searched.config["supernet"]["epochs"]
        trained = one.events.get(kind="supernet_finished")
        assert trained.payload == searched.events.get(kind="supernet_finished").payload
    later = services.fork(alice, done[0], 1, {})
    other = services.create_study(alice, parse_stored(searched.config))
    found = client.get(f"/api/studies/{later.id}/family").json()["studies"]
    assert [(one["name"], one["lambda"], one["seed"], one["forked_at"]) for one in found] == [
        (searched.name, -0.08, 0, None), (made[0].name, -1.5, 3, 0), (made[1].name, 0, 3, 0), (later.name, -1.5, 3, 1),
    ]  # fmt: skip
    assert found[1]["fitness"] == max(one.fitness for one in made[0].candidates.all())
    assert len(client.get(f"/api/studies/{other.id}/family").json()["studies"]) == 1
    assert as_user(bob).get(f"/api/studies/{searched.id}/family").status_code == 404


@pytest.mark.parametrize(
    ("body", "field", "said"),
    [
        ({}, "lambda", "give at least one"),
        ({"lambdas": "0"}, "lambdas", "must be a list of numbers"),
        ({"lambdas": [0.5]}, "search.fitness_lambda", "must be at most 0, got 0.5"),
        ({"lambdas": [0], "seeds": [1.5]}, "seeds", "must be a list of whole numbers"),
        ({"lambdas": [0], "retrain": 1}, "retrain", "must be true or false, got '1'"),
        ({"lambdas": [0], "name": ""}, "name", "must not be empty"),
        ({"lambdas": [0], "seed": 1}, "seed", "is none of name, lambdas, seeds, retrain, generations"),
        ({"lambdas": [0]}, "", None),
    ],
)
def test_a_sweep_that_cannot_be_is_refused_by_field_and_makes_nothing(study, alice, as_user, body, field, said):
    """The last is fine in itself, but the study has not begun, so there is no supernet."""
    answer = post(as_user(alice), f"/api/studies/{study.id}/sweep", body)
    assert Study.objects.count() == 1
    if said is None:
        assert (answer.status_code, "it has no checkpoint yet" in answer.json()["error"]) == (409, True)
    else:
        assert (answer.status_code, answer.json()["problems"]) == (422, [{"field": field, "message": said}])


def test_a_sweep_beyond_the_quota_leaves_neither_studies_nor_files(searched, alice, settings):
    settings.UNFINISHED_QUOTA = 1
    configs = [one.config for one in searches(parse_stored(searched.config), [0.0, -1.0])]
    with pytest.raises(ConfigError, match="at most 1 of your studies may be unfinished"):
        services.search_again(alice, searched, configs)
    assert Study.objects.count() == 1
    assert [path.name for path in workdir(searched.id).parent.iterdir()] == [str(searched.id)]


def test_an_architecture_retrained_later_joins_the_rank_correlation_of_its_search(searched, alice, as_user):
    client, url = as_user(alice), f"/api/studies/{searched.id}"
    assert client.get(f"{url}/retrained").json() == {"studies": [], "architectures": [], "trust": None, "note": ""}
    codes = list(searched.candidates.values_list("architecture", flat=True)[:3])
    asked = post(client, f"{url}/retrain", {"architectures": codes, "seeds": 2})
    assert asked.status_code == 201
    made = turn(Study.objects.get(id=asked.json()["id"]), tasks.run_engine)
    assert (made.state, made.forked_from, made.config["analysis"]["seeds"]) == ("succeeded", searched, 2)
    found = client.get(f"{url}/retrained").json()
    assert [(one["id"], one["state"]) for one in found["studies"]] == [(str(made.id), "succeeded")]
    estimates = dict(searched.candidates.values_list("architecture", "accuracy"))
    assert [(one["architecture"], one["search_accuracy"], one["seeds"]) for one in found["architectures"]] == [
        (code, estimates[code], [0, 1]) for code in codes
    ]
    assert (found["trust"] or {"n": 3})["n"] == 3
    assert found["trust"] or found["note"]
    assert len(client.get(f"{url}/family").json()["studies"]) == 1  # it has no supernet


@pytest.mark.parametrize(
    ("body", "field", "said"),
    [
        ({}, "architectures", "give 1 to 50 genomes, got 0"),
        ({"architectures": "R3-S"}, "architectures", "must be a list of genomes, such as R5-S-C3"),
        ({"architectures": ["R3-S"], "seeds": "2"}, "seeds", "must be a whole number, got '2'"),
        ({"architectures": ["R3-S"], "epochs": 2}, "", "epochs: is none of architectures, seeds"),
    ],
)
def test_what_cannot_be_retrained_is_refused_by_field(study, alice, as_user, body, field, said):
    answer = post(as_user(alice), f"/api/studies/{study.id}/retrain", body)
    assert (answer.status_code, answer.json()["problems"]) == (422, [{"field": field, "message": said}])
    assert Study.objects.count() == 1
