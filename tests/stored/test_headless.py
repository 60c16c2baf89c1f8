"""Headless studies of commit abaee20: they open, replay, resume to the same bits, and give the same package."""

from __future__ import annotations

import json
import shutil

import pytest

from tests.stored.additions import TELLS_OF_INTERVAL, without_interval
from tests.stored.alike import OTHER_MACHINE, differences
from tests.stored.commands import WINNER
from tests.stored.entry_points import config_facts, python_names, same_event
from tests.stored.facts import events_of, facts_of, metadata_of, package_of, tensors_of
from tests.stored.files import sha256
from tests.stored.headless import STUDIES, outcome, said

PAUSED = 75
"""Exit status of a run that was paused; 0 at abaee20."""
SEARCHES = ("evolution", "kernels", "nsga2")


def finished(stored, study):
    return events_of(stored / study / "finished")


def paused(stored, study):
    return events_of(stored / study / "paused")


# --- it opens


@pytest.mark.parametrize("study", STUDIES)
def test_what_is_stored_is_what_was_stored(stored, facts, study):
    known = facts["studies"][study]
    assert facts_of(stored / study / "finished") == known["finished"]
    assert sha256((stored / f"{study}.stdout").read_bytes()) == known["finished"]["events_sha256"]


@pytest.mark.parametrize("study", STUDIES)
def test_its_config_keeps_its_digest_and_its_canonical_text(stored, facts, study):
    for document in (stored / f"{study}.json", stored / study / "finished" / "study.json"):
        digest, canonical = config_facts(json.loads(document.read_text()))
        assert digest == facts["studies"][study]["config_digest"]
        assert sha256(canonical.encode()) == facts["studies"][study]["canonical_sha256"]


@pytest.mark.parametrize("study", STUDIES)
def test_a_finished_folder_is_left_alone(stored, study):
    folder = stored / study / "finished"
    before = facts_of(folder)
    status, printed, told = outcome("run", stored / f"{study}.json", "--workdir", folder)
    assert (status, printed) == (0, "")
    assert told.startswith(f"{folder}: ")
    assert f"{folder / 'result'}" in told
    assert all(line.startswith("warning: ") for line in told.splitlines()[1:]), "what makes its result worth nothing"
    assert facts_of(folder) == before


# --- it replays


@pytest.mark.parametrize("study", STUDIES)
def test_every_event_is_read_and_written_as_it_was(stored, study):
    events = [*finished(stored, study), *paused(stored, study)]
    assert [same_event(event) for event in events] == events


def test_every_kind_of_event_the_engine_tells_is_among_them(stored):
    kinds = {event["kind"] for study in STUDIES for event in finished(stored, study)}
    assert kinds == {
        "study_started",
        "phase_started",
        "epoch_finished",
        "supernet_finished",
        "generation_finished",
        "study_finished",
        "training_finished",
        "analysis_finished",
    }


# --- it resumes


def test_resumed_twice_it_ends_with_the_same_bits(runs):
    once, again = runs["evolution"], runs["again"]
    assert once.printed == again.printed
    assert facts_of(once.folder) == facts_of(again.folder)


def test_resumed_it_ends_as_an_undisturbed_run(stored, runs, other_sums):
    """Where the supernet that is trained here is the stored one, bit for bit."""
    resumed, fresh = runs["evolution"], runs["fresh"]
    assert resumed.printed
    if "evolution" in other_sums:
        assert_same_course(fresh.events, [*paused(stored, "evolution"), *resumed.events])
        return
    assert fresh.printed.endswith(resumed.printed)
    assert package_of(resumed.folder) == package_of(fresh.folder)


@pytest.mark.parametrize("study", STUDIES)
def test_resumed_it_prints_only_what_was_missing_and_keeps_what_was_stored(stored, runs, study):
    before, after = paused(stored, study), events_of(runs[study].folder)
    assert after == before + runs[study].events
    assert len(after) == len(finished(stored, study))


@pytest.mark.parametrize("study", STUDIES)
def test_resumed_it_ends_as_it_did_then(stored, runs, other_sums, study):
    expected, found = finished(stored, study), events_of(runs[study].folder)
    if study in other_sums:
        assert_same_course(found, expected)
        return
    assert without_interval(found) == without_interval(expected)
    assert unlike(package_of(runs[study].folder), package_of(stored / study / "finished")) == []


@pytest.mark.parametrize("study", STUDIES)
def test_its_checkpoints_hold_the_same_tensors(stored, runs, other_sums, study):
    """Those of the end; the numbers of those on the way depend on where the run was interrupted."""
    here, there = runs[study].folder, stored / study / "finished"
    if study in other_sums:
        for path in sorted(there.glob("supernet-*")):
            assert {n: v[:2] for n, v in tensors_of(here / path.name).items()} == {
                n: v[:2] for n, v in tensors_of(path).items()
            }
        return
    assert unlike(facts_of(here), facts_of(there)) == []
    assert last_position(here) == last_position(there)


def unlike(found, expected):
    """Differences but for sums of what tells the interval of τ; the events themselves are compared without it."""
    return [line for line in differences(found, expected) if not line.startswith(TELLS_OF_INTERVAL)]


