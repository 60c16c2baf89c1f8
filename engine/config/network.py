"""The searched network: macro architecture, candidate blocks, neuron, time steps."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from engine.config.fields import OURS, PAPER
from engine.neurons.kind import NeuronKind
from engine.neurons.registry import NEURONS, kinds_in_words
from engine.schema.frozen import Frozen
from engine.schema.registered import Registered
from engine.space.candidates import AUTOSNN_CANDIDATES, Candidates
from engine.space.macro import MacroArchitecture

KindName = Annotated[str, Registered(NEURONS, kinds_in_words)]
"""The name of a registered neuron kind."""


class NeuronConfig(Frozen):
    """The spiking neuron (Na et al. 2022, section 2; Fang et al. 2021 for PLIF)."""

    kind: KindName = Field(
        "plif",
        description="parametric leaky, leaky, or plain integrate-and-fire; relu = ANN mode: T = 1, one vote a class, "
        "and N counts activations that are not zero",
        json_schema_extra=PAPER,
    )
    tau: Annotated[float, Field(gt=1, le=100)] = Field(
        2.0, description="membrane time constant τ; PLIF starts from it", json_schema_extra=PAPER
    )
    threshold: Annotated[float, Field(gt=0, le=100)] = Field(
        1.0, description="firing threshold of the membrane potential", json_schema_extra=PAPER
    )
    reset: Literal["hard", "soft"] = Field(
        "hard",
        description="after a spike: hard = to 0 (the paper's); soft = down by the threshold",
        json_schema_extra=OURS,
    )
    surrogate: Literal["atan", "sigmoid", "erf", "triangle"] = Field(
        "atan", description="surrogate gradient of the spike; atan is the paper's", json_schema_extra=OURS
    )
    surrogate_alpha: Annotated[float, Field(gt=0, le=100)] = Field(
        2.0, description="its sharpness α; 2 is the paper's", json_schema_extra=OURS
    )

    @property
    def info(self) -> NeuronKind:
        return NEURONS[self.kind]


class NetworkConfig(Frozen):
    """The macro architecture, its candidate blocks, its neuron, and time."""

    macro: MacroArchitecture = Field(description="what is fixed while blocks are searched")
    candidates: Candidates = Field(AUTOSNN_CANDIDATES, description="candidate blocks of every searched layer")
    neuron: NeuronConfig = Field(NeuronConfig(), description="the spiking neuron")
    time_steps: Annotated[int, Field(ge=1, le=64)] = Field(8, description="time steps T")
    batch_norm: Literal["per_step", "over_time"] = Field(
        "per_step", description="statistics per time step (the reference) or over T·N (SpikingJelly's multi-step)"
    )
