"""Which of the samples found a trained network is evaluated on, in which order, and which of them it was trained on.

By content alone: neither the order of files nor what else lies beside them changes the choice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engine.data.evaluated.content import Hashes
from engine.data.evaluated.record import DataRecord
from engine.data.files.split_names import SPLITS, Split
from engine.data.images import Samples
from engine.errors import DataError

Indices = NDArray[np.int64]
Evaluated = Literal["train", "validation", "test", "all"]


@dataclass(frozen=True)
class Selection:
    """`indices` of the samples found, in the order of evaluation; `split` names them, `said` tells how it was told."""

    indices: Indices
    split: Evaluated
    said: str


def select(samples: Samples, hashes: Hashes, record: DataRecord, split: Split | None, *, own: bool) -> Selection:
    """The samples of a split; None: of the test split, and where `own` is false and there is none, all.

    `own`: they lie where the study's data lay. There the study's own split is taken, if every sample of it is found;
    else, and for other samples, the split that the files name. Where they name none, all are the test samples. Raises
    DataError for a split that is not there.
    """
    wanted: Split = split or "test"
    recorded = positions(record.split(wanted), hashes, samples, wanted)
    if own and recorded is not None:
        return Selection(recorded, wanted, f"the study's own {wanted} split, recognised by content")
    if samples.splits is not None:
        named = _named(samples.splits, wanted, fall_back=split is None and not own)
        return Selection(_ordered(named.indices, hashes, record), named.split, named.said)
    if wanted == "test":
        everything = np.arange(len(hashes))
        return Selection(_ordered(everything, hashes, record), "all", "all samples, for the files name no splits")
    if recorded is not None:
        return Selection(recorded, wanted, f"the study's own {wanted} split, recognised by content")
    raise DataError(f"split: the files name no splits, and hold not every {wanted} sample of the study; choose test")


def positions(recorded: Hashes, found: Hashes, samples: Samples, split: Split) -> Indices | None:
    """Where each recorded sample lies among those found; None where one is not there.

    Of equal samples those come first whose files name the same split.
    """
    order = np.arange(len(found))
    if samples.splits is not None:
        order = np.argsort(np.array([of != split for of in samples.splits]), kind="stable")
    places: dict[int, list[int]] = {}
    for place in order[::-1].tolist():
        places.setdefault(int(found[place]), []).append(place)
    chosen = [held.pop() if (held := places.get(one)) else -1 for one in recorded.tolist()]
    return None if -1 in chosen else np.array(chosen, np.int64)


def _named(splits: tuple[Split, ...], wanted: Split, *, fall_back: bool) -> Selection:
    """The split that the files name. A validation split without a test split is the test split, as for a study."""
    named = np.array(splits)
    there = [split for split in SPLITS if (named == split).any()]
    if wanted in there:
        return Selection(np.flatnonzero(named == wanted), wanted, f"the {wanted} split that the files name")
    if wanted == "test" and "validation" in there:
        return Selection(
            np.flatnonzero(named == "validation"),
            "validation",
            "the validation split, for the files name no test split",
        )
    if fall_back:
        return Selection(np.arange(len(named)), "all", f"all samples, which the files call {' and '.join(there)}")
    raise DataError(f"split: the files name no {wanted} split, only {' and '.join(there)}; choose one of these")


def _ordered(indices: Indices, hashes: Hashes, record: DataRecord) -> Indices:
    """First what the study tested on, in its order, then the others by their hashes: the files' order is no matter."""
    place = {value: at for at, value in reversed(list(enumerate(record.test.tolist())))}
    last = len(place)
    keys = [(place.get(value, last), value) for value in hashes[indices].tolist()]
    return indices[sorted(range(len(keys)), key=keys.__getitem__)]


def seen(selection: Selection, hashes: Hashes, record: DataRecord) -> int:
    """How many of the selected samples the network was trained on."""
    return int(np.isin(hashes[selection.indices], record.train).sum())


def labels_of(samples: Samples, selection: Selection, record: DataRecord) -> NDArray[np.int64]:
    """The selected samples' labels [n] as the network has them: by the classes' names.

    Numbers are places among its classes where these have names. Raises DataError for a class that it does not have.
    """
    label_of = {name: label for label, name in enumerate(record.classes)}
    if samples.class_names == record.classes:
        known = np.arange(len(record.classes))
    elif samples.numbered and not any(name.isdecimal() for name in record.classes):
        places = (int(name) - record.preprocessing.first_label for name in samples.class_names)
        known = np.array([place if 0 <= place < len(record.classes) else -1 for place in places], np.int64)
    else:
        known = np.array([label_of.get(name, -1) for name in samples.class_names], np.int64)
    labels = samples.images.labels[selection.indices]
    strange = [samples.class_names[label] for label in np.unique(labels[known[labels] < 0]).tolist()]
    if strange:
        raise DataError(_unknown(strange, record.classes))
    found: NDArray[np.int64] = known[labels]
    return found


def _unknown(strange: list[str], classes: tuple[str, ...]) -> str:
    shown = ", ".join(repr(name[:60]) for name in strange[:6]) + (", …" if len(strange) > 6 else "")
    those = ", ".join(name[:60] for name in classes[:12]) + (", …" if len(classes) > 12 else "")
    several = "es" if len(strange) > 1 else ""
    return f"the network has no class{several} {shown}; its {len(classes):,} classes are {those}"
