"""Class folders of event files: N-MNIST, CIFAR10-DVS, and a user's own."""

from __future__ import annotations

from collections.abc import Sequence

from engine.data.events.decoders import SUFFIXES, is_event_file
from engine.data.events.event_set import Clip, EventSet, last_held_out
from engine.data.files.classes import Layout, check_trained, lay_out
from engine.data.files.left_out import left_out
from engine.data.files.split_names import Split
from engine.data.files.tree import Tree
from engine.data.readers.held_out import HELD_OUT, split_places
from engine.errors import DataError

MAX_CLASSES = 10_000
WHAT = "recordings"


def recognises(tree: Tree) -> bool:
    """Whether event files lie in class folders."""
    return any(is_event_file(name) and "/" in name for name in tree.names)


def read(
    tree: Tree, sensor: int, note: str, classes: Sequence[str] | None = None, held_out: float = HELD_OUT
) -> EventSet:
    """Class and split are those of `lay_out`; without a test split the last `held_out` of every class is it.

    `classes` fixes the class folders there may be; None takes those found, in natural order. Raises DataError.
    """
    layout = lay_out(tree, is_event_file, WHAT)
    if not layout.placed:
        raise DataError(f"{tree.label}: holds no event files ({', '.join(SUFFIXES)}) in class folders")
    names = tuple(classes) if classes else layout.classes
    _check_classes(tree.label, layout, names)
    if not classes:
        check_trained(tree.label, layout)
    label_of = {name: label for label, name in enumerate(names)}
    clips = [Clip(one.file, label_of[one.folder]) for one in layout.placed]
    place, said = split_places(tree.label, [one.split for one in layout.placed])
    train, validation, test = (tuple(clips[k] for k in place[split]) for split in ("train", "validation", "test"))
    drawn = False
    if not test:
        train, test, drawn = *last_held_out(train, held_out), True
        said = f"the last {held_out:.0%} of every class held out as test"
    clauses = [] if classes else [layout.said]
    if layout.strays or not classes:  # an official archive brings other files along, which need no words
        clauses += left_out(tree, [clip.file for clip in clips], layout.strays, WHAT)
    note = "; ".join([f"{note}, {said}", *clauses])
    return EventSet(tree, names, (*train, *validation), test, sensor, note, validation=len(validation), drawn=drawn)


def unsplit(tree: Tree, sensor: int, *, turned: bool) -> tuple[EventSet, tuple[Split, ...] | None]:
    """All recordings as clips to evaluate on, and the split of each where folders name splits. Raises DataError."""
    layout = lay_out(tree, is_event_file, WHAT)
    if not layout.placed:
        raise DataError(f"{tree.label}: holds no event files ({', '.join(SUFFIXES)}) in class folders")
    label_of = {name: label for label, name in enumerate(layout.classes)}
    clips = tuple(Clip(one.file, label_of[one.folder]) for one in layout.placed)
    clauses = left_out(tree, [clip.file for clip in clips], layout.strays, WHAT)
    note = "; ".join([f"events of {tree.label}", layout.said, *clauses])
    splits = tuple(one.split for one in layout.placed) if layout.parted else None
    return EventSet(tree, layout.classes, clips, (), sensor, note, turned), splits


def _check_classes(label: str, layout: Layout, names: Sequence[str]) -> None:
    if len(names) > MAX_CLASSES:
        raise DataError(f"{label}: holds {len(names):,} class folders; at most {MAX_CLASSES:,}")
    stray = next((one for one in layout.placed if one.folder not in names), None)
    if stray is not None:
        raise DataError(f"{label}: {stray.file[:80]} lies in no class folder; these are {', '.join(names[:12])}")
