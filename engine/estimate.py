"""What a study will cost, from its config alone: parameters, multiply-accumulates, evaluations. No torch."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import StudyConfig
from engine.shapes import Row, rows
from engine.space import Architecture

BACKWARD = 3.0
"""A training step costs about three forward passes (forward, gradient by input, gradient by weight)."""
SAMPLES = {"digits": (1437, 360), "cifar10": (50_000, 10_000)}
"""Training and test images of each data set."""


@dataclass(frozen=True)
class Span:
    """Smallest and largest over the whole space, and its mean."""

    least: int
    mean: float
    most: int


@dataclass(frozen=True)
class Estimate:
    """`rows` are those of the architecture with the most parameters; `work` is in multiply-accumulates."""

    space_size: int
    budget: int
    parameters: Span
    macs: Span
    rows: list[Row]
    work: dict[str, float]


def estimate(config: StudyConfig) -> Estimate:
    """Exact sizes (layers are independent, so extremes add up), and the work of each phase."""
    space, t = config.space, config.network.time_steps
    fixed, by_choice = _rows_by_choice(config)
    parameters = _span([r.parameters for r in fixed], [[r.parameters for r in c] for c in by_choice])
    macs = _span([r.macs for r in fixed], [[r.macs for r in c] for c in by_choice])
    heaviest = Architecture(
        tuple(
            max(zip(blocks, rs, strict=True), key=lambda pair: pair[1].parameters)[0]
            for blocks, rs in zip(space.choices, by_choice, strict=True)
        )
    )
    budget = min(config.search.generations * config.search.population, space.size)
    train, test = SAMPLES[config.data.dataset]
    train, test = min(config.data.train_samples or train, train), min(config.data.test_samples or test, test)
    validation = round(train * config.data.validation_fraction)
    per_image = macs.mean * t
    return Estimate(
        space_size=space.size,
        budget=budget,
        parameters=parameters,
        macs=macs,
        rows=rows(space.macro, heaviest, config.input, config.neuron_parameters),
        work={
            "supernet": config.supernet.epochs * (train - validation) * per_image * BACKWARD,
            "search": budget * validation * per_image,
            "retrain": config.retrain.epochs * (train * BACKWARD + test) * per_image,
        },
    )


def _rows_by_choice(config: StudyConfig) -> tuple[list[Row], list[list[Row]]]:
    """The rows every path has, and for each searched layer the row of each of its candidates."""
    space = config.space
    searched = [i for i, layer in enumerate(space.macro.layers, 1) if layer.kind == "search"]
    by_choice: list[list[Row]] = []
    base = space.at(0)
    for place, blocks in enumerate(space.choices):
        of_layer = []
        for block in blocks:
            changed = Architecture((*base.blocks[:place], block, *base.blocks[place + 1 :]))
            walk = rows(space.macro, changed, config.input, config.neuron_parameters)
            of_layer.append(next(row for row in walk if row.name == str(searched[place])))
        by_choice.append(of_layer)
    names = {str(i) for i in searched}
    walk = rows(space.macro, base, config.input, config.neuron_parameters)
    return [row for row in walk if row.name not in names], by_choice


def _span(fixed: list[int], by_choice: list[list[int]]) -> Span:
    base = sum(fixed)
    return Span(
        base + sum(min(c) for c in by_choice),
        base + sum(sum(c) / len(c) for c in by_choice),
        base + sum(max(c) for c in by_choice),
    )
