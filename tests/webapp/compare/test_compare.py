"""Comparisons: whose studies, how many queries, one reference point, honest warnings, ledgers that sum to N."""

from __future__ import annotations

import base64
from uuid import uuid4

import numpy as np
import pytest

from engine.metrics.pareto import hypervolume
from tests.recorded import keep
from webapp.studies.models import Candidate, Study

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(alice, as_user):
    client = as_user(alice)

    def get(studies=(), architectures=()):
        pairs = ",".join(f"{study.id}:{code}" for study, code in architectures)
        return client.get(f"/api/compare?s={','.join(str(study.id) for study in studies)}&a={pairs}")

    return get


def kinds(found: list[dict[str, str]]) -> list[str]:
    return [warning["kind"] for warning in found]


def test_two_studies_share_one_reference_point(alice, ask):
    whole, part = keep(alice, "Whole"), keep(alice, "Part", generations=2)
    found = ask([whole, part]).json()
    spikes = found["reference"]["spikes"]
    assert spikes == max(c.spikes for c in Candidate.objects.filter(study__in=[whole, part]))
    for study, entry in zip((whole, part), found["studies"], strict=True):
        points = list(Candidate.objects.filter(study=study).values_list("accuracy", "spikes"))
        assert entry["judged"] == len(points)
        assert entry["hypervolume"] == pytest.approx(hypervolume(points, spikes))
        assert entry["best"]["tag"] == "validation, supernet"
    first, second = found["studies"]
    assert first["hypervolume"] >= second["hypervolume"]
    assert first["winner"]["tag"] == "test, retrained"
    assert second["winner"] is None
    assert found["differences"] == []
    assert kinds(found["warnings"]) == []


def test_only_what_differs_is_listed_by_its_path(alice, ask):
    one = keep(alice, "One")
    other = keep(alice, "Other", search={"fitness_lambda": -0.16}, retrain={"cutout": 4})
    rows = {row["path"]: row["values"] for row in ask([one, other]).json()["differences"]}
    assert rows == {"search.fitness_lambda": ["-0.08", "-0.16"], "retrain.cutout": ["0", "4"]}


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"seed": 3}, "split", "The seeds 0, 3 draw different validation samples"),
        ({"data": {"validation_fraction": 0.3}}, "split", "20% stratified, 30% stratified"),
        ({"data": {"split": "contiguous"}}, "split", "20% stratified, 20% contiguous"),
        ({"data": {"image_size": 32}}, "data", "data.image_size"),
        ({"network": {"time_steps": 6}}, "time", "T = 4, 6"),
        ({"data": {"dataset": "mnist", "image_size": 14}}, "data", "UCI optical digits, MNIST"),
    ],
)  # fmt: skip
def test_what_is_not_comparable_is_said(alice, ask, changes, kind, words):
    found = ask([keep(alice, "One"), keep(alice, "Other", **changes)]).json()["warnings"]
    assert kind in kinds(found)
    assert words in " ".join(warning["message"] for warning in found)


def test_a_contiguous_split_does_not_depend_on_the_seed(alice, ask):
    pair = [keep(alice, "One", data={"split": "contiguous"}), keep(alice, "Two", data={"split": "contiguous"}, seed=3)]
    assert kinds(ask(pair).json()["warnings"]) == []


def test_the_warning_of_splits_says_what_chance_does(alice, ask):
    [warning] = ask([keep(alice, "One"), keep(alice, "Two", seed=3)]).json()["warnings"]
    # the fittest has 86.06 % on 287 samples: √(0.8606 · 0.1394 / 287) = 2.04 points
    assert "On 287 samples an accuracy has a standard error of about 2.0 percentage points" in warning["message"]


def test_a_study_without_a_front_and_one_that_runs(alice, study, ask):
    running = keep(alice, "Running", generations=3)
    Study.objects.filter(id=running.id).update(state="queued", finished=None)
    found = ask([study, running]).json()
    messages = " ".join(warning["message"] for warning in found["warnings"])
    assert "Tiny: no architecture has been evaluated" in messages
    assert "Running is queued: its front is that of 30 architectures so far" in messages
    assert found["studies"][0]["hypervolume"] is None


