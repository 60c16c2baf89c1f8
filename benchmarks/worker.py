"""A worker that runs one contender: `python -m benchmarks.worker '{"contender": …, "task": …}'`, driven line by line.

Contenders: `ours`, `ours in torch`, `spikingjelly m`, `spikingjelly s`, `snntorch`. Tasks: `train` and `evaluate` one
architecture; `each`, another architecture of the space at every line; ours alone: `load`, the engine's Trainer on
stored images, `search` and `exhaustive`.
"""

from __future__ import annotations

import json
import random
import re
import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.backends.dispatch import place
from engine.config.presets import PRESETS
from engine.config.runtime import RuntimeConfig
from engine.config.study import StudyConfig
from engine.cost.memory import MEMO_BYTES
from engine.evaluation.prefix_tree import EvaluationCache, PrefixTree
from engine.evaluation.tally import Tally
from engine.metrics.spike_map import encode_map
from engine.model.network import SpikingNetwork, build_child, build_supernet
from engine.process.device import configure_device
from engine.process.malloc import keep_freed_memory
from engine.search.build import build_search
from engine.space.architecture import Architecture

Unit = Callable[[], dict[str, Any]]
BATCH = 96


class _Given:
    """The worker's order, and random images [N, C, H, W] or event frames [N, T, C, H, W] of its size."""

    def __init__(self, order: dict[str, Any]) -> None:
        self.contender, self.task, self.samples = order["contender"], order["task"], order["samples"]
        preset: StudyConfig = PRESETS[order["preset"]].config
        self.config = preset.model_copy(update={"runtime": RuntimeConfig.model_validate(order["place"])})
        self.architecture = Architecture.from_code(order["code"])
        self.device = configure_device(self.config.runtime)
        torch.manual_seed(0)
        data = self.config.input
        frames = (self.config.network.time_steps,) if self.config.data.info.kind == "events" else ()
        self.images = torch.randn(self.samples, *frames, data.channels, data.height, data.width).to(self.device)
        self.labels = torch.randint(0, data.classes, (self.samples,)).to(self.device)

    @property
    def ours(self) -> bool:
        return str(self.contender).startswith("ours")

    @property
    def batches(self) -> Iterator[tuple[Tensor, Tensor]]:
        return ((self.images[at : at + BATCH], self.labels[at : at + BATCH]) for at in range(0, self.samples, BATCH))

    def network(self, architecture: Architecture) -> Any:
        """The contender's network of an architecture, with weights that make its neurons fire."""
        made = enlivened(self._made(architecture))
        return self.place(made) if self.ours else made.to(self.device)

    def place(self, network: SpikingNetwork) -> SpikingNetwork:
        """One of ours on the device: by the kernels, or in plain torch."""
        return place(network, self.device, kernels=self.contender == "ours")

    def _made(self, architecture: Architecture) -> Any:
        if self.ours:
            return build_child(self.config, architecture, 0)
        from benchmarks import peers  # ours starts without them

        if self.contender == "snntorch":
            return peers.snntorch(self.config, architecture)
        return peers.spikingjelly(self.config, architecture, "m" if self.contender.endswith("m") else "s")

    def precision(self) -> torch.autocast:
        """A peer computes in bfloat16 by autocast, as its users do; ours by its config."""
        rounded = self.config.runtime.precision == "bfloat16" and not self.ours
        return torch.autocast(self.device.type, torch.bfloat16, enabled=rounded)


def enlivened(network: Any) -> Any:
    """Shifted batch norms and a larger classifier, so that neurons fire, at the output too."""
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.bias.fill_(0.2)
            if isinstance(module, nn.Linear):
                module.weight.mul_(15)
    return network


def training(given: _Given) -> Unit:
    """One training step: forward, loss, backward, Adam, and one transfer of the results."""
    network = given.network(given.architecture).train()
    optimizer = torch.optim.Adam(network.parameters())
    wanted = F.one_hot(given.labels, given.config.input.classes).float()

    def unit() -> dict[str, Any]:
        optimizer.zero_grad(set_to_none=True)
        with given.precision():
            rates, counts = network(given.images)
        F.mse_loss(rates.float(), wanted).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        return {"spikes": counts.sum().item() / given.samples}

    return unit


@torch.no_grad()
def _settle(network: nn.Module, images: Tensor) -> None:
    """Take running statistics from the images."""
    network.train()
    for _ in range(10):
        network(images[:16])
    network.eval()


def evaluating(given: _Given) -> Unit:
    """One architecture on all images, batch by batch."""
    network = given.network(given.architecture)
    _settle(network, given.images)

    def unit() -> dict[str, Any]:
        return {"spikes": _evaluate(given, network) / given.samples}

    return unit


