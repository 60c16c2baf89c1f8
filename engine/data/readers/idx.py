"""Images in LeCun's idx format, plain or gzipped: MNIST, Fashion-MNIST, and others of these names."""

from __future__ import annotations

import gzip
import io
import math
import re
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data.files.names import listed, natural
from engine.data.files.split_names import Split
from engine.data.files.tree import Tree
from engine.data.images import Images, Raw
from engine.data.readers import known_idx
from engine.errors import DataError

PARTS: tuple[Split, Split] = ("train", "test")
MAX_FILE, MAX_CONTENT, MAX_EMNIST = 300_000_000, 200_000_000, 700_000_000
"""EMNIST by class, the largest, has 697,932 + 116,323 images: 547 MB of training pixels."""
UBYTE = 0x08
NAME = re.compile(r"(?:(?P<set>.+)-)?(?P<split>train|t10k|test)-(?P<role>images|labels)[-.]idx\d.*")
DIGITS, FASHION = known_idx.MNIST.names, known_idx.FASHION.names
EMNIST = "emnist"


@dataclass(frozen=True)
class IdxFiles:
    """The four files of one set; `title` is what their names begin with ("" for MNIST's own)."""

    title: str
    images: Mapping[Split, str]
    labels: Mapping[Split, str]

    @property
    def every(self) -> tuple[str, ...]:
        return (*self.images.values(), *self.labels.values())


def recognises(tree: Tree) -> bool:
    return "" in sets(tree)


def recognises_any(tree: Tree) -> bool:
    """Whether there is a set of any name, such as emnist-balanced-train-images-idx3-ubyte."""
    return bool(sets(tree))


def read(tree: Tree, title: str, names: tuple[str, ...]) -> Raw:
    """Both official splits, [N, 1, 28, 28]. Raises DataError naming the file that is missing or wrong."""
    files = sets(tree).get("")
    if files is None:
        raise DataError(
            f"{tree.label}: needs the four idx files train-images…, train-labels…, t10k-images…, t10k-labels…"
        )
    content = dict(tree.each(files.every, MAX_FILE))
    train, test = (split_images(files, part, content) for part in PARTS)
    for split, part in zip((train, test), PARTS, strict=True):
        if split.images.shape[2:] != (28, 28):
            height, width = split.images.shape[2:]
            raise DataError(f"{files.images[part]}: images must be 28×28, got {height}×{width}")
        if split.labels.max(initial=0) > 9:
            raise DataError(f"{files.labels[part]}: labels must be 0 to 9, got {split.labels.max()}")
    return Raw(train, test, names, f"{title}, idx, {len(train.labels):,} + {len(test.labels):,} images")


def identified(tree: Tree) -> tuple[known_idx.KnownIdx, str] | None:
    """Which known data set the files of MNIST's names are, and by what; None for another. Raises DataError."""
    files = sets(tree)[""]
    content = dict(tree.each(files.every, MAX_FILE))
    train, test = (_array(files.labels[part], content[files.labels[part]], 1).tobytes() for part in PARTS)
    return known_idx.known_idx(content, train, test)


def read_own(tree: Tree) -> Raw:
    """Sets of any name, [N, 1, H, W]; labels keep their numbers, those of EMNIST's letters from 1 move to 0.

    Raises DataError where there are several.
    """
    found = sets(tree)
    if len(found) != 1:
        raise DataError(
            f"{tree.label}: holds {len(found)} sets of idx files ({listed(sorted(found, key=natural), 8)}); keep one, "
            "in a folder of its own"
        )
    files = next(iter(found.values()))
    content = dict(tree.each(files.every, MAX_FILE))
    train, test = (split_images(files, part, content) for part in PARTS)
    first = int(train.labels.min())
    count = int(max(train.labels.max(), test.labels.max())) + 1
    names, note = tuple(map(str, range(count))), f"idx files of {tree.label}"
    if files.title.startswith(EMNIST):
        train, test = (Images(upright(part.images), part.labels) for part in (train, test))
        names = mapped(tree, files.title, count)
        note = f"EMNIST ({files.title}) by its files' names, turned upright, for EMNIST stores columns as rows"
    elif (known := identified(tree) if not files.title else None) is not None:
        names = known[0].names
        note = f"{known[0].title}, idx: {known[1]}"
    elif not files.title:
        note += " in MNIST's format, not MNIST's own"
    if first > 0:
        train, test = (Images(part.images, part.labels - first) for part in (train, test))
        names, note = names[first:], f"{note}; labels {first} to {count - 1} taken as classes 0 to {count - 1 - first}"
    note = f"{note}, {len(train.labels):,} + {len(test.labels):,} images"
    return Raw(train, test, names, note, first_label=max(first, 0))


