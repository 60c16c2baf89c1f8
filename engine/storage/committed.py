"""What of a headless run's folder is committed: commits, and the events of events.jsonl that belong to each.

What follows them in events.jsonl was left there by a crash, and counts for nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from engine.errors import FileError
from engine.storage.files import is_there, open_file
from engine.storage.head import COPY, HEAD, Head, StoredCommit, read_head

EVENTS = "events.jsonl"
MAX_LINE = 1 << 28
EXTENDED = b'"study_extended"'
"""In the line of an event that gives the study another config."""


def stored_heads(folder: Path) -> tuple[list[Head], str]:
    """head.json and its copy, those of them that are whole, and what is wrong with head.json, "" for nothing.

    Raises FileError where one of them is no regular file: that is no damage of a crash.
    """
    heads, problems = [], {}
    for name in (HEAD, COPY):
        try:
            heads.append(read_head(folder / name))
        except FileError as error:
            if is_there(folder / name):
                open_file(folder / name).close()
            problems[name] = str(error)
    return heads, problems.get(HEAD, "")


def commits_of(heads: Iterable[Head]) -> list[StoredCommit]:
    """The commits of all heads, the newest first, each once."""
    found: dict[tuple[str, int], StoredCommit] = {}
    for head in heads:
        for commit in head.commits:
            found.setdefault((commit.sha256, commit.bytes), commit)
    return sorted(found.values(), key=lambda commit: -commit.step)


def events_of(folder: Path, commit: StoredCommit) -> list[dict[str, Any]]:
    """The events of a commit, in their wire format. Raises FileError where events.jsonl is damaged."""
    path = folder / EVENTS
    return [_event(f"{path} is damaged: line {n}", line) for n, line in enumerate(_lines(path, commit), 1)]


def config_digest_of(folder: Path, commit: StoredCommit) -> str:
    """The digest of the config as the commit's events have it last, after all were held to their sum; "" for none.

    It is that of the first event, until the study is extended. Raises FileError where events.jsonl is damaged.
    """
    path, found = folder / EVENTS, ""
    for number, line in enumerate(_lines(path, commit), 1):
        if number == 1 or EXTENDED in line:
            found = str(_event(f"{path} is damaged: line {number}", line).get("config_digest", found))
    return found


def whole_events(folder: Path) -> list[dict[str, Any]]:
    """The events of the newest commit that has all of them. Raises FileError where there is none."""
    heads, problem = stored_heads(folder)
    for commit in commits_of(heads):
        try:
            return events_of(folder, commit)
        except FileError as error:
            problem = problem or str(error)
    raise FileError(problem)


def _lines(path: Path, commit: StoredCommit) -> Iterator[bytes]:
    """The lines of a commit; raises FileError behind the last one where they are not those that were stored."""
    total, left = hashlib.sha256(), commit.bytes
    with open_file(path) as file:
        while left and (line := file.readline(min(left, MAX_LINE))).endswith(b"\n"):
            total.update(line)
            left -= len(line)
            yield line
    if left:
        raise FileError(f"{path} is damaged: of the {commit.bytes:,} bytes of step {commit.step}, {left:,} are lost")
    if commit.events_sha256 not in (None, total.hexdigest()):
        raise FileError(f"{path} is damaged: its first {commit.bytes:,} bytes are not those of step {commit.step}")


def _event(where: str, line: bytes) -> dict[str, Any]:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise FileError(f"{where} is not JSON: {str(error)[:100]}") from error
    if not isinstance(event, dict) or not isinstance(event.get("kind"), str):
        raise FileError(f"{where} is no event")
    return dict(event)
