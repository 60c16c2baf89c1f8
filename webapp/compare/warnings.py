"""Warnings about an unfair comparison: different data, splits, time steps, neurons, macro architectures."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from engine.config.study import StudyConfig
from engine.figures.facts import warnings_of
from webapp.compare.studies import Pair
from webapp.studies.models import TERMINAL

SAME_FILES = (
    "path", "image_size", "train_samples", "test_samples", "classes", "channels", "sensor_size", "encoding",
    "frames_by",
)  # fmt: skip
"""Fields of `data` that decide which samples a network sees, and in which form."""


def warnings(pairs: Sequence[Pair]) -> list[dict[str, str]]:
    """One line per reason; empty where the comparison is fair."""
    if len(pairs) < 2:
        return []
    return [{"kind": kind, "message": message} for kind, message in _all(pairs)]


def _all(pairs: Sequence[Pair]) -> Iterator[tuple[str, str]]:
    configs = [record.config for _, record in pairs]
    sets = dict.fromkeys(config.data.info.title for config in configs)
    if len(sets) > 1:
        yield "data", f"Different data sets: {', '.join(sets)}. Neither accuracies nor spikes can be compared."
    else:
        yield from _data(pairs, configs)
        yield from _splits(pairs, configs)
    yield from _counting(configs)
    if len({_space(config) for config in configs}) > 1:
        yield (
            "space",
            "Different macro architectures: the same layer number can name different layers.",
        )
    for study, record in pairs:
        for one in warnings_of(record):
            yield one.code, f"{study.name}: {one.message}"
        if not record.evaluated:
            yield "empty", f"{study.name}: no architecture has been evaluated, so it has no front."
        elif study.state not in TERMINAL:
            yield (
                "unfinished",
                f"{study.name} is {study.state}: its front is that of {len(record.evaluated)} architectures so far.",
            )


def _data(pairs: Sequence[Pair], configs: Sequence[StudyConfig]) -> Iterator[tuple[str, str]]:
    fields = [field for field in SAME_FILES if len({getattr(config.data, field) for config in configs}) > 1]
    digests = {record.started.data_digest for _, record in pairs if record.started}
    if fields:
        yield "data", f"The studies read their data differently: {', '.join(f'data.{name}' for name in fields)}."
    elif len(digests) > 1:
        yield "data", "The files differ (SHA-256 of the data): other samples, or another subset drawn by another seed."


def _splits(pairs: Sequence[Pair], configs: Sequence[StudyConfig]) -> Iterator[tuple[str, str]]:
    kinds = dict.fromkeys((config.data.split, config.data.validation_fraction) for config in configs)
    if len(kinds) > 1:
        listed = ", ".join(f"{fraction:.0%} {kind}" for kind, fraction in kinds)
        yield "split", f"The validation splits differ: {listed}. Accuracies are of other samples.{_error(pairs)}"
        return
    seeds = sorted({config.seed for config in configs})
    if configs[0].data.split == "stratified" and len(seeds) > 1:
        told = ", ".join(map(str, seeds))
        yield (
            "split",
            f"The seeds {told} draw different validation samples (data.split is stratified).{_error(pairs)}",
        )


def _error(pairs: Sequence[Pair]) -> str:
    """The standard error of an accuracy on the smallest of these splits."""
    known = [
        (record.started.validation_samples, best.accuracy)
        for _, record in pairs
        if record.started and (best := record.fittest)
    ]
    if not known:
        return ""
    samples, accuracy = min(known)
    error = 100 * math.sqrt(accuracy * (1 - accuracy) / samples)
    return f" On {samples:,} samples an accuracy has a standard error of about {error:.1f} percentage points."


def _counting(configs: Sequence[StudyConfig]) -> Iterator[tuple[str, str]]:
    steps = sorted({config.network.time_steps for config in configs})
    if len(steps) > 1:
        yield "time", f"Spikes are counted over different numbers of time steps: T = {', '.join(map(str, steps))}."
    if len({config.network.neuron.info.spiking for config in configs}) > 1:
        yield "neuron", "In ANN mode (relu) N counts activations that are not zero, elsewhere spikes."


def _space(config: StudyConfig) -> str:
    macro: dict[str, Any] = config.network.macro.model_dump(mode="json")
    return str(macro)


def of_architectures(entries: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    """Warnings about the compared architectures."""
    measured = [entry for entry in entries if entry["problem"] is None]
    tags = dict.fromkeys(entry["tag"] for entry in measured)
    if len(tags) < 2:
        return []
    return [{"kind": "tag", "message": f"Measured on different splits, with different weights: {'; '.join(tags)}."}]
