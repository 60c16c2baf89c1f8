"""Images to evaluate a trained network on, in whatever form they lie: taken as its training data were."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from engine.data.files.tree import Tree
from engine.data.images import Samples
from engine.data.preprocessing.kept import Preprocessing
from engine.data.readers import arrays, idx_samples, labelled, own_images, parquet
from engine.errors import DataError

Form = tuple[str, Callable[[Tree], bool], Callable[[Tree, Preprocessing], Samples]]
"""What it is called, whether names of files suggest it, and its reader."""


def recognises(tree: Tree) -> bool:
    return any(suggested(tree) for _, suggested, _ in FORMS)


def read(tree: Tree, how: Preprocessing) -> Samples:
    """From the first form that can be read. Raises DataError: what the first form suggested has to complain of."""
    complaints: list[tuple[str, DataError]] = []
    for title, suggested, form in FORMS:
        if not suggested(tree):
            continue
        try:
            found = form(tree, how)
        except DataError as error:
            complaints.append((title, error))
        else:
            notes = [f"not taken as {other}: {error}" for other, error in complaints]
            return replace(found, note="; ".join([found.note, *notes]))
    if complaints:
        raise complaints[0][1]
    raise DataError(
        f"{tree.label}: holds no images: neither class folders, nor a table of labels, nor arrays, nor Parquet"
    )


def _pictures(tree: Tree, how: Preprocessing) -> Samples:
    return labelled.samples(tree, own_images.labelled_pictures(tree, trained=False), how)


FORMS: tuple[Form, ...] = (
    ("pictures", own_images.are_pictures, _pictures),
    ("arrays", arrays.recognises_samples, arrays.samples),
    ("idx files", idx_samples.recognises, idx_samples.samples),
    ("Parquet files", parquet.recognises, parquet.samples),
)
