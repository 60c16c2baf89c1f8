"""DVS128 Gesture: long AEDAT 3.1 recordings, and tables that say when which gesture was made."""

from __future__ import annotations

import csv
import io
import re

from engine.data.events.decoders import MAX_BYTES
from engine.data.events.decoders.aedat3 import VERSION
from engine.data.events.event_set import Clip, EventSet, last_held_out, natural
from engine.data.files.tree import Tree
from engine.data.readers.held_out import HELD_OUT
from engine.errors import DataError

CLASSES = (
    "hand clapping", "right hand wave", "left hand wave", "right arm clockwise", "right arm counter-clockwise",
    "left arm clockwise", "left arm counter-clockwise", "arm roll", "air drums", "air guitar", "other gestures",
)  # fmt: skip
TRIALS_TRAIN, TRIALS_TEST = "trials_to_train.txt", "trials_to_test.txt"
RECORDING, TABLE = ".aedat", "_labels.csv"
OFFICIAL_NAME = re.compile(r"user\d{1,3}_\w+\.aedat")
FIELDS = ("class", "startTime_usec", "endTime_usec")
SENSOR = 128
MAX_TEXT = 1_000_000
OFFICIAL = (1_176, 288)
"""Training and test clips that SpikingJelly counts in the official archive."""


def recognises(tree: Tree) -> bool:
    """Lists of trials beside recordings, or a recording with its table of gestures; other tables are not enough."""
    home = tree.home(TRIALS_TRAIN)
    if home is not None and any(name.endswith(RECORDING) for name in home.names):
        return True
    tables = [name for name in tree.names if name.endswith(TABLE)]
    beside = [name for name in tables if name.removesuffix(TABLE) + RECORDING in set(tree.names)]
    return bool(beside) and _has_fields(tree, beside[0])


def looks_like(tree: Tree) -> bool:
    """Recordings named user<number>_<light>, the smallest of them AEDAT 3.1."""
    recordings = [name for name in tree.names if name.endswith(RECORDING)]
    if not recordings or not all(OFFICIAL_NAME.fullmatch(name.split("/")[-1]) for name in recordings):
        return False
    return tree.read(min(recordings, key=tree.size), MAX_BYTES).startswith(VERSION)


def _has_fields(tree: Tree, table: str) -> bool:
    try:
        return set(FIELDS) <= set(_table(tree.read(table, MAX_TEXT)).fieldnames or ())
    except DataError:
        return False


def read(tree: Tree) -> EventSet:
    """Split by the official lists of trials; recordings they name and the archive lacks are left out.

    Where no test recording is there, the last fifth of every gesture is held out. Raises DataError.
    """
    home = tree.home(TRIALS_TRAIN) or tree
    recordings = sorted((name for name in home.names if name.endswith(RECORDING)), key=natural)
    if not recordings:
        raise DataError(f"{tree.label}: holds no .aedat recordings beside its lists of trials")
    tests = set(_trials(home, TRIALS_TEST))
    labelled = _labelled(home, recordings)
    train = tuple(clip for name in recordings if name.split("/")[-1] not in tests for clip in labelled[name])
    test = tuple(clip for name in recordings if name.split("/")[-1] in tests for clip in labelled[name])
    if not test:
        train, test = last_held_out(train, HELD_OUT)
        note = "DVS128 Gesture, a part; the last 20% of every class held out"
        return EventSet(home, CLASSES, train, test, SENSOR, note, drawn=True)
    kind = "complete" if (len(train), len(test)) == OFFICIAL else f"{len(train):,} + {len(test):,} clips"
    return EventSet(home, CLASSES, train, test, SENSOR, f"DVS128 Gesture, official split, {kind}")


def _trials(tree: Tree, name: str) -> list[str]:
    if name not in tree.names:
        return []
    return tree.read(name, MAX_TEXT).decode("utf-8", "replace").split()


def _labelled(tree: Tree, recordings: list[str]) -> dict[str, list[Clip]]:
    """Each recording's clips; all tables in one pass, for a tar.gz is unpacked from its start for each.

    Raises DataError naming the table that is missing, or the line of one that is wrong.
    """
    tables = {name.removesuffix(RECORDING) + TABLE: name for name in recordings}
    for table, recording in tables.items():
        if table not in tree.names:
            raise DataError(f"{tree.label}: {table} is missing beside {recording}")
    return {tables[table]: _clips(tables[table], table, text) for table, text in tree.each(tables, MAX_TEXT)}


def _clips(recording: str, table: str, text: bytes) -> list[Clip]:
    return [_clip(recording, table, line, row) for line, row in enumerate(_table(text), 2)]


def _table(text: bytes) -> csv.DictReader[str]:
    """Rows by field; a byte order mark, as Excel writes it, is no part of the first name."""
    return csv.DictReader(io.StringIO(text.decode("utf-8-sig", "replace")))


def _clip(recording: str, table: str, line: int, row: dict[str, str]) -> Clip:
    try:
        label, start, end = (int(row[key]) for key in FIELDS)
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{table}, line {line}: must be {','.join(FIELDS)} in whole numbers") from error
    if not 1 <= label <= len(CLASSES):
        raise DataError(f"{table}, line {line}: class must be 1 to {len(CLASSES)}, got {label}")
    if not 0 <= start < end:
        raise DataError(f"{table}, line {line}: the start must come before the end, got {start:,} and {end:,} µs")
    return Clip(recording, label - 1, start, end)
