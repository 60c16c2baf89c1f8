"""`register` for any kind of part: block family, neuron kind, search, data set, objective."""

from __future__ import annotations

from engine.blocks import registry as blocks
from engine.blocks.family import BlockFamily
from engine.config import algorithms, objectives, own_datasets
from engine.config.algorithms import SearchAlgorithm
from engine.config.objectives import Objective
from engine.config.own_datasets import OwnDataset
from engine.errors import RegistryError
from engine.neurons import registry as neurons
from engine.neurons.kind import NeuronKind

Part = BlockFamily | NeuronKind | SearchAlgorithm | OwnDataset | Objective


def register(*parts: Part) -> None:
    """Add parts of one's own, before a config names them. Raises RegistryError, which names the part and why."""
    for part in parts:
        _register(part)


def _register(part: Part) -> None:
    match part:
        case BlockFamily():
            blocks.register(part)
        case NeuronKind():
            neurons.register(part)
        case SearchAlgorithm():
            algorithms.register(part)
        case OwnDataset():
            own_datasets.register(part)
        case Objective():
            objectives.register(part)
        case _:
            raise RegistryError(
                "a part is a BlockFamily, a NeuronKind, a SearchAlgorithm, an OwnDataset or an Objective, got "
                f"{type(part).__name__}"
            )