def last_position(folder):
    """What the last checkpoint remembers, but for how many there were: an interrupted run stores more."""
    head = json.loads((folder / "head.json").read_text())
    document = metadata_of(folder / "checkpoints" / head["checkpoint"])
    assert document["state"].pop("commits") == head["step"]
    return document


def assert_same_course(found, expected):
    """On another processor: the same steps, and about the same numbers until a choice depends on them."""
    outline = [(e["kind"], e.get("phase"), e.get("epoch"), e.get("generation"), sorted(e)) for e in expected]
    assert [(e["kind"], e.get("phase"), e.get("epoch"), e.get("generation"), sorted(e)) for e in found] == outline
    chosen = next((i for i, e in enumerate(expected) if e["kind"] == "generation_finished"), len(expected))
    assert differences(found[:chosen], expected[:chosen], OTHER_MACHINE) == []


def test_a_fresh_run_gives_the_same_events_and_files(stored, runs, other_sums):
    fresh = runs["fresh"]
    if "evolution" in other_sums:
        assert_same_course(fresh.events, finished(stored, "evolution"))
        return
    assert without_interval(fresh.printed) == without_interval((stored / "evolution.stdout").read_text())
    assert unlike(facts_of(fresh.folder), facts_of(stored / "evolution" / "finished")) == []


# --- pause, stop and fork of what was stored


def test_a_stored_study_is_paused_before_its_next_step(stored, runs, tmp_path):
    """Or goes on to its end, where a wish to pause is not remembered while nothing runs. Either way nothing is lost."""
    work = tmp_path / "w"
    shutil.copytree(stored / "analysis" / "paused", work)
    before = json.loads((work / "head.json").read_text())
    outcome("pause", work)
    status, printed, told = outcome("run", stored / "analysis.json", "--workdir", work)
    assert status in (0, PAUSED), told
    after, control = (json.loads((work / name).read_text()) for name in ("head.json", "control.json"))
    assert control["pause"] is False
    if printed:
        assert (status, printed, after["phase"]) == (0, runs["analysis"].printed, "done")
    else:
        assert (after["step"], after["bytes"]) == (before["step"] + 1, before["bytes"])


def test_a_stored_search_stops_and_keeps_what_it_found(stored, runs, tmp_path):
    """It was paused within its third generation, which is evaluated before the end."""
    work = tmp_path / "w"
    shutil.copytree(stored / "evolution" / "paused", work)
    said("stop", work)
    printed = said("run", stored / "evolution.json", "--workdir", work)
    assert [json.loads(line)["kind"] for line in printed.splitlines()] == ["generation_finished"]
    assert runs["evolution"].printed.startswith(printed)
    assert json.loads((work / "head.json").read_text())["phase"] == "done"


def test_a_fork_of_a_stored_search_goes_on_from_its_generation(stored, runs, tmp_path):
    """With the same config it finds the same: a fork repeats its source."""
    said("fork", stored / "evolution" / "finished", "--generation", "3", "--to", tmp_path / "f")
    kept = events_of(tmp_path / "f")
    assert kept == finished(stored, "evolution")[: len(kept)]
    assert [event["kind"] for event in kept][-1] == "generation_finished"
    said("stop", tmp_path / "f")
    printed = said("run", tmp_path / "f" / "study.json", "--workdir", tmp_path / "f")
    assert printed == ""
    assert sorted(path.name for path in (tmp_path / "f").iterdir()) == [
        "checkpoints",
        "control.json",
        "events.jsonl",
        "head.json",
        "run.lock",
        "study.json",
        "supernet-0000.safetensors",
    ]


# --- the package


@pytest.mark.parametrize("study", SEARCHES)
def test_the_stored_package_is_evaluated_as_it_was(stored, facts, computed, study):
    document = json.loads((stored / study / "finished" / "result" / "config.json").read_text())
    measured = json.loads(said("evaluate", stored / study / "finished" / "result"))
    assert measured["same_data"] is True
    assert (measured["architecture"], measured["samples"]) == (document["architecture"], document["results"]["samples"])
    for key in ("accuracy", "spikes", "spikes_by_layer"):
        assert differences(measured[key], document["results"][key], computed) == []


def test_a_damaged_package_is_refused_as_it_was(stored, tmp_path):
    shutil.copytree(stored / "evolution" / "finished" / "result", tmp_path / "r")
    model = tmp_path / "r" / "model.safetensors"
    model.write_bytes(model.read_bytes()[:-1] + b"\x00")
    status, _, told = outcome("evaluate", tmp_path / "r")
    assert status == 2
    assert told.startswith(f"error: {tmp_path / 'r'}: model.safetensors ")
    assert told.count("\n") == 1


def test_the_winner_is_the_one_that_was_looked_at(facts):
    assert facts["commands"]["finished"]["show"]["architecture"] == WINNER


def test_the_python_lines_of_a_stored_model_card_read_its_network(stored, monkeypatch):
    """The card of version abaee20 names a module that has moved since."""
    result = stored / "evolution" / "finished" / "result"
    lines = (result / "MODEL_CARD.md").read_text().split("```python\n")[1].split("```")[0]
    monkeypatch.chdir(result)
    names = python_names(lines)
    known = json.loads((result / "config.json").read_text())
    assert names["document"]["results"] == known["results"]
