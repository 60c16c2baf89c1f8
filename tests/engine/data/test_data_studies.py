"""Whole studies on a real sample of every data set, from the files as they are, and their packages reproduce."""

import pytest

from engine.config.data import DataConfig
from engine.errors import DataError
from engine.events import StudyFinished, StudyStarted
from engine.export.reproduce import reproduce
from engine.study import run
from tests.engine.tiny import tiny_config

SAMPLES = {
    "cifar10": ("samples/cifar-10-batches-py", {"image_size": 8}),
    "cifar100": ("samples/cifar-100-python", {"image_size": 8, "train_samples": 120}),
    "svhn": ("samples/svhn", {"image_size": 8}),
    "tiny_imagenet": ("samples/tiny-imagenet-200_sample.zip", {"image_size": 16, "classes": 10}),
    "cifar10_dvs": ("samples/cifar10dvs_container", {"image_size": 16, "split": "contiguous"}),
    "dvs128_gesture": ("samples/DvsGesture", {"image_size": 16}),
    "events": ("dvs128_objects/dvs128_objects_session1.zip", {"image_size": 16, "sensor_size": 128, "classes": 5}),
}


@pytest.mark.data
@pytest.mark.parametrize("dataset", SAMPLES)
def test_a_whole_study_and_its_package_reproduces(dataset, test_data, tmp_path):
    path, settings = SAMPLES[dataset]
    data = DataConfig.model_validate(
        {"dataset": dataset, "path": str(test_data / path), "train_samples": 40} | settings
    )
    config = tiny_config().model_copy(update={"data": data})
    events = list(run(config, tmp_path / "work", data_root=tmp_path))
    started = next(e for e in events if isinstance(e, StudyStarted))
    assert started.layers[0].height == data.image_size
    finished = next(e for e in events if isinstance(e, StudyFinished))
    again = reproduce(tmp_path / "work" / "result", tmp_path, "test")
    assert (again["accuracy"], again["spikes"]) == (finished.test_accuracy, finished.test_spikes)
    assert again["same_data"]


@pytest.mark.data
def test_files_with_another_content_than_the_study_wants_are_refused(test_data, tmp_path):
    data = DataConfig.model_validate(
        {"dataset": "svhn", "path": str(test_data / "samples/svhn"), "image_size": 32, "content_sha256": "0" * 64}
    )
    with pytest.raises(DataError, match=r"data\.content_sha256: .* have changed: their SHA-256 is [0-9a-f]{16}…"):
        next(run(tiny_config().model_copy(update={"data": data}), tmp_path, data_root=tmp_path))
