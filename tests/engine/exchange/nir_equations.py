"""NIR's neurons as torch modules by NIR's own equations, for nirtorch to put a graph together from."""

from __future__ import annotations

import nir
import torch
from torch import Tensor, nn

from engine.exchange.nir import DT


class NirNeurons(nn.Module):
    """LIF and IF of NIR 1.0, one step of `DT` seconds: v += step·((v_leak − v) + r·I), or v += step·r·I."""

    def __init__(self, node: nir.LIF | nir.IF) -> None:
        super().__init__()
        self.leaks = isinstance(node, nir.LIF)
        for name in ("tau", "r", "v_leak", "v_threshold", "v_reset"):
            self.register_buffer(name, torch.from_numpy(getattr(node, name)) if hasattr(node, name) else None)

    def forward(self, x: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Input [N, …] and v of the step before, None at the first → spikes [N, …] and v."""
        v = torch.zeros_like(x) if state is None else state
        v = v + DT / self.tau * (self.v_leak - v + self.r * x) if self.leaks else v + DT * self.r * x
        fired = v > self.v_threshold
        return fired.to(x.dtype), torch.where(fired, self.v_reset, v)


EQUATIONS = {nir.LIF: NirNeurons, nir.IF: NirNeurons}
"""What nirtorch asks for to run a graph."""
