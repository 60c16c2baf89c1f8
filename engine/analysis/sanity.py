"""What makes a result worth little: silent networks, chance level, ties, dead and saturated layers, with what to try.

All of it follows from plain numbers: what events, stored rows and packages hold.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from engine.analysis.advice import fewer_ties, fire_less, fire_more, learn_more, no_rounding, search_again
from engine.analysis.rounding import by_rounding, of_layers, rounded_layers
from engine.analysis.scored_anew import scored_anew
from engine.config.network import NetworkConfig
from engine.config.study import StudyConfig
from engine.config.words import listed
from engine.events import FoundUnder
from engine.space.architecture import Architecture
from engine.space.shapes import LayerSpec, layer_specs

Code = Literal["silent", "chance", "tied", "dead_layers", "saturated_layers", "rounding", "scored_anew"]
STANDARD_ERRORS = 2
"""An accuracy counts as chance level up to so many standard errors above 1/classes."""
SATURATED = 0.95
"""From this firing rate on a layer is saturated: it fires nearly always, whatever it is shown."""


@dataclass(frozen=True)
class ResultWarning:
    """One reason not to rely on a result: what is the matter, and what to try. A colon ends the message's title."""

    code: Code
    message: str
    advice: str


@dataclass(frozen=True)
class Result:
    """One network's result. `what` names it in a sentence; `samples` are those of the split, None where not known.

    `accuracy` is 0…1, `spikes` is N per sample; `rates` are firing rates 0…1 by layer, of layers with output elements.
    `network` is its own where it is not the study's, `fired` names layers that fired where the rates are not known.
    """

    what: str
    accuracy: float
    spikes: float
    classes: int
    samples: int | None = None
    rates: Mapping[str, float] | None = None
    network: NetworkConfig | None = None
    fired: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Evaluations:
    """All evaluated architectures of a search: how many, and the lowest and highest fitness and accuracy of them."""

    count: int
    fitness: tuple[float, float]
    accuracy: tuple[float, float]


@dataclass(frozen=True)
class Facts:
    """What is known of a study so far. `average_spikes` is the supernet's N_avg.

    `found_under` says under which other λ a fork's first generations were found.
    """

    config: StudyConfig
    average_spikes: float | None = None
    evaluations: Evaluations | None = None
    results: tuple[Result, ...] = ()
    found_under: tuple[FoundUnder, ...] = ()


def evaluations(candidates: Sequence[tuple[float, float]]) -> Evaluations | None:
    """Of (fitness, accuracy) of each evaluated architecture; None of none."""
    if not candidates:
        return None
    fitness, accuracy = zip(*candidates, strict=True)
    return Evaluations(len(candidates), (min(fitness), max(fitness)), (min(accuracy), max(accuracy)))


def firing_rates(config: StudyConfig, architecture: str, spikes: Mapping[str, float]) -> dict[str, float]:
    """Firing rates 0…1 by layer, from spikes per sample by layer. A skip at stride 1 has no output elements."""
    steps = config.network.time_steps
    layers: list[LayerSpec] = layer_specs(
        config.network.macro, Architecture.from_code(architecture), config.input, config.neuron_parameters
    )
    counted = [row for row in layers if row.output_elements and row.name in spikes]
    return {row.name: spikes[row.name] / (row.output_elements * steps) for row in counted}


def chance_level(classes: int, samples: int) -> float:
    """The highest accuracy 0…1 that is no evidence of learning: p + 2·√(p(1 − p)/n) with p = 1/classes, n samples."""
    p = 1 / classes
    return p + STANDARD_ERRORS * math.sqrt(p * (1 - p) / samples)


def is_chance(result: Result) -> bool:
    """Whether an accuracy is at chance level; not known where the number of samples is not."""
    return bool(result.samples) and result.accuracy <= chance_level(result.classes, result.samples or 1)


def warnings(facts: Facts) -> list[ResultWarning]:
    """Every warning, one of each code, the gravest first. Empty where nothing is the matter."""
    found = (_silent, _chance, _tied, _dead, _saturated, _rounded, _scored_anew)
    return [one for warn in found for one in warn(facts)]


