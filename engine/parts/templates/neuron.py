"""A neuron kind of one's own: leaky integrate-and-fire that rests for one time step after each spike."""

from __future__ import annotations

from typing import Any

from engine.neurons.kind import NeuronKind
from engine.parts.register import register


def module(config: Any) -> Any:
    """The torch module from currents [T, …] to spikes [T, …]. `config` has tau, threshold and surrogate_alpha.

    Torch is imported here, and not above: the web server reads this file too.
    """
    import torch
    from torch import nn

    class Resting(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            potential = torch.zeros_like(x[0])
            rested = torch.ones_like(x[0])
            spikes = []
            for current in x:
                potential = potential + (current - potential) / config.tau
                above = potential - config.threshold
                slope = torch.sigmoid(config.surrogate_alpha * above)  # the surrogate gradient is the sigmoid's
                fired = (above >= 0).to(x.dtype) * rested
                spikes.append(fired + (slope - slope.detach()) * rested)
                potential = potential * (1 - fired)  # hard reset to 0; the reset has no gradient
                rested = 1 - fired
            return torch.stack(spikes)

    return Resting()


register(NeuronKind(name="resting_lif", title="Resting-LIF", label="Resting LIF", leak="fixed", module=module))
