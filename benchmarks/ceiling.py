"""Upper limits of this machine: matrix products, convolutions of the network's shapes, copies."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, cast

import torch
import torch.nn.functional as F

from benchmarks.workers import Place
from engine.config.runtime import Precision, RuntimeConfig
from engine.process.device import configure_device, spike_type

ROUNDS = 5
SHAPES = ((16, 32, 5), (32, 16, 5), (64, 8, 3), (64, 8, 5))
"""Channels, side and kernel of AutoSNN_16's convolutions."""


def measure(place: Place) -> dict[str, float]:
    """GFLOP/s of the best matrix product and convolution (the ceiling is the higher), and GB/s of a copy."""
    device = configure_device(RuntimeConfig.model_validate(asdict(place)))
    kind: dict[str, Any] = {"device": device, "dtype": spike_type(cast(Precision, place.precision))}
    side = 8192 if device.type == "cuda" else 2048
    a, b = torch.randn(side, side, **kind), torch.randn(side, side, **kind)
    product = 2 * side**3 / _best(lambda: torch.mm(a, b)) / 1e9
    large, other = torch.ones(1 << 26, device=device), torch.ones(1 << 26, device=device)
    copied = 2 * large.nbytes / _best(lambda: other.copy_(large)) / 1e9
    convolution = max(_convolution(*shape, kind) for shape in SHAPES)
    return {
        "matrix_product": product,
        "convolution": convolution,
        "ceiling": max(product, convolution),
        "copy_gb": copied,
    }


def _convolution(channels: int, side: int, kernel: int, kind: dict[str, Any]) -> float:
    images = 256
    x = torch.randn(images, channels, side, side, **kind).contiguous(memory_format=torch.channels_last)
    w = torch.randn(channels, channels, kernel, kernel, **kind).contiguous(memory_format=torch.channels_last)
    flops = 2 * images * side**2 * channels**2 * kernel**2
    return flops / _best(lambda: F.conv2d(x, w, padding=kernel // 2)) / 1e9


@torch.no_grad()
def _best(work: Callable[[], object]) -> float:
    work()
    return min(_seconds(work) for _ in range(ROUNDS))


def _seconds(work: Callable[[], object]) -> float:
    _wait()
    started = time.perf_counter()
    work()
    _wait()
    return time.perf_counter() - started


def _wait() -> None:
    """Wait until the GPU, if one is used, has finished."""
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        torch.cuda.synchronize()
