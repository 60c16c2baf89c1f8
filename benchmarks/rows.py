"""Rows of the benchmark: each compared with its peers, which take turns in one run."""

from __future__ import annotations

import shlex
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from benchmarks.workers import Place, Series, Work, Worker, processor, row, series, take_turns
from engine.config.presets import PRESETS
from engine.space.architecture import Architecture
from engine.space.shapes import layer_specs as shape_rows

PEERS = {"SpikingJelly multi-step": "spikingjelly m", "SpikingJelly per step": "spikingjelly s", "snnTorch": "snntorch"}
ORDERS = {"default search, 20 × 20": ("search", 400), "exhaustive, 3,125": ("exhaustive", 3125)}


@dataclass(frozen=True)
class Size:
    """Size of a measurement: rounds of steps; images and sampled peer evaluations of the searches."""

    rounds: int
    search_images: int
    exhaustive_images: int
    sampled: int
    searches: int
    batch: int = 96


FULL = Size(rounds=7, search_images=192, exhaustive_images=32, sampled=16, searches=2)
QUICK = Size(rounds=3, search_images=96, exhaustive_images=8, sampled=6, searches=1)
Row = dict[str, Any]


def flops(code: str) -> float:
    """FLOP of the forward pass of one image over all time steps: two for each multiply-accumulate."""
    config = PRESETS["paper-cifar10"].config
    layers = shape_rows(config.network.macro, Architecture.from_code(code), config.input)
    return 2.0 * config.network.time_steps * sum(layer.macs for layer in layers)


def peers() -> dict[str, str]:
    """The installed peers: snnTorch is optional."""
    return {name: who for name, who in PEERS.items() if who != "snntorch" or find_spec("snntorch")}


def steps(
    task: str, title: str, size: Size, place: Place, external: Sequence[str] = (), patience: float | None = None
) -> Iterator[Row]:
    """`train` or `evaluate`: ours by the kernels and in plain torch, each compared with every peer and `external`.

    Raises ContenderError, where one of them takes longer than `patience` seconds for a step too.
    """
    names = {"ours": "ours", "ours in torch": "ours in torch", **peers()}
    work = {name: Work(contender, task, samples=size.batch, place=place) for name, contender in names.items()}
    commands: dict[str, Sequence[str]] = {f"external: {shlex.join(external)}": external} if external else {}
    commands |= {name: each.command for name, each in work.items()}
    done = take_turns(commands, size.rounds, patience)
    passes = 3 if task == "train" else 1
    total = passes * size.batch * flops(Work("", "").code)
    for mine in ("ours", "ours in torch"):
        for peer in [name for name in done if name not in ("ours", "ours in torch")]:
            yield row(
                f"{title}, {mine}",
                done[mine],
                done[peer],
                against=peer,
                gflop=total / 1e9,
                gflops_ours=total / 1e9 / done[mine].median,
                gflops_peer=total / 1e9 / done[peer].median,
            )
    if task == "train":
        yield from _memory(done)


def _memory(done: dict[str, Series]) -> Iterator[Row]:
    """Peak memory of each training process: resident, or allocated on the GPU."""
    peaks = {name: series.last["peak"] for name, series in done.items() if "peak" in series.last}
    for mine in ("ours", "ours in torch"):
        for peer in (name for name in peaks if name not in ("ours", "ours in torch")):
            ours, theirs = peaks[mine] / 1e6, peaks[peer] / 1e6
            ratio = ours / theirs
            yield {
                "name": f"peak memory of training, {mine}",
                "against": peer,
                "ours": ours,
                "peer": theirs,
                "ratio": ratio,
                "spread": [ratio, ratio],
                "unit": "MB",
                "rounds": 1,
                "smaller_is_better": True,
            }


def search(name: str, size: Size, place: Place) -> Row:
    """A whole search of ours compared with as many separate evaluations by SpikingJelly, of which some are measured.

    The peer's total is its median times the number; the sampled evaluations are made before, between and after ours.
    """
    task, count = ORDERS[name]
    images = size.search_images if task == "search" else size.exhaustive_images
    mine: list[dict[str, Any]] = []
    theirs: list[dict[str, Any]] = []
    peer = Work("spikingjelly m", "each", samples=images, place=place)
    with Worker(Work("ours", task, samples=images, place=place).command) as ours, Worker(peer.command) as other:
        other.go()
        for _ in range(size.searches):
            theirs += [other.go() for _ in range(size.sampled // 2)]
            mine.append(ours.go())
            theirs += [other.go() for _ in range(size.sampled // 2)]
    whole, each = series(mine), series(theirs)
    low, middle, high = (count * seconds / whole.median for seconds in statistics.quantiles(each.seconds, n=4))
    return {
        "name": f"{name}, {images} images",
        "against": "as many separate evaluations by SpikingJelly multi-step",
        "ours": whole.median,
        "peer": count * each.median,
        "ratio": middle,
        "spread": [low, high],
        "unit": "s",
        "rounds": len(mine),
        "peer_sampled": len(theirs),
        "evaluated": whole.last["evaluated"],
        **processor(whole.cpu, [count * seconds for seconds in each.cpu]),
    }
