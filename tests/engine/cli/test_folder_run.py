"""The run of a folder that command and library share."""

import pytest

from engine.cli.control_file import Paused
from engine.cli.folder_run import open_run, run_folder
from engine.errors import ConfigError
from engine.events import EpochFinished, StudyFinished, SupernetFinished, is_durable
from tests.engine.tiny import tiny_config


def kinds(folder):
    lines = (folder / "events.jsonl").read_text().splitlines()
    return [line.split('"kind": "')[1].split('"')[0] for line in lines]


def test_until_the_supernet_is_trained_and_then_to_the_end(tmp_path, capsys):
    config = tiny_config()
    run_folder(config, tmp_path, tmp_path, until="search")
    assert kinds(tmp_path)[-2:] == ["supernet_finished", "phase_started"]
    run_folder(config, tmp_path, tmp_path, until="search")  # it is reached: nothing is done
    assert "generation_finished" not in kinds(tmp_path)
    run_folder(config, tmp_path, tmp_path)
    assert kinds(tmp_path)[-1] == "study_finished"
    assert capsys.readouterr().out == ""


def test_durable_events_come_once_they_are_stored(tmp_path):
    with open_run(tiny_config(), tmp_path, on_sigterm=False) as opened:
        for event in opened.events(tmp_path):
            if is_durable(event):
                assert event.kind in kinds(tmp_path)
            if isinstance(event, EpochFinished):
                opened.requests.pause()
                break
    assert not opened.finished


def paused_behind_the_supernet(folder):
    with open_run(tiny_config(), folder, on_sigterm=False) as opened:
        for event in opened.events(folder):
            if isinstance(event, SupernetFinished):
                opened.requests.pause()


def test_a_pause_stores_and_raises_and_a_later_run_ends_it(tmp_path):
    with pytest.raises(Paused):
        paused_behind_the_supernet(tmp_path)
    with open_run(tiny_config(), tmp_path, on_sigterm=False) as opened:
        *_, last = opened.events(tmp_path)
    assert isinstance(last, StudyFinished)


def test_a_folder_is_held_by_one(tmp_path):
    held = open_run(tiny_config(), tmp_path, on_sigterm=False)
    with held, pytest.raises(ConfigError, match="another run is at work"), open_run(tiny_config(), tmp_path):
        pass
