"""One's own arrays: every usual name, layout, range and form of labels, and how they were taken."""

import io

import numpy as np
import pytest

from engine.data.files.file_trees import open_tree
from engine.data.preprocessing.kept import Preprocessing
from engine.data.readers import arrays
from engine.errors import DataError
from tests.engine.data.files.test_tree import write_folder, write_zip
from tests.engine.data.readers.test_image_readers import npz

RNG = np.random.default_rng(15)
X, Y = RNG.integers(0, 256, (6, 8, 8, 3), np.uint8), np.array([0, 1, 2, 0, 1, 2])
FIRST = X.transpose(0, 3, 1, 2)


def npy(array: object) -> bytes:
    file = io.BytesIO()
    np.save(file, np.asarray(array))
    return file.getvalue()


def read(tmp_path, size=8, channels=3, **named: object):
    return arrays.read(open_tree(write_folder(tmp_path / "d", {"own.npz": npz(**named)})), size, channels)


NAMES = [
    ("x_train", "y_train", "x_test", "y_test"),
    ("X_train", "y_train", "X_test", "y_test"),
    ("train_images", "train_labels", "test_images", "test_labels"),
    ("trainX", "trainy", "testX", "testy"),
    ("train_x", "train_y", "test_x", "test_y"),
    ("images_train", "targets_train", "images_test", "targets_test"),
]


@pytest.mark.parametrize("names", NAMES, ids=lambda names: names[0])
def test_arrays_are_known_by_their_usual_names(names, tmp_path):
    raw = read(tmp_path, **dict(zip(names, (X, Y, X[:3], Y[:3]), strict=True)))
    np.testing.assert_array_equal(raw.train.images, FIRST)
    assert raw.test.labels.tolist() == [0, 1, 2]
    files = {f"{name}.npy": npy(value) for name, value in zip(names, (X, Y, X[:3], Y[:3]), strict=True)}
    again = arrays.read(open_tree(write_zip(tmp_path / "d.zip", {f"own/{k}": v for k, v in files.items()})), 8, 3)
    np.testing.assert_array_equal(again.train.images, raw.train.images)


def test_medmnist_brings_a_validation_split_and_labels_in_columns(tmp_path):
    grey = X[..., 0]
    named = {f"{split}_images": grey for split in ("train", "val", "test")}
    named |= {f"{split}_labels": Y[:, None].astype(np.uint8) for split in ("train", "val", "test")}
    raw = read(tmp_path, channels=1, **named)
    assert (len(raw.train.labels), raw.validation, len(raw.test.labels)) == (12, 6, 6)
    assert raw.train.labels.tolist() == [*Y, *Y]


def test_a_file_a_part_as_kuzushiji_is_published(tmp_path):
    parts = {"train-imgs": X[..., 0], "train-labels": Y, "test-imgs": X[:3, ..., 0], "test-labels": Y[:3]}
    files = {f"kmnist-{name}.npz": npz(arr_0=value) for name, value in parts.items()}
    raw = arrays.read(open_tree(write_folder(tmp_path / "d", files)), 8, 1)
    assert (raw.train.labels.tolist(), raw.test.labels.tolist()) == (Y.tolist(), Y[:3].tolist())


def test_a_file_a_split_with_what_all_names_begin_with(tmp_path):
    files = {f"own_{split}.npz": npz(X=X, labels=Y) for split in ("train", "test")}
    write_folder(tmp_path / "d", files)
    for path in (tmp_path / "d", tmp_path / "d" / "own_test.npz"):
        raw = arrays.read(open_tree(path), 8, 3)
        assert (len(raw.train.labels), len(raw.test.labels)) == (6, 6)


def test_arrays_without_names_are_taken_in_order_and_others_are_named(tmp_path):
    file = io.BytesIO()
    np.savez(file, X, Y)
    raw = arrays.read(open_tree(write_folder(tmp_path / "d", {"own.npz": file.getvalue()})), 8, 3)
    assert "arr_0 taken as pixels, arr_1 as labels" in raw.note
    assert "arrays not read: mean" in read(tmp_path / "e", x=X, y=Y, mean=[0.5]).note


def test_two_names_for_one_part_are_refused(tmp_path):
    with pytest.raises(DataError, match="X_train and x_train both mean the train pixels; keep one"):
        read(tmp_path, x_train=X, X_train=X, y_train=Y)


