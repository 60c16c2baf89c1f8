"""From a data config to what a study trains, searches and tests on."""

from pathlib import Path

import numpy as np
import pytest

from engine.config.data import DataConfig
from engine.config.study import StudyConfig
from engine.data.files.file_trees import open_tree
from engine.data.images import Images, channel_statistics
from engine.data.load import load
from engine.errors import DataError
from tests.engine.data.files.test_tree import write_folder, write_zip
from tests.engine.data.readers.test_image_readers import png
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


@pytest.mark.parametrize("count", [1, 999, 1000, 1001, 2500])
def test_statistics_counted_in_parts_are_those_of_the_whole_to_the_bit(count):
    images = np.random.default_rng(count).integers(0, 256, (count, 3, 4, 5), np.uint8)
    mean, std = channel_statistics(Images(images, np.zeros(count, np.int64)))
    values = np.arange(256) / 255
    for channel in range(3):
        counts = np.bincount(images[:, channel].ravel(), minlength=256).astype(np.float64)
        expected = float((counts * values).sum() / counts.sum())
        assert mean[channel] == expected
        assert std[channel] == float(np.sqrt((counts * (values - expected) ** 2).sum() / counts.sum()))


def test_no_more_than_a_thousand_images_are_counted_at_once(monkeypatch):
    sizes, whole = [], np.bincount
    monkeypatch.setattr(np, "bincount", lambda values, **more: sizes.append(values.size) or whole(values, **more))
    channel_statistics(Images(np.zeros((2500, 1, 2, 2), np.uint8), np.zeros(2500, np.int64)))
    assert max(sizes) == 1000 * 2 * 2


@pytest.mark.parametrize("encoding", ["rate", "latency"])
def test_codings_that_do_not_normalise_take_no_statistics(encoding, tmp_path):
    found = load(digits(encoding=encoding), tmp_path).encoding
    assert (found.coding, found.mean, found.std) == (encoding, (), ())


def test_the_contiguous_split_is_by_index(tmp_path):
    data = load(digits(split="contiguous"), tmp_path)
    assert np.array_equal(data.validation.images, data.full_train.images[-len(data.validation.labels) :])


def cifar100(root: Path, per_class: int, **changes: object) -> StudyConfig:
    """A study on that many images of each of CIFAR-100's classes."""
    labels = np.tile(np.arange(100, dtype=np.uint8), per_class)
    records = np.zeros((len(labels), 2 + 3 * 32 * 32), np.uint8)
    records[:, 1] = labels
    write_folder(root / "cifar", {"train.bin": records.tobytes(), "test.bin": records.tobytes()})
    data = DataConfig.model_validate({"dataset": "cifar100", "path": "cifar", "image_size": 8, **changes})
    return tiny_config().model_copy(update={"data": data})


def test_as_many_samples_as_classes_leave_nothing_to_validate_on_and_are_refused(tmp_path):
    study = cifar100(tmp_path, 2, train_samples=100)
    with pytest.raises(DataError, match=r"data\.train_samples: 100 samples of 100 classes leave 100 .* 0 .* 2 and 1"):
        load(study, tmp_path)


def test_files_with_one_image_a_class_are_refused_by_their_path(tmp_path):
    with pytest.raises(DataError, match=r"data\.path: 100 samples of 100 classes leave 100 .* and 0"):
        load(cifar100(tmp_path, 1), tmp_path)


def test_a_contiguous_split_too_small_to_validate_on_is_refused(tmp_path):
    images = {"x": np.zeros((9, 8, 8), np.uint8), "y": np.arange(9) % 2}
    np.savez(tmp_path / "train.npz", **images)
    np.savez(tmp_path / "test.npz", **images)
    own = {"dataset": "images", "path": ".", "classes": 2, "channels": 1, "split": "contiguous"}
    with pytest.raises(DataError, match=r"data\.path: 9 samples of 2 classes leave 9 for training and 0"):
        load(digits(**own, validation_fraction=0.05), tmp_path)


