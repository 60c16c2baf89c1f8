"""LIF: leaky integrate-and-fire with a fixed time constant τ."""

from __future__ import annotations

from engine.neurons.kind import NeuronKind

LIF = NeuronKind(name="lif", title="LIF", label="LIF, leaky", leak="fixed")
