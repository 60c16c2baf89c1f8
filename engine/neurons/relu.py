"""ReLU: ANN mode, in which N counts activations that are not zero."""

from __future__ import annotations

from typing import Any

from engine.neurons.kind import NeuronKind


def _module(config: Any) -> Any:
    from torch import nn

    return nn.ReLU()


RELU = NeuronKind(
    name="relu",
    title="ReLU",
    label="ReLU, ANN mode",
    spiking=False,
    module=_module,
    nir_obstacle="NIR has no ReLU, and max-pools are only rewritten on spikes",
)
