"""A headless study's folder: its config, its committed events, and where to go on.

DIR/study.json             the config the folder belongs to
DIR/events.jsonl           committed durable events, one a line
DIR/head.json              the last commits, see `storage.head`; a copy lies in DIR/checkpoints
DIR/checkpoints, result    what a run writes there, see `run.session` and `export.package`
DIR/control.json, run.lock requests for the run at work, and what it holds, see `control_file` and `run_lock`
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
from pathlib import Path

from engine.cli.position import find_position
from engine.cli.study_file import read_stored
from engine.config.differences import differences, in_words
from engine.config.own_parts import require_unchanged
from engine.config.study import StudyConfig
from engine.errors import CheckpointError, ConfigError, OutOfDiskError
from engine.events import Commit, DurableEvent, Resume, to_wire
from engine.export.members import sums_of_result
from engine.storage.atomic import write_all, write_bytes
from engine.storage.committed import EVENTS
from engine.storage.files import PIECE, is_there, open_to_append
from engine.storage.head import KEPT_COMMITS, StoredCommit, write_head

STUDY = "study.json"
FULL = (errno.ENOSPC, errno.EDQUOT)


class Journal:
    """Appends committed events; what a crash left behind the last commit is cut off on opening.

    `note` says what was found damaged, where an earlier commit is taken. Raises CheckpointError, FileError and
    ConfigError where the folder belongs to another study, or is damaged beyond that.
    """

    def __init__(self, folder: Path, config: StudyConfig) -> None:
        self.folder, self.events = folder, folder / EVENTS
        folder.mkdir(parents=True, exist_ok=True)
        known = is_there(folder / STUDY)
        if known:
            require_same(folder, config)
        position = find_position(folder, config)
        if not known:
            write_study(folder, config)
        self.kept, self.note, self.finished = position.commits, position.note, position.finished
        self.size = self.kept[0].bytes if self.kept else 0
        self.sum = self._cut()
        if self.finished and self.note:
            write_head(folder, self.kept, sums_of_result(folder))

    @property
    def resume(self) -> Resume | None:
        if not self.kept:
            return None
        newest = self.kept[0]
        return Resume(newest.checkpoint, newest.sha256, newest.step)

    def _cut(self) -> hashlib._Hash:
        """SHA-256 of the committed events. What follows is cut off, but for later commits, until they come again."""
        total, left = hashlib.sha256(), self.size
        with open_to_append(self.events) as file:
            while left and (piece := file.read(min(left, PIECE))):
                total.update(piece)
                left -= len(piece)
            if self.finished or not self.note:
                file.truncate(self.size)
        return total

    def append(self, events: list[DurableEvent], commit: Commit) -> None:
        """Store the events of one commit; either all of it counts after a crash, or nothing."""
        lines = "".join(json.dumps(to_wire(event), sort_keys=True) + "\n" for event in events).encode()
        try:
            self._append(lines)
            size, total = self.size + len(lines), self.sum.copy()
            total.update(lines)
            result = sums_of_result(self.folder) if commit.phase == "done" else {}
            kept = (stored(commit, size, total.hexdigest()), *self.kept)[:KEPT_COMMITS]
            write_head(self.folder, kept, result)
        except OSError as error:
            if error.errno not in FULL:
                raise
            raise OutOfDiskError(
                f"no room left on the disk of {self.folder}: the last checkpoint is intact, and the study goes on when "
                "there is room"
            ) from error
        self.kept, self.size, self.sum = kept, size, total

    def _append(self, lines: bytes) -> None:
        with open_to_append(self.events) as file:
            file.truncate(self.size)
            file.seek(self.size)
            write_all(file, lines)
            file.flush()
            os.fsync(file.fileno())


def stored(commit: Commit, size: int, events_sha256: str) -> StoredCommit:
    """The commit with the events up to it: their bytes, and their SHA-256."""
    return StoredCommit(
        checkpoint=commit.checkpoint,
        sha256=commit.sha256,
        size=commit.size,
        step=commit.step,
        phase=commit.phase,
        bytes=size,
        events_sha256=events_sha256,
    )


def write_study(folder: Path, config: StudyConfig) -> None:
    """Write study.json, the config that the folder belongs to."""
    write_bytes(folder / STUDY, (json.dumps(config.model_dump(mode="json"), indent=2) + "\n").encode())


def require_same(folder: Path, config: StudyConfig) -> None:
    """Raise CheckpointError where the folder's study is another one, ConfigError where its study.json is damaged."""
    try:
        found = read_stored(folder / STUDY)
    except ConfigError as error:
        raise ConfigError(
            [
                f"{error}; the folder's study.json is damaged, or of a newer version: where the study is the one that "
                "was begun here, delete it and run again"
            ]
        ) from error
    require_unchanged(found.parts)
    if found.digest() != config.digest():
        raise CheckpointError(_other_study(folder, found, config))


def _other_study(folder: Path, found: StudyConfig, config: StudyConfig) -> str:
    """That another study lies there, in which fields it differs, and the ways on."""
    differing = in_words(differences(found, config), "there", "in this one")
    there = f"{folder} holds another study ({found.name!r}, says its study.json): {differing}"
    return (
        f"{there}; choose another --workdir, or go on with the one there by `run {folder / STUDY}`, or take its "
        f"supernet along by `fork {folder}`"
    )
