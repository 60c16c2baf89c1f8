"""What a study will cost, from its config alone: parameters, multiply-accumulates, evaluations."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config.study import StudyConfig
from engine.cost.time import TimeModel, time_model
from engine.space.architecture import Architecture
from engine.space.shapes import LayerSpec, every_choice, layer_specs

EVALUATED = 0.4
"""Share of a training step's forward pass that the evaluation of one architecture in a search takes: batch norm is
folded, nothing is kept for a backward pass, and leading blocks are shared. Measured on AutoSNN_16, 20 × 20, with 192
images; less where a search evaluates all architectures.
"""
UNKNOWN_SAMPLES = (10_000, 2_000)
"""Training and test samples taken for a user's own data set, whose config does not say how many it has."""


@dataclass(frozen=True)
class Span:
    """Smallest and largest over the whole space, and its mean."""

    least: int
    mean: float
    most: int


@dataclass(frozen=True)
class Estimate:
    """`rows` are those of the architecture with the most parameters.

    `work` is what each phase takes, in the time of multiply-accumulates: these, and what the rest is worth in them.
    """

    space_size: int
    budget: int
    parameters: Span
    macs: Span
    rows: list[LayerSpec]
    work: dict[str, float]


def estimate(config: StudyConfig) -> Estimate:
    """Exact sizes (layers are independent, so extremes add up), and the work of each phase."""
    space = config.space
    fixed, by_choice = rows_by_choice(config)
    parameters = _span([r.parameters for r in fixed], [[r.parameters for r in c] for c in by_choice])
    macs = _span([r.macs for r in fixed], [[r.macs for r in c] for c in by_choice])
    heaviest = Architecture(
        tuple(
            max(zip(blocks, rs, strict=True), key=lambda pair: pair[1].parameters)[0]
            for blocks, rs in zip(space.choices, by_choice, strict=True)
        )
    )
    budget = min(config.generations * config.search.population, space.size)
    train, _ = _samples(config)
    validation = round(train * config.data.validation_fraction)
    average = _average(config)
    supernet = config.supernet.epochs * average.epoch(train - validation, config.supernet.batch_size)
    retrain, more = _training(config), config.retrain.seeds - 1 + config.retrain.trust + len(config.retrain.baselines)
    searched = config.analysis is None
    return Estimate(
        space_size=space.size,
        budget=budget,
        parameters=parameters,
        macs=macs,
        rows=layer_specs(space.macro, heaviest, config.input, config.neuron_parameters),
        work={
            "supernet": supernet if searched else 0.0,
            "search": EVALUATED * budget * validation * average.per_image if searched else 0.0,
            "retrain": retrain if searched and config.retrain.winner else 0.0,
            "analysis": more * retrain if searched else _analysis(config),
        },
    )


def _analysis(config: StudyConfig) -> float:
    """Every training of an analysis study; an arm's architectures are taken to be the average of its space."""
    assert config.analysis is not None
    arms = config.analysis.arms
    counts = [arm.trainings for arm in arms]
    each = [_training(config.arm_config(arm)) for arm in arms]
    return config.analysis.seeds * sum(n * work for n, work in zip(counts, each, strict=True))


def _training(config: StudyConfig) -> float:
    """One network from scratch, with an evaluation on the test split each epoch."""
    train, test = _samples(config)
    average = _average(config)
    return config.retrain.epochs * (average.epoch(train, config.retrain.batch_size) + test * average.per_image)


def _samples(config: StudyConfig) -> tuple[int, int]:
    info = config.data.info
    train, test = (info.train, info.test) if info.train else UNKNOWN_SAMPLES
    return min(config.data.train_samples or train, train), min(config.data.test_samples or test, test)


def _average(config: StudyConfig) -> TimeModel:
    """Of an average architecture of the space."""
    return time_model(*rows_by_choice(config), config.network.time_steps)


def rows_by_choice(config: StudyConfig) -> tuple[list[LayerSpec], list[list[LayerSpec]]]:
    """The rows every path has, and for each searched layer the row of each of its candidates."""
    w = config.neuron_parameters
    fixed, choices = every_choice(config.space, config.input, w)
    return fixed, [[placed.row(w) for placed in blocks] for blocks in choices]


def _span(fixed: list[int], by_choice: list[list[int]]) -> Span:
    base = sum(fixed)
    return Span(
        base + sum(min(c) for c in by_choice),
        base + sum(sum(c) / len(c) for c in by_choice),
        base + sum(max(c) for c in by_choice),
    )