def test_ledgers_sum_to_n_and_maps_are_whole(alice, ask):
    kept = keep(alice)
    found = ask([], [(kept, "S-S-S"), (kept, "R5-C5-S"), (kept, "winner")]).json()["architectures"]
    for entry in found:
        values = np.frombuffer(base64.b64decode(entry["map"]), "<f4").reshape(-1, entry["steps"])
        assert len(values) == len(entry["rows"])
        assert sum(row["spikes"] for row in entry["rows"]) == pytest.approx(entry["spikes"], abs=1e-9)
        assert [row["name"] for row in entry["rows"]] == ["stem", "1", "2", "3", "4", "5", "output"]
    assert [entry["tag"] for entry in found] == ["validation, supernet", "validation, supernet", "test, retrained"]
    assert found[2]["architecture"] == "R5-C5-S"
    assert found[0]["rows"][1]["neurons"] == 0  # an identity has no neurons


def test_numbers_of_different_splits_are_not_set_side_by_side_without_a_word(alice, ask):
    kept = keep(alice)
    assert kinds(ask([], [(kept, "S-S-S"), (kept, "winner")]).json()["architecture_warnings"]) == ["tag"]
    assert ask([], [(kept, "S-S-S"), (kept, "R5-C5-S")]).json()["architecture_warnings"] == []


def test_what_was_not_evaluated_says_so(alice, ask):
    kept = keep(alice, "Kept", generations=1)
    found = ask([], [(kept, "C3-R5-S"), (kept, "winner")]).json()["architectures"]
    assert [entry["problem"] for entry in found] == [
        "The search of Kept did not evaluate C3-R5-S.",
        "Kept has no retrained winner yet.",
    ]


def test_queries_do_not_grow(alice, as_user, django_assert_num_queries):
    client = as_user(alice)
    kept = [keep(alice, f"Study {i}", generations=2) for i in range(8)]
    codes = list(Candidate.objects.filter(study=kept[0]).values_list("architecture", flat=True)[:6])
    for many in (2, 8):
        address = ",".join(str(study.id) for study in kept[:many])
        pairs = ",".join(f"{kept[0].id}:{code}" for code in codes[: many - 2])
        with django_assert_num_queries(5 + (many > 2)):  # session, user, studies, events, candidates; spike maps
            assert client.get(f"/api/compare?s={address}&a={pairs}").status_code == 200


@pytest.mark.parametrize("form", ["s={id}", "s=&a={id}:winner", "s={own},{id}"])
def test_a_stranger_s_study_does_not_exist(alice, bob, admin, as_user, form):
    foreign, own = keep(alice), keep(bob)
    query = form.format(id=foreign.id, own=own.id)
    assert as_user(bob).get(f"/api/compare?{query}").status_code == 404
    assert as_user(alice).get(f"/api/compare?s={foreign.id}").status_code == 200
    assert as_user(admin).get(f"/api/compare?s={foreign.id},{own.id}").status_code == 200


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("s=nonsense", "s", "'nonsense' is no study's id"),
        ("s=" + ",".join(str(uuid4()) for _ in range(9)), "s", "at most 8 studies can be compared, got 9"),
        (f"a={uuid4()}", "a", "must be ID:GENOME or ID:winner"),
        (f"a={uuid4()}:<b>", "a", "must be ID:GENOME or ID:winner"),
        ("a=" + ",".join(f"{uuid4()}:S" for _ in range(7)), "a", "at most 6 architectures can be compared, got 7"),
    ],
)
def test_a_wrong_address_names_its_part_and_the_bound(alice, as_user, query, field, words):
    answer = as_user(alice).get(f"/api/compare?{query}")
    assert answer.status_code == 422
    [problem] = answer.json()["problems"]
    assert problem["field"] == field
    assert words in problem["message"]


def test_the_picker_lists_only_one_s_own(alice, bob, as_user):
    keep(alice, "Alice's"), keep(bob, "Bob's")
    listed = as_user(alice).get("/compare").context["page"]["choices"]
    assert [choice["name"] for choice in listed] == ["Alice's"]
