"""A study over several seeds: whole studies that know of each other, and the spread of what they found."""

from __future__ import annotations

import uuid

import pytest

from webapp.studies.models import Event, Study

pytestmark = pytest.mark.django_db


def launch(client, config, **more):
    body = {"config": config.model_dump(mode="json"), **more}
    return client.post("/api/studies", body, content_type="application/json")


def finish(study, accuracy, spikes):
    """Store the event a finished study ends with."""
    payload = {
        "kind": "study_finished", "architecture": "R3-C3", "test_accuracy": accuracy, "test_spikes": spikes,
        "firing_rate": 0.1, "parameters": 100,
    }  # fmt: skip
    Event.objects.create(
        study=study, seq=study.last_seq + 1, kind="study_finished", payload=payload, time=study.created
    )


def test_k_seeds_are_k_queued_studies_that_differ_in_nothing_else(alice, config, as_user):
    answer = launch(as_user(alice), config, seeds=3)
    assert answer.status_code == 201
    made = list(Study.objects.order_by("seed"))
    assert [study.seed for study in made] == [0, 1, 2]
    assert [study.name for study in made] == ["Tiny, seed 0", "Tiny, seed 1", "Tiny, seed 2"]
    assert {str(study.repeat) for study in made} == {answer.json()["repeat"]}
    assert answer.json()["id"] == str(made[0].id)
    assert {study.state for study in made} == {"queued"}
    configs = [{**study.config, "seed": 0, "name": ""} for study in made]
    assert configs[0] == configs[1] == configs[2]


def test_one_seed_is_a_study_like_any_other(alice, config, as_user):
    for more in ({}, {"seeds": 1}):
        answer = launch(as_user(alice), config, **more)
        assert (answer.status_code, "repeat" in answer.json()) == (201, False)
    assert set(Study.objects.values_list("name", "repeat")) == {("Tiny", None)}


@pytest.mark.parametrize("seeds", [0, 101, -1, 1.5, "3", True, None, [2]])
def test_a_count_out_of_bounds_is_refused_with_the_bound(seeds, alice, config, as_user):
    answer = launch(as_user(alice), config, seeds=seeds)
    assert answer.status_code == 422
    [problem] = answer.json()["problems"]
    assert problem == {"field": "seeds", "message": "must be a whole number from 1 to 100"}
    assert not Study.objects.exists()


def test_seeds_beyond_the_largest_are_refused_and_nothing_is_stored(alice, config, as_user):
    answer = launch(as_user(alice), config.model_copy(update={"seed": 2**31 - 2}), seeds=3)
    assert answer.status_code == 422
    assert "seed" in answer.json()["problems"][0]["message"]
    assert not Study.objects.exists()


def test_the_spread_is_over_the_finished_ones(alice, config, as_user):
    client = as_user(alice)
    repeat = launch(client, config, seeds=3).json()["repeat"]
    first, second, _ = Study.objects.order_by("seed")
    empty = client.get(f"/api/repeats/{repeat}").json()
    assert (empty["finished"], empty["spread"]) == (0, None)
    finish(first, 0.8, 100.0)
    finish(second, 0.9, 300.0)
    found = client.get(f"/api/repeats/{repeat}").json()
    assert found["finished"] == 2
    assert [line["result"] and line["result"]["test_spikes"] for line in found["studies"]] == [100.0, 300.0, None]
    spikes = found["spread"]["test_spikes"]
    assert (spikes["n"], spikes["mean"]) == (2, 200.0)
    assert spikes["deviation"] == pytest.approx(141.4213562)  # √((100² + 100²) ÷ 1), by hand


def test_a_stranger_finds_no_repetition(alice, bob, config, as_user):
    repeat = launch(as_user(alice), config, seeds=2).json()["repeat"]
    assert as_user(bob).get(f"/api/repeats/{repeat}").status_code == 404
    assert as_user(alice).get(f"/api/repeats/{uuid.uuid4()}").status_code == 404
