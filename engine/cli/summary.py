"""What a run ends with on stderr: winner, accuracy, spikes, front, and where the files are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from engine.cli.output import tell
from engine.export.members import FOLDER
from engine.figures.facts import warnings_of
from engine.figures.record import Record, read

SHOWN = 8
"""Members of the front that are named."""


def print_summary(workdir: Path) -> None:
    """A line each, then where the files are, then a line for each warning, with what to try."""
    record = read(workdir)
    for line in _results(record):
        tell(line)
    tell(f"done: {workdir / FOLDER}")
    for one in warnings_of(record):
        tell(f"warning: {one.message} {one.advice}")


def _results(record: Record) -> Iterator[str]:
    unit = f"spikes per {record.sample}"
    if found := record.finished:
        measured = f"{found.test_accuracy:.2%} on the test split, {found.test_spikes:,.0f} {unit}"
        yield f"winner {found.architecture}: {measured}, {found.parameters:,} parameters"
    for arm in record.arms:
        least, most = arm.spikes
        yield f"{arm.label}: {arm.accuracy:.2%} on the test split (mean of {arm.n}), {least:,.0f} to {most:,.0f} {unit}"
    if members := record.front:
        named = ", ".join(f"{one.architecture} {one.accuracy:.2%} {one.spikes:,.0f}" for one in members[:SHOWN])
        rest = f", and {len(members) - SHOWN} more" if len(members) > SHOWN else ""
        yield f"front of {len(record.evaluated)} (validation, supernet; accuracy, spikes): {named}{rest}"
