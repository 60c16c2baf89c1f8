"""Rows of the benchmark that have a bound: the loader's share of a training step, and the start of a study."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from typing import Any

from benchmarks.workers import ROOT, Place, Work, row, series, take_turns

Row = dict[str, Any]
LOADER_PERCENT = 3.0
IMPORT_SECONDS = 3.0
IMPORTING = """
import importlib, json, sys, time
started, worked = time.perf_counter(), time.process_time()
importlib.import_module(sys.argv[1])
print(json.dumps({"seconds": time.perf_counter() - started, "cpu": time.process_time() - worked}))
"""


def loader(rounds: int, batch: int, place: Place) -> Row:
    """The share of a training step, in per cent, that it waits for its batch."""
    work = Work("ours", "load", samples=batch, place=place)
    done = take_turns({"ours": work.command}, rounds)["ours"]
    shares = [100 * each["waited"] / each["seconds"] for each in done.said]
    low, middle, high = statistics.quantiles(shares, n=4) if rounds > 1 else shares * 3
    return {
        "name": "loader's share of a training step",
        "ours": middle,
        "spread": [low, high],
        "unit": "%",
        "rounds": rounds,
        "step_seconds": done.median,
        **_held_to(LOADER_PERCENT, middle),
    }


def start(rounds: int) -> Row:
    """Seconds of `import engine.study` and of `import torch` alone in new processes; round one is not counted."""
    said: dict[str, list[dict[str, Any]]] = {"engine.study": [], "torch": []}
    for _ in range(rounds + 1):
        for module, each in said.items():
            each.append(_imported(module))
    ours, torch = (series(each[1:]) for each in said.values())
    return row("import engine.study", ours, torch, against="import torch", **_held_to(IMPORT_SECONDS, ours.median))


def _imported(module: str) -> dict[str, Any]:
    command = [sys.executable, "-c", IMPORTING, module]
    found: dict[str, Any] = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)
    return found


def _held_to(bound: float, value: float) -> dict[str, Any]:
    return {"bound": bound, "reached": value < bound}
