"""Search on event data, end to end: frames of N-MNIST through supernet, search and retraining."""

import shutil

import pytest

from engine.config.data import DataConfig
from engine.events import Commit, Resume, StudyFinished, StudyStarted, SupernetFinished
from engine.export.reproduce import reproduce
from engine.study import run
from tests.engine.tiny import tiny_config


def event_config(**data: object):
    changes = {"dataset": "n_mnist", "image_size": 17, "train_samples": 60, "test_samples": 20, **data}
    return tiny_config().model_copy(update={"data": DataConfig.model_validate(changes)})


@pytest.fixture
def data_root(test_data, tmp_path):
    (tmp_path / "n_mnist").mkdir()
    shutil.copy(test_data / "samples" / "nmnist_sample.zip", tmp_path / "n_mnist")
    return tmp_path


@pytest.mark.data
@pytest.mark.parametrize("by", ["count", "duration"])
def test_a_whole_study_on_events_and_its_package_reproduces(by, data_root, tmp_path):
    events = list(run(event_config(frames_by=by), tmp_path / "work", data_root=data_root))
    started = next(e for e in events if isinstance(e, StudyStarted))
    assert "N-MNIST" in started.data_note
    assert next(e for e in events if isinstance(e, SupernetFinished)).average_spikes > 0
    finished = next(e for e in events if isinstance(e, StudyFinished))
    again = reproduce(tmp_path / "work" / "result", data_root, "test")
    assert (again["accuracy"], again["spikes"]) == (finished.test_accuracy, finished.test_spikes)
    assert again["same_data"]


@pytest.mark.data
def test_events_resume_bit_identically(data_root, tmp_path):
    config = event_config()
    whole = [e for e in run(config, tmp_path / "one", data_root=data_root) if isinstance(e, StudyFinished)]
    steps = run(config, tmp_path / "two", data_root=data_root, commit_seconds=0)
    commit = next(e for e in steps if isinstance(e, Commit))
    resume = Resume(commit.checkpoint, commit.sha256, commit.step)
    resumed = run(config, tmp_path / "two", data_root=data_root, resume=resume)
    rest = [e for e in resumed if isinstance(e, StudyFinished)]
    assert rest == whole


@pytest.mark.parametrize("encoding", ["rate", "latency"])
def test_images_coded_as_spikes_train_and_reproduce(encoding, tmp_path):
    config = tiny_config()
    config = config.model_copy(update={"data": config.data.model_copy(update={"encoding": encoding})})
    events = list(run(config, tmp_path / "work", data_root=tmp_path))
    finished = next(e for e in events if isinstance(e, StudyFinished))
    again = reproduce(tmp_path / "work" / "result", tmp_path, "test")
    assert (again["accuracy"], again["spikes"]) == (finished.test_accuracy, finished.test_spikes)
