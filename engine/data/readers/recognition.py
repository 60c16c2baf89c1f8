"""Which data set a path holds: suggested by names of files, decided by what they hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.config.catalog import CATALOG, DatasetName
from engine.data.files.left_out import by_suffix
from engine.data.files.locate import ARCHIVES, archives_in, candidates, present
from engine.data.files.names import listed
from engine.data.files.packing import UNREAD_SUFFIXES
from engine.data.files.pixels import OTHER_SUFFIXES
from engine.data.files.sniff import what_it_is
from engine.data.files.tree import Tree
from engine.data.readers.evidence import evidence_of
from engine.data.readers.formats import SUMMARY
from engine.data.readers.registry import READERS
from engine.errors import DataError

ORDER: tuple[DatasetName, ...] = (
    "cifar10", "cifar100", "svhn", "tiny_imagenet", "mnist", "fashion_mnist", "dvs128_gesture", "cifar10_dvs",
    "n_mnist", "events", "images",
)  # fmt: skip
"""The specific before the general, into which the files of a specific one that cannot be read fall through."""
MAX_HEAD = 1_000_000
PACKED_SAMPLES = (".arrow", ".tfrecord", ".lmdb", ".mdb", ".lance")
UNPACK_SAMPLES = (
    'write them as Parquet (with Hugging Face\'s datasets: data.to_parquet("train.parquet")) or the pictures into '
    "class folders"
)


@dataclass(frozen=True)
class Recognised:
    """A data set that the tree's contents speak for: `by` says what, `doubts` what was suggested and is not.

    `others` are what names of files suggest besides; none may read them where the evidence `settles` it.
    """

    name: DatasetName
    tree: Tree
    by: str
    doubts: tuple[str, ...]
    others: tuple[DatasetName, ...]
    settles: bool = False

    @property
    def why(self) -> str:
        """For people: why it was recognised, and what else it could be."""
        parts = [f"recognised as {_title(self.name)} by {self.by}", *self.doubts]
        if self.others:
            parts.append(f"could also be {', '.join(map(_title, self.others))}")
        return "; ".join(parts)


def recognise(path: Path) -> Iterator[Recognised]:
    """Every data set that what lies there may be, the likeliest first; a folder itself comes before archives in it.

    Raises DataError, once they are used up, where there is none.
    """
    first: Tree | None = None
    doubts: list[str] = []
    for tree in candidates(path):
        first = first or tree
        found = False
        said = [*doubts, *_other_archives(path, tree)]
        suggested = [name for name in ORDER if READERS[name].recognises(tree)]
        for place, name in enumerate(suggested, 1):
            evidence = evidence_of(name, tree)
            if evidence.holds:
                found = True
                others = () if evidence.settles else tuple(suggested[place:])
                yield Recognised(name, tree, evidence.words, tuple(said), others, evidence.settles)
            else:
                doubts.append(f"not {_title(name)}: {evidence.words}")
                said.append(doubts[-1])
        if found:
            return
    if first is None:
        raise DataError(f"{path}: there is no such file or folder")
    raise DataError("; ".join([f"{path.name}: no known data set: {_seen(first)}", *doubts, f"read are {SUMMARY}"]))


def _title(name: DatasetName) -> str:
    title = CATALOG[name].title
    return title[0].lower() + title[1:] if name in ("images", "events") else title


def _other_archives(path: Path, tree: Tree) -> list[str]:
    """Where one of several archives is looked at: the others are not read."""
    if not path.is_dir() or tree.label == path.name:
        return []
    others = [other.name for other in archives_in(path) if other.name != tree.label]
    return [f"not read: the other archives there ({listed(others)})"] if others else []


def usual(name: DatasetName, data_root: Path) -> Tree:
    """The files of a built-in data set in its usual place, without downloading. Raises DataError where it is not."""
    info = CATALOG[name]
    found = present(info, READERS[name].recognises, data_root)
    if found is None:
        raise DataError(f"{info.title} is not there: neither in {data_root / name} nor directly in {data_root}")
    return found


def _seen(tree: Tree) -> str:
    """What is there instead, for people to recognise."""
    if not tree.names:
        return f"it holds nothing but {listed(tree.passed_over)}" if tree.passed_over else "it is empty"
    if nested := [name for name in tree.names if name.lower().endswith((*ARCHIVES, ".gz", *UNREAD_SUFFIXES))]:
        return f"it holds the archive {nested[0][:80]!r}; unpack that one level"
    if other := [name for name in tree.names if name.lower().endswith(OTHER_SUFFIXES)]:
        return f"it holds pictures that are not read ({by_suffix(other)}); save them as PNG"
    if packed := [name for name in tree.names if name.lower().endswith(PACKED_SAMPLES)]:
        return f"it holds {by_suffix(packed)}, which are not read; {UNPACK_SAMPLES}"
    kind = what_it_is(tree.read(tree.names[0], MAX_HEAD)) if len(tree.names) == 1 and _is_small(tree) else ""
    named = ", ".join(name[:60] for name in tree.names[:5])
    if kind and not kind.startswith("its first bytes"):
        return f"it holds {named} ({kind})"
    return f"it holds {len(tree.names):,} files ({named}, …)" if len(tree.names) > 5 else f"it holds {named}"


def _is_small(tree: Tree) -> bool:
    return tree.size(tree.names[0]) <= MAX_HEAD