def sets(tree: Tree) -> dict[str, IdxFiles]:
    """Every complete set of four files, by what their names begin with; of a plain and a packed file the plain one.

    The four may lie in four folders; where several folders hold all four, each is a set of its own.
    """
    parts = files_of(tree)
    whole = _whole([((folder, title), part, name) for folder, title, part, name in parts])
    if not whole:
        whole = _whole([(("", title), part, name) for _, title, part, name in parts])
    if len({title for _, title in whole}) < len(whole):
        return {f"{folder}/{title}": files for (folder, title), files in whole.items()}
    return {title: files for (_, title), files in whole.items()}


def files_of(tree: Tree) -> list[tuple[str, str, tuple[str, Split], str]]:
    """Each file of a set, plain ones first: its folder, what its name begins with, its role and split, its name."""
    parts: list[tuple[str, str, tuple[str, Split], str]] = []
    for name in sorted(tree.names, key=lambda name: (name.lower().endswith(".gz"), name)):
        folder, _, file = name.rpartition("/")
        if (named := NAME.fullmatch(file.lower())) is not None:
            split: Split = "train" if named["split"] == "train" else "test"
            parts.append((folder, named["set"] or "", (named["role"], split), name))
    return parts


def _whole(parts: list[tuple[tuple[str, str], tuple[str, Split], str]]) -> dict[tuple[str, str], IdxFiles]:
    """The complete sets by folder and title; of several files for one part the first."""
    found: dict[tuple[str, str], dict[tuple[str, Split], str]] = {}
    for key, part, name in parts:
        found.setdefault(key, {}).setdefault(part, name)
    return {
        (folder, title): IdxFiles(title, *({of: held[role, of] for of in PARTS} for role in ("images", "labels")))
        for (folder, title), held in found.items()
        if len(held) == 4
    }


def upright(images: NDArray[Any]) -> NDArray[np.uint8]:
    """[N, C, H, W] of files that hold their pictures lying on their side, as EMNIST's do."""
    return np.ascontiguousarray(images.transpose(0, 1, 3, 2))


def mapped(tree: Tree, title: str, count: int) -> tuple[str, ...]:
    """The characters of EMNIST's labels by the table beside its files; numbers where there is none."""
    wanted = f"{title}-mapping.txt"
    table = next((name for name in tree.names if name.split("/")[-1].lower() == wanted), None)
    names = list(map(str, range(count)))
    if table is not None:
        for row in re.findall(rb"^(\d+) (\d+)", tree.read(table, MAX_FILE), re.MULTILINE):
            label, code = int(row[0][:6]), int(row[1][:6])
            if label < count and 32 < code < 127:
                names[label] = chr(code)
    return tuple(names)


def split_images(files: IdxFiles, part: Split, content: Mapping[str, bytes]) -> Images:
    images, labels = files.images[part], files.labels[part]
    pixels, numbers = _array(images, content[images], 3), _array(labels, content[labels], 1)
    if len(pixels) != len(numbers):
        raise DataError(f"{images}: {len(pixels):,} images but {len(numbers):,} labels")
    if not len(numbers):
        raise DataError(f"{images}: holds no image")
    return Images(np.ascontiguousarray(pixels)[:, None], numbers.astype(np.int64))


def _array(name: str, data: bytes, dimensions: int) -> NDArray[np.uint8]:
    """Header: two zero bytes, the type, the number of dimensions, each as big-endian 32 bits."""
    content = _unpacked(name, data)
    if len(content) < 4 + 4 * dimensions or content[:2] != b"\0\0" or content[2] != UBYTE or content[3] != dimensions:
        raise DataError(f"{name}: not an idx file of unsigned bytes with {dimensions} dimensions")
    shape = struct.unpack(f">{dimensions}I", content[4 : 4 + 4 * dimensions])
    held = len(content) - 4 - 4 * dimensions
    if math.prod(shape) != held:
        raise DataError(f"{name}: declares {list(shape)} = {math.prod(shape):,} bytes, holds {held:,}")
    return np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


def _unpacked(name: str, data: bytes) -> bytes:
    if not data.startswith(b"\x1f\x8b"):
        return data
    most = MAX_EMNIST if EMNIST in name.lower() else MAX_CONTENT
    try:
        with gzip.open(io.BytesIO(data)) as file:
            content = file.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{name}: damaged or truncated gzip: {error}") from error
    if len(content) > most:
        raise DataError(f"{name}: unpacks to more than {most:,} bytes")
    return content
