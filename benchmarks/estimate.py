"""How well engine.estimate tells the time of training steps: measured ÷ estimated, over networks and batch sizes.

Run: .venv/bin/python -m benchmarks.estimate
"""

from __future__ import annotations

import statistics
import time

import torch
import torch.nn.functional as F

from engine.calibrate import measure
from engine.config import StudyConfig
from engine.estimate import BACKWARD, BATCH, time_in_macs
from engine.network import build_supernet
from engine.presets import PRESETS
from engine.shapes import rows
from engine.space import Architecture

ROUNDS = 7
CASES = (("quick-look", 48), ("quick-look", 16), ("cifar10-hour", 16), ("cifar10-hour", 96), ("autosnn-64", 4))


def step_seconds(config: StudyConfig, architecture: Architecture, samples: int) -> float:
    """Median seconds of one training step on random images."""
    network = build_supernet(config, 0)
    optimizer = torch.optim.Adam(network.parameters())
    images = torch.rand(samples, config.input.channels, config.input.height, config.input.width)
    target = torch.zeros(samples, config.input.classes)
    seconds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        rates, counts = network(images, architecture)
        F.mse_loss(rates, target).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        float(counts.detach().sum())
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def main() -> None:
    rate = measure()
    print(f"calibrated at {rate / 1e9:.1f} billion MAC/s")
    for key, samples in CASES:
        config = PRESETS[key].config
        for index in (0, config.space.size // 2, config.space.size - 1):
            architecture = config.space.at(index)
            layers = rows(config.network.macro, architecture, config.input)
            work = time_in_macs(sum(row.macs for row in layers), sum(row.sites for row in layers))
            expected = (samples * config.network.time_steps * work * BACKWARD + BATCH) / rate
            found = step_seconds(config, architecture, samples)
            print(f"{key:14} {samples:3} images {architecture.code:16} measured ÷ estimated = {found / expected:.2f}")


if __name__ == "__main__":
    main()