def _silent(facts: Facts) -> Iterator[ResultWarning]:
    silent = ["the supernet (N_avg)"] if facts.average_spikes == 0 else []
    silent += [result.what for result in facts.results if result.spikes == 0]
    if silent:
        fires = "spike" if facts.config.network.neuron.info.spiking else "activation other than zero"
        yield ResultWarning(
            "silent",
            f"Silent network: N = 0, not one {fires} in any layer, for {listed(silent)}. All samples get the same "
            "answer, so an accuracy is no more than the share of one class.",
            fire_more(facts.config),
        )


def _chance(facts: Facts) -> Iterator[ResultWarning]:
    found = [result for result in facts.results if result.spikes > 0 and is_chance(result)]
    if found:
        yield ResultWarning(
            "chance",
            f"Accuracy at chance level: {listed([_against_chance(one) for one in found])}. Up to the limit of p + "
            f"{STANDARD_ERRORS}·√(p(1 − p)/n), with p = 1/classes and n samples, nothing shows that it learned.",
            learn_more(facts.config),
        )


def _against_chance(result: Result) -> str:
    limit = chance_level(result.classes, result.samples or 1)
    return f"{result.what} has {result.accuracy:.2%} on {result.samples:,} samples (limit {limit:.2%})"


def _tied(facts: Facts) -> Iterator[ResultWarning]:
    seen = facts.evaluations
    if seen is None or seen.count < 2:
        return
    if seen.fitness[0] == seen.fitness[1]:
        tie, so = f"one fitness, {seen.fitness[0]:.4f},", "chose nothing, and the first one wins"
    elif seen.accuracy[0] == seen.accuracy[1]:
        tie, so = f"one accuracy, {seen.accuracy[0]:.2%},", "told them apart by their spikes alone"
    else:
        return
    message = f"Tied candidates: {tie} for all {seen.count:,} evaluated architectures; the search {so}."
    yield ResultWarning("tied", message, fewer_ties(facts.config))


def _dead(facts: Facts) -> Iterator[ResultWarning]:
    dead = {one.what: [name for name, rate in (one.rates or {}).items() if rate == 0] for one in _firing(facts)}
    if told := [f"{_layers(names)} of {what}" for what, names in dead.items() if names]:
        voteless = any("output" in names for names in dead.values())
        answer = " Without a spike of the output, all samples are answered with the same class." if voteless else ""
        message = f"Dead layers: {listed(told)} fire no spike.{answer}"
        yield ResultWarning("dead_layers", message, fire_more(facts.config))


def _saturated(facts: Facts) -> Iterator[ResultWarning]:
    if not facts.config.network.neuron.info.spiking:
        return  # an activation that is not zero may still be any number
    full = {one.what: [n for n, rate in (one.rates or {}).items() if rate >= SATURATED] for one in _firing(facts)}
    if told := [f"{_layers(names)} of {what}" for what, names in full.items() if names]:
        rate = f"{SATURATED:.0%} or more of all output elements and time steps"
        message = f"Saturated layers: {listed(told)} fire at {rate}, whatever they are shown."
        yield ResultWarning("saturated_layers", message, fire_less(facts.config))


def _rounded(facts: Facts) -> Iterator[ResultWarning]:
    """Of every network whose average pools fire, the layers; the reason is given once."""
    told = [
        (one, network, names)
        for one in facts.results
        if (names := _by_rounding(one, network := one.network or facts.config.network))
    ]
    if not told:
        return
    first, network, names = told[0]
    others = [f"{of_layers(more)} of {one.what}" for one, _, more in told[1:]]
    also = f" So it is with {listed(others)}." if others else ""
    message = f"Spikes by rounding: {by_rounding(network, names, first.what)}{also}"
    yield ResultWarning("rounding", message, no_rounding())


def _scored_anew(facts: Facts) -> Iterator[ResultWarning]:
    if told := scored_anew(facts.found_under, facts.config.search.fitness_lambda):
        yield ResultWarning("scored_anew", f"Scored anew: {told}", search_again(facts.config))


def _by_rounding(result: Result, network: NetworkConfig) -> list[str]:
    fired = result.fired or {name for name, rate in (result.rates or {}).items() if rate > 0}
    return [name for name in rounded_layers(network) if name in fired]


def _firing(facts: Facts) -> list[Result]:
    """The results that layers are told of; of a silent network it is said once that all are dead."""
    return [result for result in facts.results if result.spikes > 0]


def _layers(names: Sequence[str]) -> str:
    named = [name if name in ("stem", "output", "GAP") or " " in name else f"layer {name}" for name in names]
    return listed(named)
