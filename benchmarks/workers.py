"""Contenders, each in a process of its own, taking turns: one line in is one unit of work, one line out its seconds.

Processes of their own, so that nobody profits or suffers from another's memory or threads. An external command that
keeps to the same lines is a contender too.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Place:
    """Where all contenders work, and in what (engine.config.RuntimeConfig)."""

    threads: int = 2
    device: str = "cpu"
    precision: str = "float32"


@dataclass(frozen=True)
class Work:
    """What a worker of ours does: `contender` and `task` of benchmarks.worker, its size, and where."""

    contender: str
    task: str
    preset: str = "paper-cifar10"
    code: str = "R5-R5-S-R3-R5"
    samples: int = 96
    place: Place = Place()

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-m", "benchmarks.worker", json.dumps(asdict(self))]


class Worker:
    """A running contender."""

    def __init__(self, command: Sequence[str]) -> None:
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT)
        self.ready = self._read()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.process.kill()
        self.process.communicate()

    def go(self) -> dict[str, Any]:
        """One unit of work: at least its `seconds`."""
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        return self._read()

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.process.args!r} ended with {self.process.wait()}")
        found: dict[str, Any] = json.loads(line)
        return found


@dataclass(frozen=True)
class Series:
    """A contender's seconds, round by round, those of the processor, and what else it said last."""

    seconds: list[float]
    cpu: list[float]
    last: dict[str, Any]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


def take_turns(commands: Mapping[str, Sequence[str]], rounds: int) -> dict[str, Series]:
    """Every contender once a round, in reversed order every other round; a first round is not counted."""
    workers: dict[str, Worker] = {}
    said: dict[str, list[dict[str, Any]]] = {name: [] for name in commands}
    try:
        for name, command in commands.items():
            workers[name] = Worker(command)
            workers[name].go()
        for number in range(rounds):
            order = list(workers) if number % 2 == 0 else list(reversed(workers))
            for name in order:
                said[name].append(workers[name].go())
    finally:
        for worker in workers.values():
            worker.__exit__(None, None, None)
    return {name: series(each) for name, each in said.items()}


def series(said: list[dict[str, Any]]) -> Series:
    """What a contender said, round by round; an external one need not say what it took of the processor."""
    seconds = [each["seconds"] for each in said]
    return Series(seconds, [each.get("cpu", each["seconds"]) for each in said], said[-1])


def processor(ours: list[float], peer: list[float]) -> dict[str, float]:
    """Medians of the processor's seconds: on one thread they do not depend on what else the machine does."""
    mine, theirs = statistics.median(ours), statistics.median(peer)
    return {"cpu_ours": mine, "cpu_peer": theirs, "cpu_ratio": theirs / mine}


def row(name: str, ours: Series, peer: Series, **more: object) -> dict[str, Any]:
    """Medians, and the ratio peer ÷ ours of each round: its median and its quartiles."""
    ratios = [b / a for a, b in zip(ours.seconds, peer.seconds, strict=True)]
    low, middle, high = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else ratios * 3
    return {
        "name": name,
        "ours": ours.median,
        "peer": peer.median,
        "ratio": middle,
        "spread": [low, high],
        "unit": "s",
        "rounds": len(ratios),
        **processor(ours.cpu, peer.cpu),
        **more,
    }
