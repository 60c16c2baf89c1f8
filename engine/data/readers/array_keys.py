"""Which part of a data set an array is by its name: pixels or labels, of which split; or the classes' names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from engine.data.files.split_names import Split, split_of
from engine.errors import DataError

Role = Literal["x", "y", "names"]
ROLES: dict[str, Role] = {
    **dict.fromkeys(("x", "image", "images", "img", "imgs", "data", "pixels", "inputs", "features"), "x"),
    **dict.fromkeys(("y", "label", "labels", "target", "targets", "class", "classes"), "y"),
}  # fmt: skip
Part = tuple[Role, Split]
NAMES: Part = ("names", "train")
"""Text [classes]: name k is that of label k."""
NAMES_KEY = "class_names"


def part_of(name: str) -> Part | None:
    """x_train, X_train, trainX, train_images, labels: role and split ("train" where it names none)."""
    if name.lower() == NAMES_KEY:
        return NAMES
    glued = re.fullmatch(r"([xy])(train|test|val)|(train|test|val)([xy])", name.lower())
    apart = "_".join(filter(None, glued.groups())) if glued else re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
    words = [word for word in re.split(r"[^A-Za-z]+", apart.lower()) if word]
    if len(words) == 1 and (role := ROLES.get(words[0])) is not None:
        return role, "train"
    if len(words) != 2:
        return None
    for said, split_word in (words, reversed(words)):
        role, split = ROLES.get(said), split_of(split_word)
        if role is not None and split is not None:
            return role, split
    return None


def names_a_split(name: str) -> bool:
    """Whether it is said of which split an array is: x_train, not x."""
    part = part_of(name)
    return part is not None and (part[1] != "train" or "train" in name.lower())


def parts_of(names: Iterable[str], label: str) -> dict[Part, str]:
    """Each part's array. Raises DataError where two names mean the same."""
    found: dict[Part, str] = {}
    for name in sorted(names):
        part = part_of(name)
        if part is not None and part in found:
            raise DataError(f"{label}: {found[part]} and {name} both mean the {_titled(part)}; keep one")
        if part is not None:
            found[part] = name
    return found


def _titled(part: Part) -> str:
    return "names of the classes" if part == NAMES else f"{part[1]} {'pixels' if part[0] == 'x' else 'labels'}"
