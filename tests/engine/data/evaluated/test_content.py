"""Content hashes: of pixels alone, the same in every form."""

import hashlib

import numpy as np

from engine.data.evaluated.content import sample_hashes
from engine.data.images import Images


def images(pixels: np.ndarray) -> Images:
    return Images(pixels, np.zeros(len(pixels), np.int64))


def test_a_hash_is_the_first_8_bytes_of_blake2b_over_type_shape_and_bytes():
    pixels = np.array([[[[1, 2], [3, 255]]]], np.uint8)
    expected = hashlib.blake2b(b"|u1[1, 2, 2]" + bytes([1, 2, 3, 255]), digest_size=8).digest()
    assert sample_hashes(images(pixels)).tobytes() == expected


def test_order_in_memory_labels_and_neighbours_do_not_count():
    pixels = np.random.default_rng(0).integers(0, 256, (6, 3, 8, 8), np.uint8)
    whole = sample_hashes(images(pixels))
    turned = np.ascontiguousarray(pixels.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)
    assert sample_hashes(images(turned)).tolist() == whole.tolist()
    assert sample_hashes(Images(pixels[2:4], np.array([5, 6]))).tolist() == whole[2:4].tolist()
    assert len(set(whole.tolist())) == 6


def test_frames_of_events_hash_alike_as_bytes_and_as_int16():
    """One bright recording makes the whole set int16; the others are the same recordings still."""
    frames = np.random.default_rng(0).integers(0, 256, (3, 2, 2, 8, 8), np.uint8)
    assert sample_hashes(images(frames)).tolist() == sample_hashes(images(frames.astype(np.int16))).tolist()


def test_one_pixel_more_makes_another_hash():
    pixels = np.zeros((2, 1, 8, 8), np.uint8)
    pixels[1, 0, 7, 7] = 1
    one, other = sample_hashes(images(pixels))
    assert one != other
