"""Gain of engine.process.openmp on a busy machine, and its cost on an idle one.

`python -m benchmarks.waiting [--json FILE]` runs it.

The same work with libgomp's own way of waiting and with ours takes turns, first alone, then beside processes that keep
the cores busy. A ratio below 1 says that ours takes less time.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.workers import Work, take_turns
from engine.process.openmp import SPINS

ROUNDS = 30
WORK = {
    "training step, quick look": Work("ours", "train", "quick-look", "R5-C3-S", 48),
    "training step, AutoSNN_16": Work("ours", "train", samples=32),
    "evaluation, quick look": Work("ours", "evaluate", "quick-look", "R5-C3-S", 96),
    "evaluation, AutoSNN_16": Work("ours", "evaluate"),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.waiting", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"of each work ({ROUNDS})")
    arguments = parser.parse_args()
    found = []
    for name, work in WORK.items():
        for number in (0, 2):
            with busy(number):
                row = compared(name, number, work, arguments.rounds)
            low, high = row["spread"]
            print(f"{name:28} {number} busy {row['ratio']:6.2f}× [{low:.2f}–{high:.2f}]", flush=True)
            found.append(row)
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")


@contextmanager
def busy(number: int) -> Iterator[None]:
    """Processes that each keep one core busy."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(number)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def compared(name: str, number: int, work: Work, rounds: int) -> dict[str, Any]:
    """Seconds of both, and the ratio ours ÷ libgomp's of each round."""
    own = ["env", "-u", "GOMP_SPINCOUNT", *work.command]
    done = take_turns({"libgomp": own, "ours": ["env", f"GOMP_SPINCOUNT={SPINS}", *work.command]}, rounds)
    ratios = [a / b for a, b in zip(done["ours"].seconds, done["libgomp"].seconds, strict=True)]
    low, middle, high = statistics.quantiles(ratios, n=4)
    return {
        "name": name,
        "busy": number,
        "ours": done["ours"].median,
        "libgomp": done["libgomp"].median,
        "ratio": middle,
        "spread": [low, high],
        "rounds": rounds,
    }


if __name__ == "__main__":
    main()
