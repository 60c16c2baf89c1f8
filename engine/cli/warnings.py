"""What a run ends with on stderr where its result is worth little."""

from __future__ import annotations

from pathlib import Path

from engine.cli.output import tell
from engine.figures.facts import warnings_of
from engine.figures.record import read


def print_warnings(workdir: Path) -> None:
    """One line for each warning of the study in this folder, with what to try."""
    for one in warnings_of(read(workdir)):
        tell(f"warning: {one.message} {one.advice}")