RANGES = {
    "float 0…1": (X.astype(np.float32) / 255, "float32 of 0…1 scaled to 0…255"),
    "double 0…1": (X / 255, "float64 of 0…1 scaled"),
    "float −1…1": ((X / 127.5 - 1).astype(np.float32), "float32 of −1…1 scaled to 0…255"),
    "float 0…255": (X.astype(np.float32), "taken as 0…255"),
    "int64": (X.astype(np.int64), "int64 of 0…255 taken as 0…255"),
    "16 bits": (X.astype(np.uint16) * 257, "uint16 of 0…65535 scaled from 0…65,535 to 0…255"),
}


@pytest.mark.parametrize("name", RANGES)
def test_pixels_of_every_usual_range_give_the_same_bytes_and_say_how(name, tmp_path):
    pixels, said = RANGES[name]
    pixels, expected = pixels.copy(), X.copy()
    pixels[0, 0, 0], expected[0, 0, 0] = pixels.max(), 255
    pixels[0, 0, 1], expected[0, 0, 1] = pixels.min(), 0
    raw = read(tmp_path, x_train=pixels, y_train=Y, x_test=pixels[:3], y_test=Y[:3])
    np.testing.assert_array_equal(raw.train.images, expected.transpose(0, 3, 1, 2))
    assert said in raw.note


def test_both_splits_are_scaled_alike(tmp_path):
    dark = np.full((3, 8, 8, 3), 0.5)
    raw = read(tmp_path, x_train=X.astype(float), y_train=Y, x_test=dark, y_test=Y[:3])
    assert raw.test.images.max() == 0  # half of 255 levels, not half of white


@pytest.mark.parametrize(
    ("pixels", "reason"),
    [
        (RNG.normal(size=(6, 8, 8, 3)) * 3, "neither 0…255, 0…1, −1…1 nor 16 bits; save them as they were before norm"),
        (np.full((6, 8, 8, 3), np.nan), "from nan to nan"),
        (X.astype(np.int32) - 300, "neither 0…255"),
        (X.astype(complex), r"must be uint8 .*, got complex128"),
        (X.reshape(6, -1), r"x_train holds flat rows \[6, 192\]; reshape them to images"),
        (np.zeros((6, 2, 8, 8, 3), np.uint8), r"must be uint8 .*, got uint8 \[6, 2, 8, 8, 3\]"),
        (np.zeros((6, 8, 8, 5), np.uint8), r"the study says 3 channels \(data\.channels\), the array is"),
    ],
)
def test_pixels_that_cannot_be_taken_say_why(pixels, reason, tmp_path):
    with pytest.raises(DataError, match=reason):
        read(tmp_path, x=pixels, y=Y)


def test_rgba_lies_on_white(tmp_path):
    clear = np.concatenate([X, np.zeros((6, 8, 8, 1), np.uint8)], 3)
    raw = read(tmp_path, x=clear, y=Y)
    assert np.unique(raw.train.images).tolist() == [255]
    assert "RGBA laid on white" in raw.note


LABELS = {
    "one column": Y[:, None],
    "one-hot": np.eye(3)[Y],
    "one-hot bytes": np.eye(3, dtype=np.uint8)[Y],
    "whole floats": Y.astype(np.float32),
    "bytes": Y.astype(np.uint8),
}


@pytest.mark.parametrize("name", LABELS)
def test_labels_of_every_usual_form_are_the_same(name, tmp_path):
    raw = read(tmp_path, x_train=X, y_train=LABELS[name], x_test=X, y_test=LABELS[name])
    assert raw.train.labels.tolist() == Y.tolist()
    assert raw.class_names == ("0", "1", "2")


def test_labels_that_are_text_name_the_classes(tmp_path):
    text = np.array(["cat", "dog", "café"])[Y]
    for named in (text, np.char.encode(text, "utf-8")):
        raw = read(tmp_path / str(named.dtype), x_train=X, y_train=named, x_test=X, y_test=named)
        assert raw.class_names == ("café", "cat", "dog")
        assert raw.train.labels.tolist() == [1, 2, 0, 1, 2, 0]


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        (Y - 1, r"labels 0 to 9,999, got -1 \(2 of 6\); leave out samples without a label"),
        (Y + 10_000, "labels 0 to 9,999, got 10000"),
        (Y + 0.5, "labels must be whole numbers, got float64 such as 0.5"),
        (np.ones((6, 3), int), r"\[6, 3\] must be one-hot, a single 1 in every row; several labels"),
        (Y[:5], r"labels must be 6 whole numbers, got int64 \[5\]"),
        (Y.astype("datetime64[s]"), "labels must be 6 whole numbers, got datetime64"),
    ],
)
def test_labels_that_cannot_be_taken_say_why(labels, reason, tmp_path):
    with pytest.raises(DataError, match=reason):
        read(tmp_path, x=X, y=labels)


