"""Facts of block families and neuron kinds from their descriptors, served to the browser in every page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from engine.blocks.family import Block
from engine.blocks.registry import BLOCKS, FAMILIES, family_of
from engine.config.algorithms import ALGORITHMS
from engine.config.objectives import OBJECTIVES
from engine.config.own_datasets import OWN
from engine.config.parse import parse_stored
from engine.config.study import StudyConfig
from engine.errors import ConfigError
from engine.neurons.registry import NEURONS
from engine.space.candidates import AUTOSNN_CANDIDATES
from engine.space.shapes import LayerSpec, walk

Elements = int | dict[str, int]


def for_templates(request: HttpRequest) -> dict[str, Any]:
    """The context processor behind `blocks.html`."""
    return {"block_facts": block_facts()}


def block_facts() -> dict[str, Any]:
    """Families with their letters, blocks with their drawing, the usual candidates, neuron kinds, other own parts."""
    return {
        "families": [{"name": one.name, "letter": one.letter, "label": one.label} for one in FAMILIES.values()],
        "blocks": [_drawing(block) for block in BLOCKS.values()],
        "usual": AUTOSNN_CANDIDATES,
        "neurons": {kind.name: kind.label for kind in NEURONS.values()},
        "own": _own_titles(),
    }


def _own_titles() -> dict[str, str]:
    """What the form calls searches, data sets and objectives of one's own."""
    datasets = {one.name: one.title for one in OWN.values()}
    searches = {one.name: one.title for one in ALGORITHMS.values() if one.ask is not None}
    return datasets | searches | {one.name: one.formula for one in OBJECTIVES.values() if one.fitness is not None}


def _drawing(block: Block) -> dict[str, Any]:
    look = family_of(block).look
    fill = look.fill(block.kernel)
    return {
        "name": block.name,
        "code": block.code,
        "family": block.family,
        "kernel": block.kernel,
        "fill": (fill.screen or fill.paper) if fill else "",
        "outline": look.outline,
        "arc": look.arc,
    }


def output_elements(config: StudyConfig) -> list[Elements]:
    """Counted output elements per sample and time step of every row; of a searched layer by the code of its block."""
    layers = walk(config.space, config.input, config.neuron_parameters)
    return [
        layer.output_elements
        if isinstance(layer, LayerSpec)
        else {placed.block.code: placed.row(config.neuron_parameters).output_elements for placed in layer}
        for layer in layers
    ]


def stored_output_elements(document: dict[str, Any]) -> list[Elements]:
    """`output_elements` of a stored config; none where it names a family that is not registered here."""
    try:
        return output_elements(parse_stored(document))
    except ConfigError:
        return []
