"""Puts a table together from the folders of finished studies: trainings, supernets and proxies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from engine.errors import MeasureError
from engine.storage.committed import whole_events
from engine.storage.files import read_json
from engine.tabular.benchmarks import Benchmark
from engine.tabular.columns import LAYER, columns
from engine.tabular.table import Table, table_of

Key = tuple[str, int]
"""Genome and seed."""
PROXIES = "proxies-{seed}.json"
SUPERNETS = "supernets"


def standalone_folders(workdir: Path) -> list[Path]:
    """The folders of trainings from scratch, whole or in parts."""
    return sorted(path for path in workdir.glob("standalone*") if path.is_dir())


def collect(benchmark: Benchmark, workdir: Path) -> Table:
    """The table of a working directory. Raises FileError where events are gone, MeasureError where some are missing."""
    trained = _trainings(standalone_folders(workdir))
    if not trained:
        raise MeasureError(f"{workdir}: holds no training in standalone*/")
    layers = tuple(next(iter(trained.values()))["spikes_by_layer"])
    estimates = {seed: _estimates(workdir, benchmark, seed) for seed in sorted({seed for _, seed in trained})}
    rows = [_row(key, event, estimates[key[1]], layers) for key, event in trained.items()]
    names = tuple(column.name for column in columns(layers) if column.name not in ("genome", "seed"))
    return table_of(benchmark.name, benchmark.standalone, rows, names)


def device_of(workdir: Path) -> str:
    """What the trainings ran on, as their first event says it."""
    started = (whole_events(folder)[0] for folder in standalone_folders(workdir))
    return ", ".join(sorted({str(event["device"]) for event in started}))


def _trainings(folders: Iterable[Path]) -> dict[Key, dict[str, Any]]:
    found: dict[Key, dict[str, Any]] = {}
    for folder in folders:
        for event in whole_events(folder):
            if event["kind"] == "training_finished":
                found[event["architecture"], event["seed"]] = event
    return found


def _estimates(workdir: Path, benchmark: Benchmark, seed: int) -> dict[str, dict[str, float]]:
    """By genome: what the seed's supernet and proxies say of it."""
    folder = workdir / SUPERNETS / f"seed-{seed}"
    scores = read_json(workdir / PROXIES.format(seed=seed))
    found = {}
    for event in whole_events(folder):
        for candidate in event["candidates"] if event["kind"] == "generation_finished" else ():
            genome = candidate["architecture"]
            supernet = {"supernet_accuracy": candidate["accuracy"], "supernet_spikes": candidate["spikes"]}
            found[genome] = supernet | scores[genome]
    missing = [a.code for a in benchmark.standalone.space.enumerate() if a.code not in found]
    if missing:
        raise MeasureError(f"{folder}: its search has not evaluated {missing[0]}")
    return found


def _row(
    key: Key, event: Mapping[str, Any], estimates: Mapping[str, Mapping[str, float]], layers: tuple[str, ...]
) -> dict[str, float | str]:
    """One row of the table, of the event of a training."""
    taken = ("test_accuracy", "test_spikes", "validation_accuracy", "validation_spikes", "firing_rate", "parameters")
    row: dict[str, float | str] = {"genome": key[0], "seed": key[1]}
    row |= {name: event[name] for name in (*taken, "effective_macs", "effective_acs")}
    row |= {"training_loss": event["loss"][-1], "training_accuracy": event["accuracy"][-1]}
    row |= {LAYER + layer: event["spikes_by_layer"][layer] for layer in layers}
    return row | dict(estimates[key[0]])
