"""How stored samples become a network's input: direct, rate or latency coding of images; counts of events."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.data.batches.augment import normalise
from engine.data.batches.placing import onto
from engine.data.preprocessing.coding import Encoding


def encode(batch: Tensor, encoding: Encoding, generator: torch.Generator | None) -> Tensor:
    """uint8 images [N, C, H, W] → float32, normalised [N, C, H, W] (direct: the same input at every time step, the
    paper's) or spikes [N, T, C, H, W]; event frames [N, T, 2, H, W] → their counts as float32.

    Rate: at each step a pixel fires with probability its value (draws from `generator`, on the CPU). Latency: it fires
    once, the brighter the sooner; black never.
    """
    if encoding.coding == "counts":
        return batch.to(torch.float32)
    if encoding.coding == "direct":
        return normalise(batch, encoding.mean, encoding.std)
    intensity = (batch.to(torch.float32) / 255).unsqueeze(1)
    steps = encoding.time_steps
    if encoding.coding == "rate":
        draws = torch.rand((len(batch), steps, *batch.shape[1:]), generator=generator)
        return (onto(draws, batch.device) < intensity).to(torch.float32)
    first = torch.round((1 - intensity) * (steps - 1))
    at = torch.arange(steps, device=batch.device).view(1, -1, 1, 1, 1)
    return ((first == at) & (intensity > 0)).to(torch.float32)
