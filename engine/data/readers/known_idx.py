"""Which data set idx files are, by what they hold: MNIST, Fashion-MNIST and Kuzushiji bear the same names."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class KnownIdx:
    """`openings` are the first labels of training and test split; `md5` are checksums of official files, packed."""

    title: str
    names: tuple[str, ...]
    openings: tuple[str, str] | None
    md5: frozenset[str]


MNIST = KnownIdx(
    "MNIST",
    tuple("0123456789"),
    ("504192131435361728694091124327", "721041495906901597349665407401"),
    frozenset(
        {"f68b3c2dcbeaaa9fbdd348bbdeb94873", "d53e105ee54ea40749a09fcbcd1e9432"}
        | {"9fb629c4189551a2d022fa330f9573f3", "ec29112dd5afa0611ce80d1b7f02629c"}
    ),
)
FASHION = KnownIdx(
    "Fashion-MNIST",
    ("T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"),
    ("900302725509557910643148430244", "921161465745734124802579146093"),
    frozenset(
        {"8d4fb7e6c68d591d4c3dfef9ec88bf0d", "25c81989df183df01b3e8a0aad5dffbe"}
        | {"bef4ecab320f06d8554ea6380940ec79", "bb300cfdad3c16e7a12a480ee83cd310"}
    ),
)
KUZUSHIJI = KnownIdx(
    "Kuzushiji-MNIST",
    ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
    None,
    frozenset(
        {"bdb82020997e1d708af4cf47b453dcf7", "e144d726b3acfaa3e44228e80efcd344"}
        | {"5c965bf0a639b31b8f53240b1b52f4d7", "7320c461ea6c1c855c0b718fb2a4b134"}
    ),
)
KNOWN = (MNIST, FASHION, KUZUSHIJI)
LEAST = 5
"""Labels below which a beginning says nothing."""


def known_idx(packed: Mapping[str, bytes], train: bytes, test: bytes) -> tuple[KnownIdx, str] | None:
    """(the data set, by what it was told); None for another. `packed` are the files as they lie, the rest labels."""
    sums = {hashlib.md5(data, usedforsecurity=False).hexdigest() for data in packed.values()}
    for known in KNOWN:
        if sums == known.md5:
            return known, "its files have the official checksums"
    for known in KNOWN:
        if known.openings is not None and all(map(_begins, (train, test), known.openings)):
            return known, f"its labels begin as those of {known.title}"
    return None


def _begins(labels: bytes, opening: str) -> bool:
    found = "".join(map(str, labels[: len(opening)]))
    return len(labels) >= LEAST and opening.startswith(found)
