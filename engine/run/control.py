"""What may be asked of a study while it runs, by whoever consumes its events."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from engine.errors import FileError
from engine.storage.atomic import write_bytes
from engine.storage.files import is_there, read_json

Ending = Literal["", "result", "retrain"]
FILE = "control.json"


@dataclass
class Control:
    """Read between two batches; may be changed from another thread.

    `hurry` asks for a commit at the next batch. `ending` ends the search after the generation at work: with the result
    so far, or on to retraining the winner.
    """

    hurry: bool = False
    ending: Ending = ""


def ask(workdir: Path, *, pause: bool = False, ending: Ending = "") -> None:
    """Leave a request in this folder: a pause for the run at work there, an ending for the next one too."""
    write_bytes(workdir / FILE, json.dumps({"pause": pause, "ending": ending}).encode())


def asked(workdir: Path) -> tuple[bool, Ending]:
    """(pause, ending) as left by `ask`; nothing where nobody asked, or where the file makes no sense."""
    try:
        found = read_json(workdir / FILE)
        ending = found["ending"]
        return bool(found["pause"]), ending if ending in ("result", "retrain") else ""
    except (FileError, OSError, KeyError, TypeError):
        return False, ""


def settle(workdir: Path, ending: Ending) -> None:
    """The pause is done, so that the next run goes on; a request to end early stays."""
    if is_there(workdir / FILE):
        ask(workdir, ending=ending)
