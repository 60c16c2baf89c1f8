"""A headless study's folder: its config, its committed events, and where to go on. No torch.

DIR/study.json    the config the folder belongs to
DIR/events.jsonl  committed durable events, one a line
DIR/head.json     the last commit, and how many bytes of events.jsonl belong to it
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from engine.config import StudyConfig, parse_config
from engine.errors import CheckpointError
from engine.events import Commit, DurableEvent, Resume, to_wire


class Journal:
    """Appends committed events; what a crash left behind the last commit is cut off on opening.

    Raises CheckpointError where the folder belongs to another study.
    """

    def __init__(self, folder: Path, config: StudyConfig) -> None:
        self.folder = folder
        self.events, self.head = folder / "events.jsonl", folder / "head.json"
        folder.mkdir(parents=True, exist_ok=True)
        study = folder / "study.json"
        if study.exists():
            found = parse_config(study.read_bytes())
            if found.digest() != config.digest():
                raise CheckpointError(f"{folder} holds another study ({found.name!r}); choose another --workdir")
        else:
            study.write_text(json.dumps(config.model_dump(mode="json"), indent=2) + "\n")
        self.resume, self.finished, size = self._read_head()
        with self.events.open("ab") as file:
            file.truncate(size)

    def _read_head(self) -> tuple[Resume | None, bool, int]:
        if not self.head.exists():
            return None, False, 0
        head = json.loads(self.head.read_text())
        resume = Resume(head["checkpoint"], head["sha256"], head["step"])
        return resume, head["phase"] == "done", head["bytes"]

    def append(self, events: list[DurableEvent], commit: Commit) -> None:
        """Store the events of one commit; either all of it counts after a crash, or nothing."""
        with self.events.open("ab") as file:
            for event in events:
                file.write((json.dumps(to_wire(event), sort_keys=True) + "\n").encode())
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        head = {
            "checkpoint": commit.checkpoint,
            "sha256": commit.sha256,
            "step": commit.step,
            "phase": commit.phase,
            "bytes": size,
        }
        temporary = self.head.with_suffix(".tmp")
        with temporary.open("w") as file_out:
            file_out.write(json.dumps(head))
            file_out.flush()
            os.fsync(file_out.fileno())
        temporary.replace(self.head)
