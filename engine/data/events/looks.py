"""What the contents of files say: whether they are a known event data set, and whether one file is a recording.

A folder's or a file's name alone is no evidence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from engine.data.events.decoders import MAX_BYTES, decode, is_event_file
from engine.data.events.decoders.columns import KEYS, named_columns
from engine.data.events.decoders.ready_frames import FRAMES
from engine.data.events.recording import Recording
from engine.data.files.npy import npz_keys, read_npy
from engine.data.files.tree import Tree
from engine.errors import DataError

ARRAYS = (".npy", ".npz")
EVENTS = "events"
"""Name of the one array of an .npz of events."""
DIGITS = tuple(str(digit) for digit in range(10))
NMNIST_SIDE, DVS128_SIDE = 34, 128
NMNIST_FILE = re.compile(r"\d{4,6}\.(bin|bs2)", re.IGNORECASE)
CIFAR10_DVS_FILE = re.compile(r"cifar10_([a-z]+)_\d{1,4}\.(aedat4?|npz)", re.IGNORECASE)


def looks_like_n_mnist(tree: Tree) -> bool:
    """Ten digits as class folders, numbered five-byte recordings, no event off 34×34 pixels in one of each class."""
    files = _event_files(tree)
    if {_folder(name) for name in files} != set(DIGITS):
        return False
    if not all(NMNIST_FILE.fullmatch(_file(name)) for name in files):
        return False
    return _all_hold(tree, _first_of_each(files), lambda found: _within(found, NMNIST_SIDE))


def looks_like_cifar10_dvs(tree: Tree, classes: Sequence[str]) -> bool:
    """Files named cifar10_<class>_<number> in the folder of their class, and one of each on 128×128 pixels."""
    files = _event_files(tree)
    named = [CIFAR10_DVS_FILE.fullmatch(_file(name)) for name in files]
    of_class = [
        found is not None and found[1].lower() == _folder(name) for name, found in zip(files, named, strict=True)
    ]
    if not files or not all(of_class) or not {_folder(name) for name in files} <= set(classes):
        return False
    return _all_hold(tree, _first_of_each(files), lambda found: _within(found, DVS128_SIDE))


def is_recording(name: str, content: Callable[[], bytes]) -> bool:
    """Whether a single file is to be read as one recording; an array file by what it holds, others by their ending."""
    lower = name.lower()
    if not lower.endswith(ARRAYS):
        return is_event_file(name)
    try:
        return holds_event_arrays(content(), name)
    except DataError:
        return False


def holds_event_arrays(data: bytes, name: str) -> bool:
    """Whether an .npy or .npz has the names or the columns of t, x, y and p, or ready-made frames.

    Raises DataError when damaged.
    """
    if name.lower().endswith(".npz"):
        held = npz_keys(data, name)
        return bool({FRAMES, EVENTS} & set(held)) or len(named_columns(held)) == len(KEYS)
    array = read_npy(data, name, MAX_BYTES)
    if array.dtype.names is None:
        return array.ndim == 2 and array.shape[1] == len(KEYS)
    return len(named_columns(array.dtype.names)) == len(KEYS)


def _event_files(tree: Tree) -> list[str]:
    return [name for name in tree.names if is_event_file(name) and "/" in name]


def _first_of_each(files: Iterable[str]) -> list[str]:
    first: dict[str, str] = {}
    for name in files:
        first.setdefault(_folder(name), name)
    return list(first.values())


def _all_hold(tree: Tree, files: list[str], holds: Callable[[Recording], bool]) -> bool:
    """Whether `holds` is true of every one; a file that cannot be read is no evidence."""
    try:
        return all(holds(decode(data, name)) for name, data in tree.each(files, MAX_BYTES))
    except DataError:
        return False


def _within(found: Recording, side: int) -> bool:
    return max(int(found.x.max()), int(found.y.max())) < side


def _folder(name: str) -> str:
    return name.split("/")[-2].lower()


def _file(name: str) -> str:
    return name.split("/")[-1]