def test_files_without_a_test_sample_are_refused(tmp_path):
    np.savez(tmp_path / "train.npz", x=np.zeros((5, 8, 8), np.uint8), y=np.arange(5))
    own = {"dataset": "images", "path": ".", "classes": 5, "channels": 1}
    with pytest.raises(DataError, match=r"data\.path: images holds no test sample; at least 1"):
        load(digits(**own), tmp_path)


def test_a_few_samples_more_than_classes_train_every_class(tmp_path):
    data = load(cifar100(tmp_path, 2, train_samples=120), tmp_path)
    assert (len(data.train.labels), len(data.validation.labels)) == (100, 20)
    assert set(data.train.labels.tolist()) == set(range(100))


def own_splits(root: Path, *splits: str) -> dict[str, object]:
    """The data of a study on arrays with these splits; each image's first pixel tells its split."""
    for place, split in enumerate(splits):
        images = np.full((12 + 2 * place, 8, 8), place, np.uint8)
        np.savez(root / f"{split}.npz", x=images, y=np.arange(len(images)) % 2)
    return {"dataset": "images", "path": ".", "classes": 2, "channels": 1}


@pytest.mark.parametrize("changes", [{}, {"split": "contiguous"}, {"validation_fraction": 0.5}])
def test_the_files_own_validation_split_is_the_study_s_whatever_its_seed_and_fraction(changes, tmp_path):
    own = own_splits(tmp_path, "train", "val", "test")
    data = [load(digits(seed, **own, **changes), tmp_path) for seed in (0, 1)]
    for one in data:
        assert [np.unique(part.images).tolist() for part in (one.train, one.validation, one.test)] == [[0], [1], [2]]
        assert (len(one.train.labels), len(one.validation.labels), len(one.full_train.labels)) == (12, 14, 26)
    assert data[0].digest == data[1].digest


def test_the_digest_tells_where_training_ends_and_the_files_own_validation_begins(tmp_path):
    digests = set()
    for cut in (10, 12):
        x, y = np.zeros((20, 8, 8), np.uint8), np.arange(20) % 2
        parts = {"x_train": x[:cut], "y_train": y[:cut], "x_val": x[cut:], "y_val": y[cut:], "x_test": x, "y_test": y}
        np.savez(tmp_path / f"{cut}.npz", **parts)
        own = {"dataset": "images", "path": f"{cut}.npz", "classes": 2, "channels": 1}
        digests.add(load(digits(**own), tmp_path).digest)
    assert len(digests) == 2


def test_a_subset_is_of_the_training_split_and_leaves_the_files_own_validation_whole(tmp_path):
    own = own_splits(tmp_path, "train", "val", "test")
    images = np.zeros((60, 8, 8), np.uint8)
    np.savez(tmp_path / "train.npz", x=images, y=np.arange(60) % 2)
    data = load(digits(**own, train_samples=20), tmp_path)
    assert (np.bincount(data.train.labels).tolist(), len(data.validation.labels)) == ([10, 10], 14)


def test_a_path_that_is_not_there_is_told_from_one_without_files_of_the_data_set(tmp_path):
    own = {"dataset": "images", "classes": 2, "channels": 1}
    with pytest.raises(DataError, match=r"data\.path: nowhere: there is no such file or folder"):
        load(digits(**own, path="nowhere"), tmp_path)
    (tmp_path / "void").mkdir()
    with pytest.raises(DataError, match=r"data\.path: void holds no files of Your own images"):
        load(digits(**own, path="void"), tmp_path)


def test_a_study_holds_on_to_the_hash_of_an_archive_taken_before_system_files_were_left_out(tmp_path):
    content = {f"{name}/{k}.png": png(np.zeros((8, 8), np.uint8)) for name in ("cat", "dog") for k in range(5)}
    tree = open_tree(write_zip(tmp_path / "own.zip", content | {".DS_Store": b"Finder"}))
    assert tree.earlier_content_hash() != tree.content_hash()
    own = {"dataset": "images", "path": "own.zip", "classes": 2, "channels": 1, "image_size": 8}
    for known in (tree.earlier_content_hash(), tree.content_hash()):
        assert load(digits(**own, content_sha256=known), tmp_path).class_names == ("cat", "dog")
