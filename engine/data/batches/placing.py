"""From the CPU's memory to a device without holding either up."""

from __future__ import annotations

import torch
from torch import Tensor


def onto(values: Tensor, device: torch.device) -> Tensor:
    """Values of any shape on the device; to a GPU from pinned memory, so that neither waits for the other."""
    if device.type != "cuda" or values.device.type != "cpu":
        return values.to(device)
    return values.pin_memory().to(device, non_blocking=True)
