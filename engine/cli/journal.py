"""A headless study's folder: its config, its committed events, and where to go on.

DIR/study.json    the config the folder belongs to
DIR/events.jsonl  committed durable events, one a line
DIR/head.json     the last commit, and how many bytes of events.jsonl belong to it
DIR/run.lock      held by whoever runs it, see `run_lock`
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from engine.config.parse import parse_stored
from engine.config.study import StudyConfig
from engine.errors import CheckpointError, ConfigError
from engine.events import Commit, DurableEvent, Resume, to_wire
from engine.run.fork import fork, history, require_forkable
from engine.storage.atomic import write_bytes


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
            found = parse_stored(study.read_bytes())
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
        write_bytes(self.head, json.dumps(_head(commit, size)).encode())


def _head(commit: Commit, size: int) -> dict[str, object]:
    return {
        "checkpoint": commit.checkpoint,
        "sha256": commit.sha256,
        "size": commit.size,
        "step": commit.step,
        "phase": commit.phase,
        "bytes": size,
    }


def fork_folder(source: Path, generation: int, target: Path, config: StudyConfig | None = None) -> None:
    """A new study's folder that goes on after `generation` generations of the one in `source`.

    Raises ConfigError and CheckpointError.
    """
    if target.exists():
        raise ConfigError([f"to: {target} exists already"])
    try:
        head = json.loads((source / "head.json").read_text())
        own = parse_stored((source / "study.json").read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigError([f"workdir: {source} holds no study that has begun: {error}"]) from error
    config = config or own
    require_forkable(own, config)
    at = Commit(head["checkpoint"], head["sha256"], head.get("size", 0), head["step"], head["phase"])
    commit = fork(source, at, generation, config, target)
    (target / "study.json").write_text(json.dumps(config.model_dump(mode="json"), indent=2) + "\n")
    lines = [json.loads(line) for line in (source / "events.jsonl").read_bytes()[: head["bytes"]].splitlines()]
    events = "".join(json.dumps(event, sort_keys=True) + "\n" for event in history(lines, generation, config)).encode()
    (target / "events.jsonl").write_bytes(events)
    write_bytes(target / "head.json", json.dumps(_head(commit, len(events))).encode())
