"""What this machine can do at most: multiplication of matrices, convolutions of the network's shapes, copies."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch
import torch.nn.functional as F

ROUNDS = 5
SHAPES = ((16, 32, 5), (32, 16, 5), (64, 8, 3), (64, 8, 5))
"""Channels, side and kernel of AutoSNN_16's convolutions."""


def measure(threads: int) -> dict[str, float]:
    """GFLOP/s of the best matrix product and convolution (the ceiling is the higher), and GB/s of a copy."""
    torch.set_num_threads(threads)
    side = 2048
    a, b = torch.randn(side, side), torch.randn(side, side)
    product = 2 * side**3 / _best(lambda: torch.mm(a, b)) / 1e9
    large, other = torch.ones(1 << 26), torch.ones(1 << 26)
    copied = 2 * large.nbytes / _best(lambda: other.copy_(large)) / 1e9
    convolution = max(_convolution(*shape) for shape in SHAPES)
    return {
        "matrix_product": product,
        "convolution": convolution,
        "ceiling": max(product, convolution),
        "copy_gb": copied,
    }


def _convolution(channels: int, side: int, kernel: int) -> float:
    images = 256
    x = torch.randn(images, channels, side, side).contiguous(memory_format=torch.channels_last)
    w = torch.randn(channels, channels, kernel, kernel).contiguous(memory_format=torch.channels_last)
    flops = 2 * images * side**2 * channels**2 * kernel**2
    return flops / _best(lambda: F.conv2d(x, w, padding=kernel // 2)) / 1e9


@torch.no_grad()
def _best(work: Callable[[], object]) -> float:
    work()
    return min(_seconds(work) for _ in range(ROUNDS))


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
