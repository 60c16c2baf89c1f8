"""Images to evaluate a trained network on, in whatever form they lie: taken as its training data were."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from engine.data.files.tree import Tree
from engine.data.images import Samples
from engine.data.preprocessing.kept import Preprocessing
from engine.data.readers import arrays, idx_samples, labelled, own_images, parquet
from engine.data.readers.first_readable import first_readable

Form = tuple[str, Callable[[Tree], bool], Callable[[Tree, Preprocessing], Samples]]
"""What it is called, whether names of files suggest it, and its reader."""


def recognises(tree: Tree) -> bool:
    return any(suggested(tree) for _, suggested, _ in FORMS)


def read(tree: Tree, how: Preprocessing) -> Samples:
    """From the first form that can be read. Raises DataError: what the first form suggested has to complain of."""
    suggested = ((title, form) for title, suggests, form in FORMS if suggests(tree))
    return first_readable(tree, ((title, partial(form, tree, how)) for title, form in suggested))


def _pictures(tree: Tree, how: Preprocessing) -> Samples:
    return labelled.samples(tree, own_images.labelled_pictures(tree, trained=False), how)


FORMS: tuple[Form, ...] = (
    ("pictures", own_images.are_pictures, _pictures),
    ("arrays", arrays.recognises_samples, arrays.samples),
    ("idx files", idx_samples.recognises, idx_samples.samples),
    ("Parquet files", parquet.recognises, parquet.samples),
)
