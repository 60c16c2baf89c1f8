"""What may be asked of a study while it runs, by whoever consumes its events."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from engine.storage.atomic import write_bytes

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
    """Leave a request for the headless run in this folder, or for the next one there."""
    write_bytes(workdir / FILE, json.dumps({"pause": pause, "ending": ending}).encode())


def asked(workdir: Path) -> tuple[bool, Ending]:
    """(pause, ending) as left by `ask`; nothing where nobody asked, or where the file makes no sense."""
    try:
        found = json.loads((workdir / FILE).read_bytes())
        ending = found["ending"]
        return bool(found["pause"]), ending if ending in ("result", "retrain") else ""
    except (OSError, ValueError, KeyError, TypeError):
        return False, ""


def settle(workdir: Path, ending: Ending) -> None:
    """The pause is done, so that the next run goes on; a request to end early stays."""
    if (workdir / FILE).exists():
        ask(workdir, ending=ending)
