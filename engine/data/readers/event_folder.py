"""Class folders of event files: N-MNIST, CIFAR10-DVS, and a user's own. No torch."""

from __future__ import annotations

from collections.abc import Sequence

from engine.data.events.decoders import SUFFIXES, is_event_file
from engine.data.events.event_set import Clip, EventSet, last_held_out, natural
from engine.data.files.tree import Tree
from engine.data.readers.held_out import HELD_OUT
from engine.errors import DataError

TRAIN_FOLDERS, TEST_FOLDERS = ("train", "training"), ("test", "testing", "val", "valid", "validation")
MAX_CLASSES = 10_000


def recognises(tree: Tree) -> bool:
    """Whether event files lie in class folders."""
    return any(is_event_file(name) and "/" in name for name in tree.names)


def read(
    tree: Tree, sensor: int, note: str, classes: Sequence[str] | None = None, held_out: float = HELD_OUT
) -> EventSet:
    """Split by folders train and test where they are, else the last `held_out` of every class is the test split.

    `classes` fixes the class folders there may be; None takes those found, in natural order. Raises DataError.
    """
    found = [(*split_and_class(name), name) for name in sorted(tree.names, key=natural) if is_event_file(name)]
    if not found:
        raise DataError(f"{tree.label}: holds no event files ({', '.join(SUFFIXES)}) in class folders")
    names = tuple(classes) if classes else tuple(sorted({folder for _, folder, _ in found}, key=natural))
    if len(names) > MAX_CLASSES:
        raise DataError(f"{tree.label}: holds {len(names):,} class folders; at most {MAX_CLASSES:,}")
    for _, folder, name in found:
        if folder not in names:
            raise DataError(f"{tree.label}: {name[:80]} lies in no class folder; these are {', '.join(names[:12])}")
    train = tuple(Clip(name, names.index(folder)) for split, folder, name in found if split != "test")
    test = tuple(Clip(name, names.index(folder)) for split, folder, name in found if split == "test")
    if not train:
        raise DataError(f"{tree.label}: holds a test split of {len(test):,} recordings but no training split")
    if test:
        return EventSet(tree, names, train, test, sensor, f"{note}, {len(train):,} + {len(test):,} recordings")
    train, test = last_held_out(train, held_out)
    return EventSet(
        tree, names, train, test, sensor, f"{note}, the last {held_out:.0%} of every class held out as test"
    )


def split_and_class(name: str) -> tuple[str, str]:
    """("train", "test" or "", class folder) of a file's path."""
    folders = name.split("/")[:-1]
    if not folders:
        return "", ""
    for at, folder in enumerate(folders[:-1]):
        if folder.lower() in TEST_FOLDERS:
            return "test", folders[at + 1]
        if folder.lower() in TRAIN_FOLDERS:
            return "train", folders[at + 1]
    return "", folders[-1]
