"""Which data set a path holds, told by the names of its files. No torch."""

from __future__ import annotations

from pathlib import Path

from engine.config.catalog import CATALOG, DatasetName
from engine.data.events.looks import looks_like_cifar10_dvs, looks_like_n_mnist
from engine.data.files.locate import candidates, present
from engine.data.files.tree import Tree
from engine.data.readers.cifar10 import CLASSES as CIFAR10_CLASSES
from engine.data.readers.registry import READERS
from engine.errors import DataError

ORDER: tuple[DatasetName, ...] = (
    "cifar10", "cifar100", "svhn", "tiny_imagenet", "mnist", "dvs128_gesture", "cifar10_dvs", "n_mnist", "events",
    "images",
)  # fmt: skip


def recognise(path: Path) -> tuple[DatasetName, Tree]:
    """The data set and its files: what lies in a folder itself before the archives in it. Raises DataError."""
    first: Tree | None = None
    for tree in candidates(path):
        first = first or tree
        if (name := _named(tree)) is not None:
            return name, tree
    if first is None:
        raise DataError(f"{path.name}: there is no such file or folder")
    raise DataError(f"{path.name}: no known data set: {_seen(first)}")


def usual(name: DatasetName, data_root: Path) -> Tree:
    """The files of a built-in data set in its usual place, without downloading. Raises DataError where it is not."""
    info = CATALOG[name]
    found = present(info, READERS[name].recognises, data_root)
    if found is None:
        raise DataError(f"{info.title} is not there: neither in {data_root / name} nor directly in {data_root}")
    return found


def _named(tree: Tree) -> DatasetName | None:
    return next((name for name in ORDER if READERS[name].recognises(tree) and _has_its_classes(name, tree)), None)


def _has_its_classes(name: DatasetName, tree: Tree) -> bool:
    """Class folders of events are one of the built-in sets only where their recordings are."""
    if name == "n_mnist":
        return looks_like_n_mnist(tree)
    return name != "cifar10_dvs" or looks_like_cifar10_dvs(tree, CIFAR10_CLASSES)


def _seen(tree: Tree) -> str:
    """What is there instead, for people to recognise."""
    if not tree.names:
        return "it is empty"
    nested = [name for name in tree.names if name.lower().endswith((".zip", ".tar", ".gz", ".tgz"))]
    if nested:
        return f"it holds the archive {nested[0][:80]!r}; unpack that one level"
    named = ", ".join(name[:60] for name in tree.names[:5])
    return f"it holds {len(tree.names):,} files ({named}, …)" if len(tree.names) > 5 else f"it holds {named}"
