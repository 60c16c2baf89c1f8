"""Requests for a run: a pause is for the one at work, a stop also for the next one."""

from __future__ import annotations

import json
import shutil

import pytest

from engine.cli.run_lock import lock_workdir
from tests.engine.cli.damage import command, contents


@pytest.fixture
def work(made, tmp_path):
    return shutil.copytree(made / "paused", tmp_path / "w")


def asked(work):
    return json.loads((work / "control.json").read_text())


@pytest.mark.parametrize("locked_before", [True, False])
def test_a_pause_where_no_run_is_at_work_is_refused(work, locked_before):
    if not locked_before:
        (work / "run.lock").unlink()
    ended = command("pause", work)
    assert ended.status == 2
    assert ended.told == f"error: workdir: no run is at work in {work}; there is nothing to pause\n"
    assert asked(work) == {"pause": False, "ending": ""}


def test_a_run_at_work_is_asked_to_pause(work):
    with lock_workdir(work):
        assert command("pause", work).status == 0
    assert asked(work)["pause"] is True


def test_a_pause_that_came_too_late_is_forgotten_by_the_next_run(made, work):
    (work / "control.json").write_text('{"pause": true, "ending": ""}')
    assert command("run", made / "study.json", "--workdir", work).status == 0
    assert contents(work) == contents(made / "finished")
    assert asked(work) == {"pause": False, "ending": ""}


def test_a_stop_of_a_paused_study_ends_the_search_of_the_next_run(made, work):
    ended = command("stop", work)
    assert ended.status == 0
    assert ended.told == (f"no run is at work in {work}; the next one ends its search after the generation at work\n")
    assert command("run", made / "study.json", "--workdir", work).status == 0
    assert json.loads((work / "head.json").read_text())["phase"] == "done"
    assert not (work / "result").exists()


def test_a_finished_study_cannot_be_stopped(made):
    ended = command("stop", made / "finished")
    assert ended.status == 2
    assert ended.told == f"error: workdir: the study in {made / 'finished'} is finished; there is nothing to stop\n"


def test_a_paused_run_ends_with_75(made, work, monkeypatch):
    """The pause is asked once the run holds its folder; its file is looked at on every event."""
    monkeypatch.setattr("engine.cli.control_file.LOOK_SECONDS", 0)

    def asked_at_work(config, data_root):
        assert command("pause", work).status == 0
        return load(config, data_root)

    load = __import__("engine.data.load", fromlist=["load"]).load
    monkeypatch.setattr("engine.run.session.load", asked_at_work)
    ended = command("run", made / "study.json", "--workdir", work)
    assert ended.status == 75
    assert ended.told.splitlines()[-1] == "paused at a checkpoint; run the same command again to go on"
    assert asked(work) == {"pause": False, "ending": ""}
    monkeypatch.undo()
    assert command("run", made / "study.json", "--workdir", work).status == 0
    assert contents(work) == contents(made / "finished")
