"""Which split a folder, file or table entry names: train, validation or test, under their usual names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")
WORDS: Mapping[str, Split] = {
    "train": "train", "training": "train",
    "val": "validation", "valid": "validation", "validation": "validation", "dev": "validation",
    "test": "test", "testing": "test",
}  # fmt: skip
AFFIXES = frozenset(
    {"data", "dataset", "set", "split", "part", "samples", "files", "folder", "image", "images", "img", "imgs"}
    | {"picture", "pictures", "pics", "photos", "events", "recordings"}
)
"""Words that may stand beside a split's: train_set, Test data, images_val."""


def split_of(name: str) -> Split | None:
    """The split that a name means by itself: Train_data, test-set, images_val, trainset, val2017; None for another."""
    words = _words(name)
    named = [WORDS[word] for word in words if word in WORDS]
    others = [word for word in words if word not in WORDS]
    return named[0] if len(named) == 1 and AFFIXES.issuperset(others) else None


def is_affix(name: str) -> bool:
    """Whether a folder's name says no more than that data lie there: images, data_files."""
    words = _words(name)
    return bool(words) and AFFIXES.issuperset(words)


def _words(name: str) -> list[str]:
    """Lower-case words of letters; capitals begin a new one, and a split's word is parted from what is glued to it."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return [part for word in re.findall(r"[^\W\d_]+", apart.lower()) for part in _parted(word)]


def _parted(word: str) -> list[str]:
    """trainset → train, set; a word that is none of this kind stays whole."""
    for known in WORDS:
        if word.startswith(known) and word.removeprefix(known) in AFFIXES:
            return [known, word.removeprefix(known)]
    return [word]
