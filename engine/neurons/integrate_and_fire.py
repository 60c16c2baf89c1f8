"""IF: integrate-and-fire without leak."""

from __future__ import annotations

from engine.neurons.kind import NeuronKind

IF = NeuronKind(name="if", title="IF", label="IF, without leak")
