"""idx files of one's own: EMNIST, Kuzushiji, and others of MNIST's names."""

import gzip
import hashlib

import numpy as np
import pytest

from engine.data.files.file_trees import open_tree
from engine.data.readers import idx, known_idx, own_images
from engine.errors import DataError
from tests.engine.data.files.test_tree import write_folder
from tests.engine.data.readers.test_image_readers import idx_bytes

RNG = np.random.default_rng(28)
PIXELS = RNG.integers(0, 256, (8, 28, 28), np.uint8)


def files_of(prefix: str, labels: list[int], test: str = "test", folder: str = "") -> dict[str, bytes]:
    found = {}
    for part, count in (("train", 8), (test, 4)):
        found[f"{folder}{prefix}{part}-images-idx3-ubyte.gz"] = gzip.compress(idx_bytes(PIXELS[:count]))
        found[f"{folder}{prefix}{part}-labels-idx1-ubyte.gz"] = gzip.compress(
            idx_bytes(np.array(labels[:count], np.uint8))
        )
    return found


def test_emnist_stands_upright_and_its_letters_count_from_0(tmp_path):
    files = files_of("emnist-letters-", [1, 2, 3, 1, 2, 3, 1, 2])
    files["emnist-letters-mapping.txt"] = b"1 65 97\n2 66 98\n3 67 99\n"
    raw = own_images.read(open_tree(write_folder(tmp_path / "d", files)), None, None)
    np.testing.assert_array_equal(raw.train.images[:, 0], PIXELS.transpose(0, 2, 1))
    assert (raw.class_names, raw.train.labels.tolist()) == (("A", "B", "C"), [0, 1, 2, 0, 1, 2, 0, 1])
    assert "EMNIST (emnist-letters) by its files' names, turned upright" in raw.note
    assert "labels 1 to 3 taken as classes 0 to 2" in raw.note


def test_of_several_sets_one_must_be_kept(tmp_path):
    files = files_of("emnist-letters-", [1] * 8) | files_of("emnist-digits-", [1] * 8)
    with pytest.raises(DataError, match=r"holds 2 sets of idx files \(emnist-digits, emnist-letters\); keep one"):
        idx.read_own(open_tree(write_folder(tmp_path / "d", files)))
    both = files_of("", [1] * 8, "t10k", "MNIST/") | files_of("", [2] * 8, "t10k", "KMNIST/")
    tree = open_tree(write_folder(tmp_path / "e", both))
    assert not idx.recognises(tree)
    with pytest.raises(DataError, match="holds 2 sets of idx files"):
        idx.read_own(tree)


def test_the_four_files_may_lie_in_four_folders(tmp_path):
    files = {f"{name}/{name}": data for name, data in files_of("", list(range(8)), "t10k").items()}
    assert idx.recognises(open_tree(write_folder(tmp_path / "d", files)))


def test_kuzushiji_is_known_by_its_checksums_and_names_its_classes(tmp_path, monkeypatch):
    files = files_of("", [3, 1, 2, 0, 4, 5, 6, 9], "t10k")
    sums = frozenset(hashlib.md5(data, usedforsecurity=False).hexdigest() for data in files.values())
    known = known_idx.KnownIdx("Kuzushiji-MNIST", known_idx.KUZUSHIJI.names, None, sums)
    monkeypatch.setattr(known_idx, "KNOWN", (known_idx.MNIST, known))
    raw = idx.read_own(open_tree(write_folder(tmp_path / "d", files)))
    assert raw.class_names[:3] == ("o", "ki", "su")
    assert raw.note.startswith("Kuzushiji-MNIST, idx: its files have the official checksums")


def test_a_few_labels_prove_nothing():
    few = bytes([5, 0, 4, 1])
    assert known_idx.known_idx({}, few, bytes([7, 2, 1, 0])) is None
    train, test = (bytes(map(int, opening)) for opening in known_idx.MNIST.openings)
    assert known_idx.known_idx({}, train, test)[0] is known_idx.MNIST
    assert known_idx.known_idx({}, train, test[::-1]) is None


def test_idx_files_of_another_size_are_one_s_own(tmp_path):
    files = {}
    for part in ("train", "t10k"):
        files[f"{part}-images.idx3-ubyte"] = idx_bytes(np.zeros((4, 20, 30), np.uint8))
        files[f"{part}-labels.idx1-ubyte"] = idx_bytes(np.array([0, 1, 0, 1], np.uint8))
    raw = own_images.read(open_tree(write_folder(tmp_path / "d", files)), None, None)
    assert raw.train.images.shape == (4, 1, 20, 20)
    assert "the centre square of 20×30 pixels resized to 20×20" in raw.note
    with pytest.raises(DataError, match="idx files hold grey images, the study says 3 channels"):
        own_images.read(open_tree(tmp_path / "d"), 20, 3)
