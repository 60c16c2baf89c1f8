"""`extend`: more generations in the same folder; a retrained winner's study is forked instead."""

import json
import shutil

import pytest

from engine.__main__ import main
from engine.cli.study_file import read_stored
from engine.storage.committed import whole_events


@pytest.fixture
def paused(made, tmp_path):
    """A copy of the study behind its first generation of two."""
    shutil.copytree(made / "paused", tmp_path / "w")
    return tmp_path / "w"


def test_an_extended_folder_goes_on_to_the_new_end_and_says_where_it_was_extended(paused, capsys):
    run = ["run", str(paused / "study.json"), "--workdir", str(paused)]
    assert main(["extend", str(paused), "--generations", "4"]) == 0
    assert "goes on to generation 4" in capsys.readouterr().err
    assert main(run) == 0
    kinds = [event["kind"] for event in whole_events(paused)]
    assert kinds.count("generation_finished") == 3  # the space has nine architectures, four a generation
    assert kinds.index("study_extended") == kinds.index("generation_finished") + 1
    assert kinds[-1] == "study_finished"
    extended = next(event for event in whole_events(paused) if event["kind"] == "study_extended")
    assert extended["config_digest"] == read_stored(paused / "study.json").digest()
    capsys.readouterr()
    assert main(run) == 0
    assert "already finished" in capsys.readouterr().err
    assert main(["extend", str(paused), "--generations", "9"]) == 2
    assert "its winner is retrained, and its result stays as it is; fork it" in capsys.readouterr().err
    assert read_stored(paused / "study.json").search.generations == 4


def test_a_fork_of_an_extended_study_has_its_history_and_none_of_its_extensions(paused, tmp_path):
    assert main(["extend", str(paused), "--generations", "4"]) == 0
    assert main(["fork", str(paused), "--generation", "1", "--to", str(tmp_path / "fork")]) == 0
    kinds = [event["kind"] for event in whole_events(tmp_path / "fork")]
    assert "study_extended" not in kinds
    assert main(["run", str(tmp_path / "fork" / "study.json"), "--workdir", str(tmp_path / "fork")]) == 0


def test_an_extension_cut_off_before_its_config_was_written_has_not_been(paused, monkeypatch, capsys):
    def fails(*_):
        raise OSError("power cut")

    before = json.loads((paused / "study.json").read_text())
    with monkeypatch.context() as patch:
        patch.setattr("engine.cli.extend.write_study", fails)
        assert main(["extend", str(paused), "--generations", "4"]) == 2
    assert json.loads((paused / "study.json").read_text()) == before
    assert main(["run", str(paused / "study.json"), "--workdir", str(paused)]) == 0
    assert [event["kind"] for event in whole_events(paused)].count("generation_finished") == 2
