"""Evaluation of a generation: what a commit in its midst stores, and what earlier versions stored there."""

import pytest

from engine.events import CandidateEvaluated, Commit, Progress, Resume
from engine.run import generation
from engine.run.control import Control
from engine.run.state import State
from engine.storage.atomic import read_metadata, write_metadata
from engine.study import run
from tests.engine.evaluation.test_recalibration import recalibrating
from tests.engine.run.played import play
from tests.engine.tiny import tiny_config

BATCHES, SAMPLES, POPULATION = 2, 20, 4


def state_of(workdir, commit):
    return State.model_validate(read_metadata(workdir / "checkpoints" / commit.checkpoint, commit.sha256)["state"])


def samples(state):
    return [tally.samples for tally in state.tallies]


def searching(config, workdir, wanted):
    """The events up to the first commit in the search whose state is as wanted, that commit and its state."""
    found = []

    def reached(item):
        if isinstance(item, Commit) and item.phase == "search" and wanted(state_of(workdir, item)):
            found.append(item)
        return bool(found)

    events, _ = play(config, workdir, Control(hurry=True), reached)  # a commit after each batch
    return events, found[0], state_of(workdir, found[0])


def goes_on(config, workdir, commit):
    return play(config, workdir, resume=Resume(commit.checkpoint, commit.sha256, commit.step), attempt=1)[0]


def test_all_candidates_share_each_batch(tmp_path):
    _, _, state = searching(tiny_config(), tmp_path, lambda state: state.batch == 1)
    assert samples(state) == [10] * POPULATION


def test_recalibrated_candidates_are_evaluated_one_by_one_and_the_batch_counts_batches(tmp_path):
    _, _, state = searching(recalibrating(), tmp_path, lambda state: samples(state)[1:2] == [10])
    assert samples(state) == [SAMPLES, 10, 0, 0]
    assert state.batch == 1


def test_a_candidate_left_in_the_midst_is_resumed_there(tmp_path):
    whole, _ = play(recalibrating(), tmp_path / "whole")
    first, commit, _ = searching(recalibrating(), tmp_path / "cut", lambda state: samples(state)[1:2] == [10])
    assert first + goes_on(recalibrating(), tmp_path / "cut", commit) == whole


@pytest.mark.parametrize("evaluated", [1, 3])
def test_a_position_of_an_earlier_version_counted_candidates(tmp_path, evaluated):
    """They committed between two candidates, and wrote into `batch` how many were evaluated."""
    config, there = recalibrating(), [SAMPLES] * evaluated + [0] * (POPULATION - evaluated)
    whole, _ = play(config, tmp_path / "whole")
    first, commit, state = searching(config, tmp_path / "cut", lambda state: samples(state) == there)
    old = state.model_copy(update={"batch": evaluated})
    path = tmp_path / "cut" / "checkpoints" / commit.checkpoint
    written = write_metadata(path, {"state": old.model_dump(mode="json")})
    stored = Commit(written.name, written.sha256, written.size, commit.step, commit.phase)
    assert first + goes_on(config, tmp_path / "cut", stored) == whole


def test_progress_counts_the_batches_of_all_candidates(tmp_path):
    for config, groups in ((tiny_config(), 1), (recalibrating(), POPULATION)):
        steps = run(config, tmp_path / str(groups), data_root=tmp_path)
        seen = [item for item in steps if isinstance(item, Progress) and item.phase == "search"]
        assert [item.done for item in seen] == list(range(1, 2 * groups * BATCHES + 1))
        assert {item.total for item in seen} == {2 * groups * BATCHES}


def test_running_estimates_are_of_candidates_that_saw_an_image(tmp_path, monkeypatch):
    monkeypatch.setattr(generation, "RUNNING_ESTIMATE_SECONDS", 0)
    for config in (tiny_config(), recalibrating()):
        steps = run(config, tmp_path / config.digest(), data_root=tmp_path)
        seen = [item.candidate for item in steps if isinstance(item, CandidateEvaluated)]
        assert {candidate.id for candidate in seen} == set(range(2 * POPULATION))
        assert all(candidate.spikes > 0 for candidate in seen)
