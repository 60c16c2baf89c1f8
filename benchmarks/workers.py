"""Contenders in processes of their own, taking turns: a line in asks for a unit of work, a line out has its seconds.

Processes of their own, so that nobody profits or suffers from another's memory or threads. An external command that
keeps to the same lines is a contender too.
"""

from __future__ import annotations

import json
import math
import shlex
import statistics
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).parents[1]
LONGEST_COMMAND = 200
"""Characters of a command in a message."""


class ContenderError(Exception):
    """A contender does not start, ended, hangs or breaks the protocol; the message begins with its command."""


@dataclass(frozen=True)
class Place:
    """Device, threads and precision of all contenders (engine.config.runtime.RuntimeConfig)."""

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
    """A running contender; `patience` is how many seconds it may take to start and for a unit of work (None: any).

    Raises ContenderError.
    """

    def __init__(self, command: Sequence[str], patience: float | None = None) -> None:
        self.name, self.patience = shlex.join(command)[:LONGEST_COMMAND], patience
        pipe = subprocess.PIPE
        try:
            self.process = subprocess.Popen(
                command, stdin=pipe, stdout=pipe, text=True, encoding="utf-8", errors="replace", cwd=ROOT
            )
        except OSError as error:
            raise ContenderError(f"{self.name}: cannot be started: {error.strerror}") from error
        self.lines: SimpleQueue[str] = SimpleQueue()
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()
        try:
            self.ready = self._read()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the process, whatever it is doing."""
        self.process.kill()
        self.process.wait()
        assert self.process.stdin is not None
        with suppress(OSError):  # what it had not read yet
            self.process.stdin.close()

    def go(self) -> dict[str, Any]:
        """One unit of work: at least its `seconds`."""
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):  # it has ended, which reading tells
            self.process.stdin.write("go\n")
            self.process.stdin.flush()
        said = self._read()
        seconds = said.get("seconds")
        if not isinstance(seconds, int | float) or not 0 < seconds < math.inf:
            raise ContenderError(f'{self.name}: "seconds" must be a number above 0, got {seconds!r}')
        return said

    def _listen(self) -> None:
        """Its lines of output as they come, and an empty one at the end."""
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self.lines.put(line)
        self.lines.put("")

    def _read(self) -> dict[str, Any]:
        try:
            line = self.lines.get(timeout=self.patience)
        except Empty:
            raise ContenderError(f"{self.name}: no line within {self.patience:g} s") from None
        if not line:
            raise ContenderError(f"{self.name}: {self._end()}")
        try:
            found = json.loads(line)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            wrote = line.strip()[:80]
            raise ContenderError(f"{self.name}: wrote {wrote!r} where a line of JSON such as {{}} was expected")
        return found

    def _end(self) -> str:
        """How the process ended, once its output ended."""
        try:
            return f"ended with status {self.process.wait(timeout=1)}"
        except subprocess.TimeoutExpired:
            return "closed its output"


@dataclass(frozen=True)
class Series:
    """A contender's seconds, round by round, those of the processor, and what else it said."""

    seconds: list[float]
    cpu: list[float]
    said: list[dict[str, Any]]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def last(self) -> dict[str, Any]:
        return self.said[-1]


def take_turns(commands: Mapping[str, Sequence[str]], rounds: int, patience: float | None = None) -> dict[str, Series]:
    """Every contender once a round, in reversed order every other round; a first round is not counted."""
    workers: dict[str, Worker] = {}
    said: dict[str, list[dict[str, Any]]] = {name: [] for name in commands}
    with ExitStack() as running:
        for name, command in commands.items():
            workers[name] = running.enter_context(Worker(command, patience))
            workers[name].go()
        for number in range(rounds):
            order = list(workers) if number % 2 == 0 else list(reversed(workers))
            for name in order:
                said[name].append(workers[name].go())
    return {name: series(each) for name, each in said.items()}


def series(said: list[dict[str, Any]]) -> Series:
    """What a contender said, round by round; an external one need not say what it took of the processor."""
    seconds = [each["seconds"] for each in said]
    return Series(seconds, [each.get("cpu", each["seconds"]) for each in said], said)


def processor(ours: list[float], peer: list[float]) -> dict[str, float]:
    """Medians of the processor's seconds: on one thread they do not depend on the machine's other load."""
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
