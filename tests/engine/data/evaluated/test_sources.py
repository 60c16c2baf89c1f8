"""Samples of every kind of files, taken as the training data were, whatever else lies there."""

import gzip
import io

import numpy as np
import pytest

from engine.config.data import DataConfig
from engine.data.evaluated.content import sample_hashes
from engine.data.evaluated.record import DataRecord, record_of
from engine.data.evaluated.selection import Selection, labels_of
from engine.data.evaluated.sources import has_own, own_samples_of, samples_at
from engine.data.load import load
from engine.data.readers import digits
from engine.errors import DataError
from tests.engine.data.files.test_tree import write_folder, write_zip
from tests.engine.data.forms import write_binary, write_npz, write_png, write_python
from tests.engine.data.readers.test_image_readers import idx_bytes, npz, png
from tests.engine.data.readers.test_parquet import LABELS, NAMES, PIXELS, parquet
from tests.engine.tiny import tiny_config

RNG = np.random.default_rng(8)


def record_on(root, **data: object) -> tuple[DataConfig, DataRecord]:
    config = tiny_config().model_copy(update={"data": DataConfig.model_validate(data)})
    return config.data, record_of(config, load(config, root))


def labels(samples, record) -> list[int]:
    return labels_of(samples, Selection(np.arange(len(samples.images.labels)), "all", ""), record).tolist()


# --- one sample, one hash, in every form


def test_cifar_10_has_the_same_hashes_from_every_form_of_its_files(tmp_path):
    config, record = record_on(tmp_path, dataset="cifar10", path=str(write_python(tmp_path / "python")), image_size=8)
    how = record.preprocessing
    for write in (write_binary, write_png, write_npz):
        found = samples_at(write(tmp_path / write.__name__), config, how)
        hashes = sample_hashes(found.images)
        assert hashes.tolist() == [*record.train.tolist(), *record.test.tolist()]
        assert found.splits == ("train",) * 19 + ("test",) * 4


def test_pictures_of_it_in_class_folders_have_them_too(tmp_path):
    root = write_python(tmp_path / "python")
    config, record = record_on(tmp_path, dataset="cifar10", path=str(root), image_size=8)
    full = samples_at(root, config, record.preprocessing.model_copy(update={"input": (3, 32, 32)})).images
    files = {
        f"{record.classes[label]}/{k}.png": png(pixels.transpose(1, 2, 0))
        for k, (pixels, label) in enumerate(zip(full.images, full.labels, strict=True))
    }
    found = samples_at(write_zip(tmp_path / "own.zip", files), config, record.preprocessing)
    assert sorted(sample_hashes(found.images)) == sorted([*record.train, *record.test])
    assert found.splits is None


def test_a_row_of_parquet_has_the_hash_of_its_picture_and_its_class_by_name(tmp_path):
    files = {f"train/{NAMES[label]}/{k}.png": png(PIXELS[k]) for k, label in enumerate(LABELS)}
    config, record = record_on(
        tmp_path, dataset="images", path=str(write_folder(tmp_path / "d", files)), image_size=8, classes=3, channels=3
    )
    held_out = write_folder(tmp_path / "p", {"test-00000-of-00001.parquet": parquet(PIXELS[:6], LABELS[:6])})
    found = samples_at(held_out, config, record.preprocessing)
    known = {*record.train.tolist(), *record.test.tolist()}
    assert set(sample_hashes(found.images).tolist()) <= known
    assert [record.classes[k] for k in labels(found, record)] == [NAMES[k] for k in LABELS[:6]]
    assert found.splits == ("test",) * 6


def test_the_digits_are_known_again_in_their_original_size(tmp_path):
    """A study has them enlarged to 16 × 16; an array of 8 × 8 is enlarged alike."""
    config, record = record_on(tmp_path, dataset="digits", image_size=16)
    test = digits.read(8).test
    (tmp_path / "digits.npz").write_bytes(npz(x=test.images[:, 0], y=test.labels))
    found = samples_at(tmp_path / "digits.npz", config, record.preprocessing)
    assert sample_hashes(found.images).tolist() == record.test.tolist()
    assert labels(found, record) == test.labels.tolist()


# --- labels by name, and by number where files have but numbers


def letters(part: str, numbers: list[int]) -> dict[str, bytes]:
    pixels = RNG.integers(0, 256, (len(numbers), 28, 28), np.uint8)
    return {
        f"emnist-letters-{part}-images-idx3-ubyte.gz": gzip.compress(idx_bytes(pixels)),
        f"emnist-letters-{part}-labels-idx1-ubyte.gz": gzip.compress(idx_bytes(np.array(numbers, np.uint8))),
    }


