"""What a run ends with on stderr where its result is worth little. No torch."""

from __future__ import annotations

import sys
from pathlib import Path

from engine.figures.facts import warnings_of
from engine.figures.record import read


def print_warnings(workdir: Path) -> None:
    """One line for each warning of the study in this folder, with what to try."""
    for one in warnings_of(read(workdir)):
        print(f"warning: {one.message} {one.advice}", file=sys.stderr)
