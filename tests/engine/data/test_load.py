"""From a data config to what a study trains, searches and tests on."""

import numpy as np
import pytest

from engine.config import DataConfig, StudyConfig
from engine.data import load
from tests.engine.tiny import tiny_config


def digits(seed: int = 0, **changes: object) -> StudyConfig:
    data = DataConfig.model_validate({"dataset": "digits", "image_size": 8, **changes})
    return tiny_config(seed).model_copy(update={"data": data})


def test_training_and_validation_part_the_training_set_and_leave_the_test_set_alone(tmp_path):
    data = load(digits(), tmp_path)
    assert len(data.train.labels) + len(data.validation.labels) == len(data.full_train.labels)
    parts = sorted(map(bytes, [*data.train.images, *data.validation.images]))
    assert parts == sorted(map(bytes, data.full_train.images))
    assert len(data.full_train.labels) + len(data.test.labels) == 1797


def test_the_seed_moves_the_validation_split_but_never_the_test_split(tmp_path):
    first, second = load(digits(), tmp_path), load(digits(1), tmp_path)
    assert not np.array_equal(first.validation.images, second.validation.images)
    assert np.array_equal(first.test.images, second.test.images)
    assert first.digest == second.digest  # the same images are in use, otherwise split


def test_subsets_are_class_balanced_and_seeded(tmp_path):
    data = load(digits(train_samples=100, test_samples=30), tmp_path)
    assert np.bincount(data.full_train.labels).tolist() == [10] * 10
    assert np.bincount(data.test.labels).tolist() == [3] * 10
    assert data.digest == load(digits(train_samples=100, test_samples=30), tmp_path).digest
    assert data.digest != load(digits(1, train_samples=100, test_samples=30), tmp_path).digest


def test_statistics_are_those_of_the_training_set(tmp_path):
    data = load(digits(), tmp_path)
    exact = data.full_train.images.astype(np.float64) / 255
    assert data.encoding.mean == pytest.approx((exact.mean(),))
    assert data.encoding.std == pytest.approx((exact.std(),))


def test_the_contiguous_split_is_by_index(tmp_path):
    data = load(digits(split="contiguous"), tmp_path)
    assert np.array_equal(data.validation.images, data.full_train.images[-len(data.validation.labels) :])
