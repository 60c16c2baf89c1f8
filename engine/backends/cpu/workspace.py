"""Memory of the training steps by the C++ kernels."""

from __future__ import annotations

import torch
from torch import Tensor


class Workspace:
    """Large arrays that are reused from step to step: first use of new memory takes longer than computing on it."""

    def __init__(self) -> None:
        self.free: dict[int, list[Tensor]] = {}

    def take(self, *shape: int) -> Tensor:
        """An uninitialised float32 array [*shape]."""
        size = 1
        for n in shape:
            size *= n
        kept = self.free.get(size)
        return (kept.pop() if kept else torch.empty(size)).view(shape)

    def give(self, array: Tensor) -> None:
        """Return an array [...] that `take` gave."""
        self.free.setdefault(array.numel(), []).append(array.view(-1))
