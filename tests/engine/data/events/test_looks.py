"""What files are is told by what they hold: a name alone makes no N-MNIST and no CIFAR10-DVS."""

import io
import struct

import numpy as np
import pytest

from engine.data.events.looks import is_recording, looks_like_cifar10_dvs, looks_like_n_mnist
from engine.data.files.file_trees import open_tree
from engine.data.readers.cifar10 import CLASSES
from tests.engine.data.files.test_tree import write_folder


def atis(side: int) -> bytes:
    return bytes([side - 1, side - 1, 0x80, 0, 9, 0, 0, 0, 0, 12])


def aedat2(chip: str = "DVS128") -> bytes:
    return f"#!AER-DAT2.0\r\n# AEChip: {chip}\r\n".encode() + struct.pack(">II", 0, 0)


def npz(side: int) -> bytes:
    file = io.BytesIO()
    np.savez(file, t=[1, 2], x=[0, side - 1], y=[0, 0], p=[0, 1])
    return file.getvalue()


def tree(folder, files: dict[str, bytes]):
    return open_tree(write_folder(folder / "d", files))


NMNIST = {f"Train/{digit}/{k:05}.bin": atis(34) for digit in range(10) for k in range(2)}


def test_n_mnist_as_it_is_published(tmp_path):
    assert looks_like_n_mnist(tree(tmp_path, NMNIST))


CHANGED = {
    "pixels beyond 34": {"Train/3/00000.bin": atis(35)},
    "an eleventh class": {"Train/ten/00000.bin": atis(34)},
    "names that are no numbers": {"Train/3/mine.bin": atis(34)},
    "no five-byte events": {"Train/3/00000.bin": bytes(7)},
    "other files among them": {"Train/3/00002.npz": npz(34)},
}


@pytest.mark.parametrize("case", CHANGED)
def test_what_is_not_n_mnist(case, tmp_path):
    assert not looks_like_n_mnist(tree(tmp_path, NMNIST | CHANGED[case]))


def test_two_digits_of_ones_own_are_not_n_mnist(tmp_path):
    assert not looks_like_n_mnist(tree(tmp_path, {f"{digit}/{k}.bin": atis(30) for digit in "01" for k in range(5)}))


@pytest.mark.parametrize(
    "content", [{".aedat": aedat2()}, {".npz": npz(128)}], ids=["as published", "as SpikingJelly keeps the events"]
)
def test_cifar10_dvs(content, tmp_path):
    [(suffix, data)] = content.items()
    files = {f"{name}/cifar10_{name}_{k}{suffix}": data for name in ("cat", "dog") for k in range(2)}
    assert looks_like_cifar10_dvs(tree(tmp_path, files), CLASSES)


@pytest.mark.parametrize(
    "files",
    [
        {f"{name}/{k}.aedat": aedat2() for name in ("cat", "dog") for k in range(6)},
        {f"{name}/cifar10_{name}_{k}.npz": npz(346) for name in ("cat", "dog") for k in range(6)},
        {f"{name}/cifar10_{name}_{k}.aedat": aedat2("DAVIS346") for name in ("cat", "dog") for k in range(6)},
        {"cat/cifar10_dog_0.aedat": aedat2()},
        {"readme.txt": b""},
    ],
    ids=["own names", "larger pixels", "another chip", "another class", "nothing"],
)
def test_what_is_not_cifar10_dvs(files, tmp_path):
    assert not looks_like_cifar10_dvs(tree(tmp_path, files), CLASSES)


@pytest.mark.parametrize(
    ("name", "data", "recording"),
    [
        ("a.aedat", b"", True),
        ("a.RAW", b"", True),
        ("a.npz", npz(9), True),
        ("a.npz", b"rubbish", False),
        ("annotation_0001.bin", b"", False),
        ("a.png", b"", False),
    ],
)
def test_a_single_file_is_a_recording_by_what_it_holds(name, data, recording):
    assert is_recording(name, lambda: data) == recording


@pytest.mark.parametrize(
    ("array", "recording"),
    [
        (np.zeros((9, 4), np.int64), True),
        (np.zeros(9, [("t", "i8"), ("x", "i2"), ("y", "i2"), ("p", "?")]), True),
        (np.zeros((9, 4, 4), np.uint8), False),
        (np.zeros(9, np.int64), False),
        (np.zeros(9, [("x", "i2"), ("label", "i2")]), False),
    ],
)
def test_a_single_array_is_a_recording_by_its_columns(array, recording):
    file = io.BytesIO()
    np.save(file, array)
    assert is_recording("a.npy", file.getvalue) == recording


def test_an_array_of_pictures_is_no_recording():
    file = io.BytesIO()
    np.savez(file, x=np.zeros((4, 8, 8, 3), np.uint8), y=np.zeros(4, int))
    assert not is_recording("a.npz", file.getvalue)
