"""`table make`: every training, supernet and proxy of a table, and its files; run again, it goes on where it was."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

from engine.cli.output import tell
from engine.cli.run import run_one
from engine.errors import ConfigError
from engine.tabular.benchmarks import Benchmark, benchmark, part

PART = re.compile(r"standalone-(\d+)-of-(\d+)")


def make(table: str, workdir: Path, part: str | None, data: Path) -> None:
    """All of it; or one part of the trainings, so that several processes can share them."""
    made = benchmark(table)
    if part is not None:
        _train(made, workdir, _part(part), data)
        return
    for each in _parts(workdir):
        _train(made, workdir, each, data)
    _supernets(made, workdir, data)
    for seed in made.seeds:
        _proxies(made, workdir, data, seed)
    _publish(made, workdir)


def _part(text: str) -> tuple[int, int]:
    number, slash, count = text.partition("/")
    if not (slash and number.isdecimal() and count.isdecimal()):
        raise ConfigError([f"part: must be K/N, such as 1/2, got {text[:20]!r}"])
    return int(number), int(count)


def _parts(workdir: Path) -> list[tuple[int, int]]:
    """Those that were begun make up the whole; 1/1 where none was."""
    found = [PART.fullmatch(path.name) for path in workdir.glob("standalone-*")]
    counts = {int(match[2]) for match in found if match}
    if len(counts) > 1:
        raise ConfigError([f"{workdir}: holds parts of {' and of '.join(map(str, sorted(counts)))}; keep one kind"])
    count = counts.pop() if counts else 1
    return [(number, count) for number in range(1, count + 1)]


def _train(made: Benchmark, workdir: Path, which: tuple[int, int], data: Path) -> None:
    number, count = which
    folder = workdir / (f"standalone-{number}-of-{count}" if count > 1 else "standalone")
    run_one(part(made.standalone, number, count) if count > 1 else made.standalone, folder, data)


def _supernets(made: Benchmark, workdir: Path, data: Path) -> None:
    from engine.analysis.seeds import folder_of, seeded
    from engine.tabular.collect import SUPERNETS

    for config in seeded(made.supernet, len(made.seeds)):
        run_one(config, folder_of(workdir / SUPERNETS, config), data)


def _proxies(made: Benchmark, workdir: Path, data: Path, seed: int) -> None:
    from engine.proxies.space import space_scores
    from engine.storage.atomic import write_bytes
    from engine.tabular.collect import PROXIES

    path = workdir / PROXIES.format(seed=seed)
    if path.exists():
        tell(f"{path}: already there")
        return
    found = dict(space_scores(made.standalone, data, seed))
    write_bytes(path, json.dumps(found, indent=1).encode())
    tell(f"done: {path}")


def _publish(made: Benchmark, workdir: Path) -> None:
    from engine.describe import training
    from engine.tabular.collect import collect, device_of
    from engine.tabular.publish import publish
    from engine.tabular.shipped import REPORT

    folder = workdir / "table"
    if (folder / REPORT).exists():
        tell(f"{folder}: already there")
        return
    table = collect(made, workdir)
    supernet = training.recipe(made.supernet.supernet)
    publish(
        table,
        folder,
        repetitions=made.repetitions,
        supernet=supernet,
        device=device_of(workdir),
        date=datetime.now(UTC).date().isoformat(),
    )
    tell(f"done: {folder}")
