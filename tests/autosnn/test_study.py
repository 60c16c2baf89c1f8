"""A study: run, paused, resumed, held to its config and data; what it found."""

import pytest

import autosnn as A
from engine.__main__ import main
from engine.events import EpochFinished, GenerationFinished, StudyFinished, is_durable
from tests.autosnn.conftest import NAMES


def test_a_finished_study_has_nothing_left_to_run(finished):
    assert finished.state == "finished"
    assert list(finished.events()) == []
    assert list(finished.run()) == finished.stored


def test_tables_hold_what_the_events_told(finished):
    told = [one for event in finished.stored if isinstance(event, GenerationFinished) for one in event.candidates]
    assert finished.candidates["architecture"] == [one.architecture for one in told]
    assert finished.candidates["accuracy"] == [one.accuracy for one in told]
    assert [row["phase"] for row in finished.curves] == ["supernet", "supernet", "retrain", "retrain"]
    (result,) = finished.result
    last = finished.stored[-1]
    assert isinstance(last, StudyFinished)
    assert (result["test_accuracy"], result["test_spikes"]) == (last.test_accuracy, last.test_spikes)
    assert len(finished.trainings) == 0


def test_the_front_is_what_no_candidate_dominates(finished):
    every, front = list(finished.candidates), list(finished.front)
    for one in front:
        assert not any(
            other["accuracy"] >= one["accuracy"] and other["spikes"] < one["spikes"] for other in every
        )  # fewer spikes cost accuracy
    assert [one["spikes"] for one in front] == sorted(one["spikes"] for one in front)


def test_paused_and_gone_on_with_it_tells_what_an_unbroken_run_tells(finished, tiny, arrays, tmp_path):
    study = A.Study(tiny, data=arrays, workdir=tmp_path / "w")
    assert study.state == "new"
    assert len(study.candidates) == 0
    first = []
    for event in study.events():
        if is_durable(event):
            first.append(event)
        if isinstance(event, EpochFinished) and event.epoch == 1 and event.phase == "supernet":
            assert study.state == "running"
            study.pause()
    assert study.state == "paused"
    again = A.Study(workdir=tmp_path / "w")  # config and data are the folder's
    rest = [event for event in again.events() if is_durable(event)]
    assert 0 < len(first) < len(finished.stored)
    assert first + rest == again.stored == finished.stored


def test_nobody_at_work_cannot_be_paused(finished):
    with pytest.raises(A.ConfigError, match="there is nothing to pause"):
        finished.pause()


def test_another_config_is_told_in_which_fields_it_differs(finished, tiny, arrays):
    with pytest.raises(A.CheckpointError) as refused:
        A.Study(tiny.set("search.generations=7", seed=5), data=arrays, workdir=finished.workdir)
    assert "seed is 0 there and 5 in this one; search.generations is 2 there and 7 in this one" in str(refused.value)
    assert "choose another --workdir" in str(refused.value)


def test_it_resumes_only_with_the_same_data(finished, tiny, digits):
    x, y = digits
    other = A.Arrays(x[:119], y[:119], x[120:], y[120:], classes=NAMES)
    with pytest.raises(A.CheckpointError, match=r"data\.content_sha256 is"):
        A.Study(tiny, data=other, workdir=finished.workdir)


def test_an_empty_folder_needs_a_config(tmp_path):
    with pytest.raises(A.ConfigError, match="holds no study yet; give a Config or a preset's key"):
        A.Study(workdir=tmp_path)


def test_the_command_goes_on_with_a_folder_of_the_library(finished, capsys):
    folder = finished.workdir
    assert main(["run", str(folder / "study.json"), "--workdir", str(folder), "--data", str(folder / "data")]) == 0
    assert "already finished" in capsys.readouterr().err


def test_a_preset_may_be_named_by_its_key(tmp_path):
    study = A.Study("quick-look", workdir=tmp_path)
    assert study.config == A.preset("quick-look")
    assert (study.state, str(study.data_root)) == ("new", "var/data")
