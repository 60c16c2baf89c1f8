"""Accuracy of engine.cost.estimate for training steps: measured ÷ estimated time, over networks and batch sizes.

Run: .venv/bin/python -m benchmarks.estimate
"""

from __future__ import annotations

from engine.process.openmp import share_cores

share_cores()  # as a worker does, before torch is loaded

import time  # noqa: E402

import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402

from engine.config.presets import PRESETS  # noqa: E402
from engine.config.study import StudyConfig  # noqa: E402
from engine.cost.time import time_model  # noqa: E402
from engine.model.network import build_supernet  # noqa: E402
from engine.space.architecture import Architecture  # noqa: E402
from engine.space.shapes import layer_specs  # noqa: E402
from engine.training.calibrate import measure  # noqa: E402

ROUNDS = 25
CASES = (
    ("quick-look", 48), ("quick-look", 16), ("n-mnist-small", 32), ("cifar10-hour", 16), ("cifar10-hour", 32),
    ("cifar10-hour", 96), ("autosnn-64", 4),
)  # fmt: skip


def step_seconds(config: StudyConfig, architecture: Architecture, samples: int) -> float:
    """Seconds of one training step on random images or frames, in the fastest round, as in the calibration."""
    network = build_supernet(config, 0)
    optimizer = torch.optim.Adam(network.parameters())
    images = _inputs(config, samples)
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
    return min(seconds)


def _inputs(config: StudyConfig, samples: int) -> torch.Tensor:
    """Images `[N, C, H, W]`, or frames of events `[N, T, C, H, W]`."""
    shape = (config.input.channels, config.input.height, config.input.width)
    if config.data.info.kind == "events":
        return (torch.rand(samples, config.network.time_steps, *shape) < 0.1).float()
    return torch.rand(samples, *shape)


def main() -> None:
    rate = measure()
    print(f"calibrated at {rate / 1e9:.1f} billion MAC/s")
    for key, samples in CASES:
        config = PRESETS[key].config
        for index in (0, config.space.size // 2, config.space.size - 1):
            architecture = config.space.at(index)
            layers = layer_specs(config.network.macro, architecture, config.input)
            expected = time_model(layers, (), config.network.time_steps).step(samples) / rate
            found = step_seconds(config, architecture, samples)
            print(f"{key:14} {samples:3} images {architecture.code:16} measured ÷ estimated = {found / expected:.2f}")


if __name__ == "__main__":
    main()
