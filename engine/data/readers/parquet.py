"""A user's own images as Parquet files, a picture and a label a row, as Hugging Face writes them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from engine.data.files.left_out import left_out
from engine.data.files.names import listed, natural
from engine.data.files.parquet_rows import ParquetPictures, Shard, shards_of
from engine.data.files.split_names import Split, is_affix, split_of
from engine.data.files.tree import Tree
from engine.data.images import Raw, Samples
from engine.data.preprocessing.kept import Preprocessing
from engine.data.readers import labelled, pictures
from engine.data.readers.labelled import Labelled, LabelledPictures
from engine.data.readers.parquet_columns import Columns, columns_of
from engine.data.readers.sizes import LEAST, picture_size
from engine.errors import DataError

SUFFIX = ".parquet"
PART = re.compile(r"(?P<of>.*?)[-_.]?(?P<k>\d{4,5})-of-(?P<n>\d{4,5})")
"""train-00000-of-00004-0c1f2d: one of several files of a split."""


def recognises(tree: Tree) -> bool:
    return bool(_files(tree))


def read(tree: Tree, size: int | None, channels: int | None) -> Raw:
    """[N, channels, size, size]: every row's picture; labels by name where the files name them.

    `size` None: the one proposed; `channels` None: as the pictures have. Raises DataError naming file and column.
    """
    rows, found = _opened(tree)
    labelled.check(rows, found)
    if channels is None or size is None:
        own, side = pictures.natural(rows, found.files, LEAST)
        channels, size = channels or own, size or picture_size(side)
    return labelled.read(rows, found, size, channels).noted(*_beside(tree))


def samples(tree: Tree, how: Preprocessing) -> Samples:
    """All rows to evaluate on, whatever their classes and splits. Raises DataError naming file and column."""
    rows, found = _opened(tree)
    return labelled.samples(rows, found, how).noted(*_beside(tree))


def _opened(tree: Tree) -> tuple[ParquetPictures, LabelledPictures]:
    files = _files(tree)
    _check_subsets(tree, files)
    shards, columns = shards_of(tree, files, columns_of)
    rows = ParquetPictures(tree, shards, columns)
    return rows, _labelled(shards, columns, rows)


def _beside(tree: Tree) -> list[str]:
    """What is to be said of other files, and of those that are missing."""
    files = _files(tree)
    return [*_missing_parts(files), *left_out(tree, files, (), "files")]


def _files(tree: Tree) -> list[str]:
    return sorted((name for name in tree.names if name.lower().endswith(SUFFIX)), key=natural)


def _labelled(shards: Sequence[Shard], columns: Columns, rows: ParquetPictures) -> LabelledPictures:
    """Raises DataError for labels that the files do not name."""
    found, bare = [], 0
    for shard in shards:
        split = split_named(shard.file) or "train"
        for name, label in zip(rows.names_of(shard), shard.labels, strict=True):
            text = columns.class_name(label, shard.file)
            bare += text is None
            if text is not None:
                found.append(Labelled(name, text, split))
    said = [f"labels by column {columns.label}", *columns.said]
    if bare:
        said.append(f"rows without a label: {bare:,}")
    tables = tuple(shard.file for shard in shards)
    parted = any(split_named(shard.file) is not None for shard in shards)
    return LabelledPictures(tuple(found), tuple(said), tables=tables, parted=parted, order=columns.classes)


def split_named(file: str) -> Split | None:
    """The split of a file by its name, or by a folder above it: data/train-00000-of-00001.parquet."""
    return next((split for part in _words(file) if (split := split_of(part)) is not None), None)


def _words(file: str) -> list[str]:
    """The file's name without its part's number, and its folders, the inner first."""
    *folders, name = file.split("/")
    stem = PurePosixPath(name).stem
    numbered = PART.match(stem)
    return [numbered["of"] if numbered else stem, *reversed(folders)]


def _check_subsets(tree: Tree, files: Sequence[str]) -> None:
    """Raises DataError where folders name several data sets: their rows are not one."""
    subsets = {_subset(file) for file in files}
    if len(subsets) > 1:
        names = ", ".join(repr(name or "the top folder") for name in sorted(subsets)[:4])
        raise DataError(f"{tree.label}: Parquet files of {len(subsets)} subsets ({names}); keep one of them")


def _subset(file: str) -> str:
    """The folders that name neither a split nor that data lie there."""
    folders = file.split("/")[:-1]
    return "/".join(part for part in folders if split_of(part) is None and not is_affix(part))


def _missing_parts(files: Sequence[str]) -> list[str]:
    """Where a split is told to have more files than are there."""
    parts: dict[str, tuple[int, int]] = {}
    for file in files:
        folder, _, name = file.rpartition("/")
        if numbered := PART.match(name):
            called = f"{folder}/{numbered['of']}".lstrip("/")
            there, _ = parts.get(called, (0, 0))
            parts[called] = there + 1, int(numbered["n"])
    short = [f"{there} of {n} files of {called}" for called, (there, n) in parts.items() if there < n]
    return [f"not complete: {listed(short)} are there"] if short else []
