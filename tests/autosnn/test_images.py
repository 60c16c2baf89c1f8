"""Images and labels as callers hold them."""

import numpy as np
import pytest
import torch

from autosnn.images import labels_of, pixels_of
from engine.errors import DataError

GREY = np.array([[[0, 51], [102, 255]]], np.uint8)  # [1, 2, 2]


@pytest.mark.parametrize(
    "given",
    [GREY, GREY[:, None], GREY[..., None], GREY / 255, torch.from_numpy(GREY), torch.from_numpy(GREY / 255.0).float()],
    ids=["nhw", "nchw", "nhwc", "floats", "tensor", "float tensor"],
)
def test_every_layout_and_type_gives_the_same_bytes(given):
    assert pixels_of(given, "images").tolist() == [[[[0, 51], [102, 255]]]]


def test_colours_come_first():
    red = np.zeros((1, 2, 4, 3), np.uint8)
    red[..., 0] = 9
    found = pixels_of(red, "images")
    assert found.shape == (1, 3, 2, 4)
    assert found[0, 0].tolist() == [[9] * 4] * 2


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (GREY / 16.0, "images: floats must be 0…1, before any normalisation, got 0 to 15.9375"),
        (np.full((1, 2, 2), np.nan), "images: floats must be 0…1, before any normalisation, got nan to nan"),
        (GREY.astype(np.int64), "images: must be uint8, or floats 0…1, got int64"),
        (np.zeros((1, 4), np.uint8), r"images: must be \[n, H, W\], .* got \[1, 4\]"),
        (np.zeros((1, 5, 5, 2), np.uint8), r"images: must be .* 1 or 3 channels, got \[1, 5, 5, 2\]"),
        (np.zeros((0, 2, 2), np.uint8), r"images: at least one image, got \[0, 2, 2\]"),
    ],
)
def test_other_images_are_refused_by_name(given, said):
    with pytest.raises(DataError, match=said):
        pixels_of(given, "images")


def test_the_channels_asked_for_decide():
    with pytest.raises(DataError, match=r"images: must be images of 3 channels, .* got \[1, 2, 2\]"):
        pixels_of(GREY, "images", 3)


def test_labels_are_numbers_or_names():
    assert labels_of([1, 0, 1], "y", 3, ("cat", "dog")).tolist() == [1, 0, 1]
    assert labels_of(["dog", "cat"], "y", 2, ("cat", "dog")).tolist() == [1, 0]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([0, 2], "y: labels must be 0 to 1, got 2"),
        ([0, -1], "y: labels must be 0 to 1, got -1"),
        ([0.5, 1.0], "y: labels must be whole numbers or names of classes, got float64"),
        ([0], r"y: must be 2 labels, one an image, got \[1\]"),
        (["cat", "cow"], "y: 'cow' is no class; there are cat, dog"),
    ],
)
def test_other_labels_are_refused_by_name(given, said):
    with pytest.raises(DataError, match=said):
        labels_of(given, "y", 2, ("cat", "dog"))
