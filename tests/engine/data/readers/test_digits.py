"""The digits: the same 1,797 images scikit-learn loads, enlarged by sums worked by hand, split once for everybody."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from engine.data.readers import digits
from engine.data.reduce import enlarged


def test_the_pixels_are_scikit_learns_scaled_to_bytes():
    raw = digits.read(8)
    expected = load_digits()
    ours = np.concatenate([raw.train.images, raw.test.images])[:, 0]
    assert len(ours) == 1797
    as_bytes = np.round(expected.images * 255 / 16).astype(np.uint8)
    assert sorted(map(bytes, ours)) == sorted(map(bytes, as_bytes))
    assert (
        np.bincount(np.concatenate([raw.train.labels, raw.test.labels])).tolist()
        == np.bincount(expected.target).tolist()
    )


def test_the_test_split_is_a_fifth_of_every_class_and_the_same_at_every_size():
    small, large = digits.read(8), digits.read(16)
    assert np.array_equal(small.test.labels, large.test.labels)
    whole = np.bincount(np.concatenate([small.train.labels, small.test.labels]))
    assert np.bincount(small.test.labels).tolist() == [round(0.2 * n) for n in whole]


def test_enlarging_is_bilinear_between_pixel_centres():
    pixels = np.zeros((1, 8, 8), np.uint8)
    pixels[0, 0, :2] = 100, 200
    row = enlarged(pixels[:, None], 2)[0, 0, 0]
    # centres at −¼ (edge: 100), ¼ (¾·100 + ¼·200), ¾ (¼·100 + ¾·200), 1¼ (¾·200 + ¼·0), 1¾ (¼·200)
    assert row[:5].tolist() == [100, 125, 175, 150, 50]


@pytest.mark.parametrize("size", [8, 16, 32])
def test_sizes(size):
    raw = digits.read(size)
    assert raw.train.images.shape == (len(raw.train.labels), 1, size, size)
    assert raw.train.images.dtype == np.uint8
