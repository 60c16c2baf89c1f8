"""Augmentation and normalisation of whole batches of uint8 images [N, C, H, W], on the device they are on.

Every draw is from a given generator of the CPU's: all devices draw the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.data.batches.placing import onto


def normalise(batch: Tensor, mean: Sequence[float], std: Sequence[float]) -> Tensor:
    """uint8 [N, C, H, W] → float32, (x/255 − mean) ÷ std per channel."""
    shape = (1, -1, 1, 1)
    centre = onto(torch.tensor(mean, dtype=torch.float32), batch.device).view(shape)
    spread = onto(torch.tensor(std, dtype=torch.float32), batch.device).view(shape)
    return (batch.to(torch.float32) / 255 - centre) / spread


def augment(batch: Tensor, kind: str, generator: torch.Generator) -> Tensor:
    """`crop_flip` (the paper's): zero padding by 4, random crop, horizontal flip. `shift` (ours, for digits, which are
    not mirror-symmetric): random shift by up to an eighth of the side. `none`: unchanged.

    [N, C, H, W] to the same shape.
    """
    if kind == "none":
        return batch
    if kind == "crop_flip":
        return _flip(_crop(batch, 4, generator), generator)
    return _crop(batch, max(1, batch.shape[2] // 8), generator)


def cut_out(batch: Tensor, side: int, generator: torch.Generator) -> Tensor:
    """Black out a square in each of [N, C, H, W], centred anywhere and cut off there (DeVries and Taylor 2017)."""
    n, _, height, width = batch.shape
    top = onto(torch.randint(0, height, (n, 1), generator=generator) - side // 2, batch.device)
    left = onto(torch.randint(0, width, (n, 1), generator=generator) - side // 2, batch.device)
    rows, columns = torch.arange(height, device=batch.device), torch.arange(width, device=batch.device)
    in_rows, in_columns = (rows >= top) & (rows < top + side), (columns >= left) & (columns < left + side)
    return batch.masked_fill((in_rows[:, :, None] & in_columns[:, None, :])[:, None], 0)


def _crop(batch: Tensor, padding: int, generator: torch.Generator) -> Tensor:
    """Pad with black and cut the original size at a random place, one per image."""
    n, c, height, width = batch.shape
    padded = F.pad(batch, (padding,) * 4)
    device = batch.device
    top, left = onto(torch.randint(0, 2 * padding + 1, (2, n), generator=generator), device)
    rows = (top[:, None] + torch.arange(height, device=device)).view(n, 1, height, 1)
    columns = (left[:, None] + torch.arange(width, device=device)).view(n, 1, 1, width)
    samples = torch.arange(n, device=device).view(n, 1, 1, 1)
    channels = torch.arange(c, device=device).view(1, c, 1, 1)
    return padded[samples, channels, rows, columns]


def _flip(batch: Tensor, generator: torch.Generator) -> Tensor:
    """Mirror about half of the images left to right."""
    mirrored = onto(torch.rand(batch.shape[0], generator=generator) < 0.5, batch.device)
    return torch.where(mirrored.view(-1, 1, 1, 1), batch.flip(3), batch)
