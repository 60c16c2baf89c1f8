"""How fast this machine is, in the unit of engine.cost.time; for estimates of time."""

from __future__ import annotations

import time

import torch
import torch.nn.functional as F

from engine.backends.dispatch import place
from engine.config.presets import PRESETS
from engine.cost.time import effort
from engine.model.network import build_supernet
from engine.process.device import resolve_device
from engine.space.shapes import rows

SAMPLES, ROUNDS = 16, 9


def device_name() -> str:
    """What `runtime.device = auto` runs on here: the GPU's name, or the CPU and its threads."""
    device = resolve_device("auto")
    return torch.cuda.get_device_name(device) if device.type == "cuda" else f"CPU, {torch.get_num_threads()} threads"


def measure(threads: int = 2) -> float:
    """Effective MAC/s of forward and backward through AutoSNN_16 at T = 4 on 16 random images; about a second.

    Of the fastest round: the others had to wait for whatever else the machine does, or for the kernels to be compiled.
    """
    config = PRESETS["cifar10-hour"].config
    torch.set_num_threads(threads)
    device = resolve_device("auto")
    network = place(build_supernet(config, 0), device)
    architecture = config.space.at(config.space.size - 1)
    layers = rows(config.network.macro, architecture, config.input)
    work = effort(layers, (), config.network.time_steps).step(SAMPLES)
    images = torch.rand(SAMPLES, 3, 32, 32, device=device)
    target = torch.zeros(SAMPLES, 10, device=device)
    seconds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        rates, counts = network(images, architecture)
        F.mse_loss(rates, target).backward()  # type: ignore[no-untyped-call]
        float(counts.detach().sum())
        seconds.append(time.perf_counter() - started)
    return work / min(seconds)
