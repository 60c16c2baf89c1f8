"""Every neuron kind there is. One of one's own is added by `register`, before a config names it."""

from __future__ import annotations

from engine.neurons.integrate_and_fire import IF
from engine.neurons.kind import NeuronKind
from engine.neurons.lif import LIF
from engine.neurons.plif import PLIF
from engine.neurons.relu import RELU
from engine.schema.own import note_source, require_name
from engine.schema.registered import in_words

NEURONS: dict[str, NeuronKind] = {kind.name: kind for kind in (PLIF, LIF, IF, RELU)}
"""In the order of a form."""


def register(kind: NeuronKind) -> None:
    """Add a kind of one's own. Raises RegistryError where its name is taken or cannot be one."""
    require_name("neuron", kind.name, NEURONS)
    note_source("neuron", kind.name, kind)
    NEURONS[kind.name] = kind


def kinds_in_words() -> str:
    """Every kind, for a message: `'plif', 'lif', 'if' or 'relu'`."""
    return in_words(NEURONS)


def spiking_in_words() -> str:
    """The kinds that spike: `plif, lif or if`."""
    *others, last = (kind.name for kind in NEURONS.values() if kind.spiking)
    return f"{', '.join(others)} or {last}"