def test_letters_that_count_from_1_keep_their_class_without_training_files_and_without_their_table(tmp_path):
    table = {"emnist-letters-mapping.txt": b"1 65 97\n2 66 98\n3 67 99\n"}
    test = letters("test", [3, 2, 3])
    write_folder(tmp_path / "own", letters("train", [1, 2, 3] * 4) | test | table)
    own = {"dataset": "images", "path": "own", "classes": 3, "channels": 1, "image_size": 28}
    config, record = record_on(tmp_path, **own)
    assert (record.classes, record.preprocessing.first_label) == (("A", "B", "C"), 1)
    for name, files in (("with the table", test | table), ("without", test)):
        found = samples_at(write_folder(tmp_path / name, files), config, record.preprocessing)
        assert labels(found, record) == [2, 1, 2]
        assert sample_hashes(found.images).tolist() == record.test.tolist()


def test_a_number_below_the_first_label_is_no_class(tmp_path):
    write_folder(tmp_path / "own", letters("train", [1, 2] * 6) | letters("test", [2, 1])
                 | {"emnist-letters-mapping.txt": b"1 65 97\n2 66 98\n"})  # fmt: skip
    own = {"dataset": "images", "path": "own", "classes": 2, "channels": 1, "image_size": 28}
    config, record = record_on(tmp_path, **own)
    found = samples_at(write_folder(tmp_path / "zero", letters("test", [0, 1])), config, record.preprocessing)
    with pytest.raises(DataError, match="the network has no class '0'; its 2 classes are A, B"):
        labels(found, record)


# --- events


def recording(seed: int) -> bytes:
    rng, file = np.random.default_rng(seed), io.BytesIO()
    x, y = rng.integers(0, 16, (2, 40))
    np.savez(file, t=np.arange(40) * 10, x=x, y=y, p=rng.integers(0, 2, 40).astype(bool))
    return file.getvalue()


RECORDINGS = {
    f"{split}/{label}/{k}.npz": recording(100 * place + k)
    for place, (split, label) in enumerate((s, n) for s in ("train", "test") for n in ("arm", "leg"))
    for k in range(4)
}
EVENTS = {"dataset": "events", "path": "own", "classes": 2, "sensor_size": 16, "image_size": 8}


def test_held_out_recordings_alone_are_cut_as_in_training(tmp_path):
    write_folder(tmp_path / "own", RECORDINGS)
    config, record = record_on(tmp_path, **EVENTS)
    assert (record.preprocessing.sensor, record.preprocessing.frames_by) == (16, "count")
    alone = {name: data for name, data in RECORDINGS.items() if name.startswith("test/")}
    found = samples_at(write_zip(tmp_path / "alone.zip", alone), config, record.preprocessing)
    assert found.images.images.shape == (8, 2, 2, 8, 8)
    assert sample_hashes(found.images).tolist() == record.test.tolist()
    assert (set(found.splits), labels(found, record)) == ({"test"}, [0] * 4 + [1] * 4)


def test_recordings_of_one_class_keep_its_label_and_split_folders_are_not_needed(tmp_path):
    write_folder(tmp_path / "own", RECORDINGS)
    config, record = record_on(tmp_path, **EVENTS)
    legs = {f"leg/{k}.npz": RECORDINGS[f"test/leg/{k}.npz"] for k in range(4)}
    found = samples_at(write_folder(tmp_path / "legs", legs), config, record.preprocessing)
    assert (found.splits, labels(found, record)) == (None, [1] * 4)
    assert set(sample_hashes(found.images)) < set(record.test)


# --- where the study's data lie


def test_the_study_s_own_place_is_told_from_one_without_its_data(tmp_path):
    write_folder(tmp_path / "own", {"a/1.png": png(np.zeros((8, 8), np.uint8))})
    own = DataConfig.model_validate({"dataset": "images", "path": "own", "classes": 2, "channels": 1})
    assert has_own(own, tmp_path)
    assert not has_own(own, tmp_path / "own")
    assert not has_own(DataConfig.model_validate({"dataset": "cifar10", "image_size": 32}), tmp_path)
    assert has_own(DataConfig(), tmp_path), "the digits come with a package"


def test_a_damaged_file_is_named(tmp_path):
    config, record = record_on(write_folder(tmp_path / "r" / "own", {
        f"{label}/{k}.png": png(RNG.integers(0, 256, (8, 8), np.uint8)) for label in "ab" for k in range(6)
    }).parent, dataset="images", path="own", classes=2, channels=1, image_size=8)  # fmt: skip
    write_folder(tmp_path / "own", {"a/1.png": b"no picture"})
    with pytest.raises(DataError, match=r"a/1\.png: not a readable"):
        own_samples_of(config, tmp_path, record.preprocessing)
