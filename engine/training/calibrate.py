"""Calibration: the MACs that this machine computes per second, the unit of engine.cost.time."""

from __future__ import annotations

import time

import torch
import torch.nn.functional as F

from engine.backends.dispatch import place
from engine.config.presets import PRESETS
from engine.cost.time import time_model
from engine.model.network import build_supernet
from engine.process.device import resolve_device
from engine.space.shapes import layer_specs

SAMPLES, ROUNDS = 16, 9
"""Images a batch and training steps: together they take about a second."""


def device_name() -> str:
    """The device that `runtime.device = auto` gives here: the GPU's name, or the CPU and its threads."""
    device = resolve_device("auto")
    return torch.cuda.get_device_name(device) if device.type == "cuda" else f"CPU, {torch.get_num_threads()} threads"


def measure(threads: int = 2) -> float:
    """MAC/s of forward and backward pass of AutoSNN_16 at T = 4 on 16 random images; takes about a second.

    The fastest round counts: the others waited for other processes, or for the kernels to be compiled.
    """
    config = PRESETS["cifar10-hour"].config
    torch.set_num_threads(threads)
    device = resolve_device("auto")
    network = place(build_supernet(config, 0), device)
    architecture = config.space.at(config.space.size - 1)
    layers = layer_specs(config.network.macro, architecture, config.input)
    work = time_model(layers, (), config.network.time_steps).step(SAMPLES)
    images = torch.rand(SAMPLES, 3, 32, 32, device=device)  # [N, C, H, W]
    target = torch.zeros(SAMPLES, 10, device=device)  # [N, classes]
    seconds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        rates, counts = network(images, architecture)  # [N, classes], [layers, T]
        F.mse_loss(rates, target).backward()  # type: ignore[no-untyped-call]
        float(counts.detach().sum())
        seconds.append(time.perf_counter() - started)
    return work / min(seconds)