@torch.no_grad()
def _evaluate(given: _Given, network: nn.Module) -> float:
    if given.ours:
        tally, tree = Tally(), PrefixTree(cast(SpikingNetwork, network), [given.architecture])
        for images, labels in given.batches:
            tree.evaluate(images, labels, [tally])
        return float(tally.average_spikes * given.samples)
    spikes: float = 0.0
    for images, labels in given.batches:
        with given.precision():
            rates, counts = network(images)
        spikes += float(counts.sum())
        int((rates.argmax(1) == labels).sum())
    return spikes


def each(given: _Given) -> Unit:
    """The next architecture of a seeded order of the space; building its network is not counted."""
    order = random.Random(0).sample(range(given.config.space.size), 1000)
    places = iter(order)

    def unit() -> dict[str, Any]:
        given.architecture = given.config.space.at(next(places))
        network = given.network(given.architecture).eval()
        started, worked = time.perf_counter(), time.process_time()
        spikes = _evaluate(given, network)
        seconds, cpu = time.perf_counter() - started, time.process_time() - worked
        return {"seconds": seconds, "cpu": cpu, "spikes": spikes / given.samples}

    return unit


def _supernet(given: _Given) -> SpikingNetwork:
    """The supernet after one training pass of every path, for its running statistics."""
    network = given.place(cast(SpikingNetwork, enlivened(build_supernet(given.config, 0))))
    with torch.no_grad():
        network.train()
        blocks = given.config.network.candidates
        for name in 10 * [Architecture((block,) * len(given.config.space.choices)) for block in blocks]:
            network(given.images[:16], name)
    return network.eval()


def _evaluated(
    given: _Given, cache: EvaluationCache, network: SpikingNetwork, architectures: list[Architecture]
) -> list[Tally]:
    tallies = [Tally() for _ in architectures]
    tree = PrefixTree(network, architectures, cache)
    for number, (images, labels) in enumerate(given.batches):
        tree.evaluate(images, labels, tallies, number)
    return tallies


def searching(given: _Given) -> Unit:
    """The preset's whole search: every generation proposed and evaluated as in engine.study."""
    from engine.events import Candidate
    from engine.metrics.fitness import fitness

    network, config = _supernet(given), given.config

    def unit() -> dict[str, Any]:
        cache = EvaluationCache(network, MEMO_BYTES, -(-given.samples // BATCH))
        search, seen = build_search(config), cast(list[Candidate], [])
        for generation in range(config.generations):
            proposals = search.ask(generation, seen)
            tallies = _evaluated(given, cache, network, [proposal.architecture for proposal in proposals])
            for proposal, tally in zip(proposals, tallies, strict=True):
                spikes = tally.average_spikes
                average = seen[0].spikes if seen else spikes
                seen.append(
                    Candidate(
                        id=len(seen),
                        generation=generation,
                        architecture=proposal.architecture.code,
                        accuracy=tally.accuracy,
                        spikes=spikes,
                        firing_rate=0.0,
                        fitness=fitness(tally.accuracy, spikes, average, config.search.fitness_lambda),
                        parameters=0,
                        origin=proposal.origin,
                        parents=proposal.parents,
                        changed=proposal.changed,
                        spike_map=encode_map(tally.spike_map),
                    )
                )
        different = len({candidate.architecture for candidate in seen})
        return {"evaluated": len(seen), "different": different, "memo": cache.prefixes.bytes}

    return unit


def exhaustive(given: _Given) -> Unit:
    """Every architecture of the space, as one tree."""
    network, everything = _supernet(given), list(given.config.space.enumerate())

    def unit() -> dict[str, Any]:
        _evaluated(given, EvaluationCache(network), network, everything)
        return {"evaluated": len(everything)}

    return unit


def loading(given: _Given) -> Unit:
    """Steps of the engine's Trainer, and how long they wait for their batches."""
    from benchmarks import loader  # other contenders start without the Trainer

    return loader.training(given.network(given.architecture), given.config, given.samples)


TASKS = {
    "train": training,
    "load": loading,
    "evaluate": evaluating,
    "each": each,
    "search": searching,
    "exhaustive": exhaustive,
}


def main() -> None:
    given = _Given(json.loads(sys.argv[1]))
    if given.ours:
        keep_freed_memory()
    base = _peak(given.device)
    unit = TASKS[given.task](given)
    print(json.dumps({"base": base}), flush=True)
    for _ in sys.stdin:
        started, worked = time.perf_counter(), time.process_time()
        said = unit()
        if given.device.type == "cuda":
            torch.cuda.synchronize()
        said.setdefault("seconds", time.perf_counter() - started)
        said.setdefault("cpu", time.process_time() - worked)
        print(json.dumps(said | {"peak": _peak(given.device), "base": base}), flush=True)


def _peak(device: torch.device) -> int:
    """Highest memory of this program so far, in bytes: what it allocated on a GPU, or was resident. Linux counts into
    ru_maxrss what the parent held.
    """
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmHWM:\s*(\d+) kB", status.read_text())
        if found:
            return 1024 * int(found[1])
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main()
