"""head.json of a headless run's folder: its last commits.

It holds the last commit and the ones before it, whose checkpoints are kept. Its copy lies beside the checkpoints, for
a folder whose head.json is lost. Earlier versions wrote the last commit alone, without sums, and can read ours.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from engine.errors import FileError
from engine.schema.frozen import Frozen
from engine.storage.atomic import write_bytes
from engine.storage.files import read_json

HEAD, COPY = "head.json", "checkpoints/head.json"
KEPT_COMMITS = 3
"""As many as a session keeps checkpoints."""
Sum = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class StoredCommit(Frozen):
    """A commit, and how many bytes of events.jsonl belong to it; `events_sha256` is their SHA-256."""

    checkpoint: Annotated[str, Field(pattern=r"^\w[\w.-]{0,200}\.safetensors$")]
    sha256: Sum
    size: Annotated[int, Field(ge=0)] = 0
    step: Annotated[int, Field(ge=1)]
    phase: Literal["supernet", "search", "retrain", "analysis", "done"]
    bytes: Annotated[int, Field(ge=1)]
    events_sha256: Sum | None = None


class Head(StoredCommit):
    """The last commit, the `earlier` ones, and the SHA-256 of each file of a finished study's result by name.

    `check` is the SHA-256 of all the rest.
    """

    earlier: Annotated[tuple[StoredCommit, ...], Field(strict=False)] = ()
    result: dict[str, Sum] = {}
    check: Sum | None = None

    @property
    def commits(self) -> tuple[StoredCommit, ...]:
        """All of them, the newest first."""
        newest = {name: getattr(self, name) for name in StoredCommit.model_fields}
        return (StoredCommit(**newest), *self.earlier)


def read_head(path: Path) -> Head:
    """Raises FileError where it is no head, or a damaged one."""
    document = read_json(path)
    try:
        head = Head.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "document"
        raise FileError(f"{path} is damaged, or of a newer version: {where}: {first['msg']}") from error
    if head.check is not None and head.check != _check(document):
        raise FileError(f"{path} is damaged: it does not match its own check")
    return head


def write_head(folder: Path, commits: tuple[StoredCommit, ...], result: dict[str, str]) -> None:
    """Store the commits, the newest first. Raises OSError where head.json cannot be written; the copy may fail."""
    newest, *earlier = (commit.model_dump(exclude_none=True) for commit in commits)
    document: dict[str, Any] = {**newest, "earlier": earlier, "result": result}
    data = json.dumps({**document, "check": _check(document)}).encode()
    write_bytes(folder / HEAD, data)
    with suppress(OSError):
        write_bytes(folder / COPY, data)


def _check(document: dict[str, Any]) -> str:
    rest = {key: value for key, value in document.items() if key != "check"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()
