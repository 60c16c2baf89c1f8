"""Batch norm as the kernels take it: statistics to scale and shift, and the way back as a·g + b·x + d per channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor

from engine.backends.cpu.library import padded
from engine.model.blocks import BatchNorm


@dataclass(frozen=True)
class Normed:
    """Batch norm of one batch, by frame: everything [T, channels padded], as the kernels read it."""

    norm: BatchNorm
    mean: Tensor
    deviation: Tensor
    """1 ÷ √(variance + ε); 0 in the channels that only fill up."""
    samples: int
    """Pixels one frame's statistics are taken over."""
    shared: bool
    """Whether all frames share one set of statistics."""

    @property
    def scale(self) -> Tensor:
        return padded(self.norm.weight.detach().double()) * self.deviation

    @property
    def shift(self) -> Tensor:
        """`scale` times x plus this is the normalised current."""
        return padded(self.norm.bias.detach().double()) - self.mean * self.scale

    def way_back(self, sums: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """From sums [T, 2, channels padded] of g and of g·x̂: a, b, d, and the gradients of weight and bias."""
        total = sums.sum(0)
        of_batch = total.expand_as(sums) if self.shared else sums
        of_g, of_g_hat = of_batch[:, 0] / self.samples, of_batch[:, 1] / self.samples
        a = self.scale
        b = -a * self.deviation * of_g_hat
        d = -a * of_g - b * self.mean
        channels = self.norm.num_features
        return a.float(), b.float(), d.float(), total[1, :channels].float(), total[0, :channels].float()


def normalise(norm: BatchNorm, mean: Tensor, variance: Tensor, pixels: int) -> Normed:
    """From each frame's mean and variance [frames, channels padded] over so many pixels; updates running statistics."""
    variance = variance.clamp_min(0)  # that of a constant, E[x²] − E[x]² in floating point, may lie below
    frames = len(mean)
    shared = frames > 1 and not norm.per_step
    if shared:
        whole = mean.mean(0, keepdim=True)
        variance = (variance + (mean - whole) ** 2).mean(0, keepdim=True)
        mean, pixels = whole, pixels * frames
    _update_running(norm, mean, variance, pixels)
    deviation = (variance + norm.eps).rsqrt()
    deviation[:, norm.num_features :] = 0
    return Normed(norm, mean.expand(frames, -1).contiguous(), deviation.expand(frames, -1).contiguous(), pixels, shared)


def _update_running(norm: BatchNorm, mean: Tensor, variance: Tensor, pixels: int) -> None:
    """Once a frame, in order, as a step-by-step network does; a plain average where the momentum is None."""
    kept = 1.0
    shares: list[float] = []
    for _ in range(len(mean)):
        momentum = norm.momentum
        if momentum is None:
            norm.num_batches_tracked = cast(Tensor, norm.num_batches_tracked) + 1
            momentum = 1.0 / float(norm.num_batches_tracked)
        kept *= 1 - momentum
        shares = [share * (1 - momentum) for share in shares] + [momentum]
    weights = torch.tensor(shares, dtype=torch.float64)
    unbiased = variance * (pixels / max(pixels - 1, 1))
    for running, batch in ((norm.running_mean, mean), (norm.running_var, unbiased)):
        assert running is not None
        running.copy_(running.double() * kept + weights @ batch[:, : norm.num_features])
