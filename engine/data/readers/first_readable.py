"""The first of several forms of a user's files that can be read; what the forms before it complained of is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol, Self, TypeVar

from engine.data.files.tree import Tree
from engine.errors import DataError


class Noted(Protocol):
    """What a form gives: it can take more clauses into its note."""

    def noted(self, *clauses: str) -> Self: ...


Found = TypeVar("Found", bound=Noted)


def first_readable(tree: Tree, forms: Iterable[tuple[str, Callable[[], Found]]]) -> Found:
    """From the first form, by title, that can be read. Raises DataError: what the first has to complain of."""
    complaints: list[tuple[str, DataError]] = []
    for title, read in forms:
        try:
            found = read()
        except DataError as error:
            complaints.append((title, error))
        else:
            return found.noted(*(f"not taken as {other}: {error}" for other, error in complaints))
    if complaints:
        raise complaints[0][1]
    raise DataError(
        f"{tree.label}: holds no images: neither class folders, nor a table of labels, nor arrays, nor Parquet"
    )