def test_labels_that_leave_a_class_empty_are_told(tmp_path):
    raw = read(tmp_path, x_train=X, y_train=Y + 1, x_test=X, y_test=Y + 1)
    assert raw.class_names == ("0", "1", "2", "3")
    assert "no sample has the label 0, a class all the same: if labels count from 1, subtract 1" in raw.note


@pytest.mark.parametrize(
    ("train", "test", "reason"),
    [
        ([0, 1, 0, 1], [2], "y_test has the label 2, y_train only 0 to 1"),
        ([0, 2, 0, 2], [1], "the label 1 is in y_test, but no training sample has it"),
        (["a", "b", "a", "b"], ["c"], "c among the labels of test, never in those of training"),
        (["a", "b", "a", "b"], [1], "the labels of one split are text, those of another are numbers"),
    ],
)
def test_a_class_that_is_tested_and_never_trained_is_refused(train, test, reason, tmp_path):
    with pytest.raises(DataError, match=reason):
        read(tmp_path, x_train=X[:4], y_train=train, x_test=X[:1], y_test=test)


@pytest.mark.parametrize(
    ("side", "size"), [(28, 28), (128, 128), (131, 64), (224, 112), (256, 128), (299, 64), (1200, 120)]
)
def test_the_size_proposed_is_that_of_the_arrays_or_a_whole_fraction_or_a_usual_one(side, size, tmp_path):
    raw = read(tmp_path, None, None, x=np.zeros((6, side, side), np.uint8), y=Y)
    assert raw.train.images.shape[1:] == (1, size, size)


def test_any_other_size_is_resampled_and_said(tmp_path):
    named = {"x": np.full((6, 131, 140, 3), 7, np.uint8), "y": Y}
    raw = read(tmp_path, 32, 3, **named)
    assert np.unique(raw.train.images).tolist() == [7]
    assert "the centre square of 131×140 pixels resized to 32×32" in raw.note


def test_a_whole_fraction_is_averaged_over_blocks_as_before(tmp_path):
    raw = read(tmp_path, 4, 3, x_train=X, y_train=Y, x_test=X, y_test=Y)
    blocks = X.reshape(6, 4, 2, 4, 2, 3).mean((2, 4)).round().astype(np.uint8)
    np.testing.assert_array_equal(raw.train.images, blocks.transpose(0, 3, 1, 2))


def test_arrays_below_8_pixels_are_refused(tmp_path):
    with pytest.raises(DataError, match="images of 7×9 pixels; at least 8×8"):
        read(tmp_path, None, None, x=np.zeros((6, 7, 9), np.uint8), y=Y)


def test_classes_are_called_by_the_names_beside_them(tmp_path):
    """In the order of the labels, not of the alphabet."""
    raw = read(tmp_path, x_train=X, y_train=Y, x_test=X, y_test=Y, class_names=["dog", "cat", "ant"])
    assert raw.class_names == ("dog", "cat", "ant")
    assert raw.test.labels.tolist() == Y.tolist()
    assert "arrays not read" not in raw.note


def test_labels_of_text_take_the_order_of_the_names(tmp_path):
    labels = np.array(["dog", "cat", "ant"] * 2)
    raw = read(tmp_path, x_train=X, y_train=labels, x_test=X, y_test=labels, class_names=["dog", "cat", "ant"])
    assert raw.test.labels.tolist() == [0, 1, 2] * 2


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["dog", "cat"], "y_train has the label 2, class_names 2 names"),
        (["dog", "dog", "ant"], r"class_names must be at least 2 different texts, got <U3 \[3\]"),
        ([1, 2, 3], "class_names must be at least 2 different texts, got int64"),
    ],
)
def test_names_that_do_not_fit_are_refused(names, said, tmp_path):
    with pytest.raises(DataError, match=said):
        read(tmp_path, x_train=X, y_train=Y, x_test=X, y_test=Y, class_names=names)


def test_samples_are_known_by_the_names_beside_them(tmp_path):
    tree = open_tree(write_folder(tmp_path / "d", {"own.npz": npz(x=X, y=Y, class_names=["dog", "cat", "ant"])}))
    raw = read(tmp_path / "t", x_train=X, y_train=Y, x_test=X, y_test=Y)
    how = Preprocessing(
        kind="images", input=(3, 8, 8), coding="direct", time_steps=1, mean=(0, 0, 0), std=(1, 1, 1), seed=0,
        resize=raw.resize, value_range=None, first_label=0, frames_by=None, sensor=None,
    )  # fmt: skip
    found = arrays.samples(tree, how)
    assert not found.numbered
    assert [found.class_names[label] for label in found.images.labels] == ["dog", "cat", "ant"] * 2
