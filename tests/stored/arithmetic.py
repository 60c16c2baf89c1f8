"""Whether this machine computes the same bits as the one that made the fixture. Asks torch alone, not the engine.

So a changed engine cannot pass for a changed machine. `python -m tests.stored.arithmetic` prints this machine's answer.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from tests.stored.places import REPOSITORY

KERNEL_SIZES = (1, 3, 5, 7)
STEPS = 4


def arithmetic_here() -> dict[str, str]:
    """This machine's, from a process of its own: an engine that ran in this one may have changed torch's settings."""
    command = [sys.executable, "-m", "tests.stored.arithmetic"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def arithmetic() -> dict[str, str]:
    """torch's version, a digest of some sums made by it on one thread, and what the compiled kernels depend on."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        sums = _sums()
    finally:
        torch.set_num_threads(threads)
    return {"torch": torch.__version__, "sums": sums, "processor": _processor(), "compiler": _compiler()}


def _sums() -> str:
    digest = hashlib.sha256()
    for channels, side in ((4, 8), (6, 4), (12, 16)):
        for tensor in _trained(channels, side):
            digest.update(tensor.detach().numpy().tobytes())
    return digest.hexdigest()


def _trained(channels: int, side: int) -> list[Tensor]:
    """Weights after some steps of Adam on convolutions, depth-wise ones, batch norm and a linear head."""
    draw = torch.Generator().manual_seed(channels)
    images = torch.rand(16, channels, side, side, generator=draw)
    wide = [_weight(draw, channels, channels, k, k) for k in KERNEL_SIZES]
    deep = [_weight(draw, channels, 1, k, k) for k in KERNEL_SIZES[1:]]
    head = _weight(draw, 10, channels * side * side)
    weights = [*wide, *deep, head]
    optimizer = torch.optim.Adam(weights, lr=1e-2)
    for _ in range(STEPS):
        optimizer.zero_grad()
        _loss(images, wide, deep, head).backward()
        optimizer.step()
    return weights


def _weight(draw: torch.Generator, *shape: int) -> Tensor:
    return (torch.rand(*shape, generator=draw) - 0.5).requires_grad_()


def _loss(images: Tensor, wide: list[Tensor], deep: list[Tensor], head: Tensor) -> Tensor:
    x = images
    for weight in wide:
        x = torch.sigmoid(_normal(functional.conv2d(x, weight, padding=weight.shape[-1] // 2)))
    for weight in deep:
        x = torch.atan(_normal(functional.conv2d(x, weight, padding=weight.shape[-1] // 2, groups=len(weight))))
    return functional.cross_entropy(functional.linear(x.flatten(1), head), torch.arange(len(images)) % 10)


def _normal(x: Tensor) -> Tensor:
    return functional.batch_norm(x, None, None, training=True)


def _processor() -> str:
    """A digest of the processor's abilities: the compiled kernels are built for them."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    flags = next((line for line in lines if line.startswith(("flags", "Features"))), "")
    return hashlib.sha256(" ".join([platform.machine(), *sorted(flags.split())]).encode()).hexdigest()


def _compiler() -> str:
    """What g++ says of itself; empty where there is none, or where no kernels shall be compiled."""
    found = None if os.environ.get("AUTOSNN_KERNELS") == "off" else shutil.which("g++")
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False) if found else None
    return said.stdout.splitlines()[0] if said else ""


if __name__ == "__main__":
    print(json.dumps(arithmetic(), indent=1))
