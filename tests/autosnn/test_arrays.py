"""A data set from memory: known by its content, kept with its classes' names and their order."""

import numpy as np
import pytest

import autosnn as A
from engine.data.load import load
from tests.autosnn.conftest import NAMES


def test_the_same_arrays_are_the_same_bytes(digits, arrays):
    x, y = digits
    again = A.Arrays((x[:120] * 255).round().astype(np.uint8), y[:120].tolist(), x[120:, None], y[120:], classes=NAMES)
    assert again.content == arrays.content
    other = A.Arrays(x[:120], y[:120], x[120:], y[120:])
    assert other.sha256 != arrays.sha256
    assert other.classes == tuple("0123456789")


def test_a_study_reads_them_with_their_names_in_their_order(arrays, digits, tiny, tmp_path):
    config = arrays.into(tiny.study, tmp_path)
    data = load(config, tmp_path)
    assert data.class_names == tuple(NAMES)
    assert data.test.labels.tolist() == digits[1][120:].tolist()
    assert (data.test.images == np.rint(digits[0][120:, None] * 255)).all()
    assert (config.data.dataset, config.data.channels, config.data.classes) == ("images", 1, 10)
    assert config.data.image_size == tiny["data.image_size"]


def test_the_study_names_its_data_by_content_wherever_they_lie(arrays, tiny, tmp_path):
    assert arrays.into(tiny.study, tmp_path / "a") == arrays.into(tiny.study, tmp_path / "b")


def test_a_file_that_changed_is_refused(arrays, tiny, tmp_path):
    config = arrays.into(tiny.study, tmp_path)
    (path,) = (tmp_path / "arrays").iterdir()
    other = A.Arrays(np.zeros((20, 8, 8), np.uint8), [0, 1] * 10, np.zeros((10, 8, 8), np.uint8), [0, 1] * 5)
    path.write_bytes(other.content)
    with pytest.raises(A.DataChangedError, match=r"data\.content_sha256: the files of arrays/.* have changed"):
        load(config, tmp_path)


X = np.zeros((4, 8, 8), np.uint8)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((X, [0, 1, 2], X, [0, 1, 0, 1]), "y_train: must be 4 labels"),
        ((X, [0, 1, 0, 1], X[:, :7], [0, 1, 0, 1]), r"x_test: must be \[n, 1, 8, 8\] as x_train, got \[4, 1, 7, 8\]"),
        ((X, [0, 1, 0, 1], X, [0, 1, 2, 1]), "y_test: labels must be 0 to 1, got 2"),
        ((X, [0] * 4, X, [0] * 4), "classes: must be at least 2 different names, got 0"),
    ],
)
def test_what_is_wrong_is_named(given, said):
    with pytest.raises(A.DataError, match=said):
        A.Arrays(*given)
