"""What makes a study's results worth little, from its record."""

from __future__ import annotations

from collections.abc import Iterator

from engine.analysis.sanity import Facts, Result, ResultWarning, evaluations, firing_rates, warnings
from engine.config.study import StudyConfig
from engine.config.words import one_line
from engine.figures.record import Arm, Record
from engine.metrics.spike_map import map_of_bytes

FLOAT32 = 4
"""Bytes of a number of a spike map."""


def warnings_of(record: Record) -> list[ResultWarning]:
    """The warnings of a study so far; empty where nothing is the matter."""
    return warnings(facts(record))


def facts(record: Record) -> Facts:
    """The numbers that warnings follow from."""
    seen = evaluations([(one.fitness, one.accuracy) for one in record.evaluated])
    found_under = record.started.found_under if record.started else ()
    return Facts(record.config, record.average_spikes, seen, tuple(_results(record)), found_under)


def _results(record: Record) -> Iterator[Result]:
    """The fittest of the search, the retrained winner and the arms; of one network, its layers are told once."""
    config, started, won = record.config, record.started, record.finished
    tested = started.test_samples if started else None
    if best := record.fittest:
        yield fittest_result(record, best.architecture, best.accuracy, best.spikes, record.best_map)
    if won:
        rates = firing_rates(config, won.architecture, won.spikes_by_layer)
        classes = config.input.classes
        yield Result("the retrained winner", won.test_accuracy, won.test_spikes, classes, tested, rates)
    for arm in record.arms:
        yield _arm_result(config, arm, tested)


def fittest_result(
    record: Record, architecture: str, accuracy: float, spikes: float, spike_map: bytes | None
) -> Result:
    """The search's fittest, with supernet weights. Its `spike_map`, float32 [layers, T], is read before retraining."""
    config, started = record.config, record.started
    rates = None
    if spike_map is not None and not record.finished:
        rates = firing_rates(config, architecture, _by_layer(record, architecture, spike_map))
    samples = started.validation_samples if started else None
    return Result("the fittest of the search", accuracy, spikes, config.input.classes, samples, rates)


def _by_layer(record: Record, architecture: str, spike_map: bytes) -> dict[str, float]:
    """Spikes per sample by layer; of a map of another size none."""
    layers, steps = record.layers(architecture), record.config.network.time_steps
    if len(spike_map) != FLOAT32 * len(layers) * steps:
        return {}
    sums = map_of_bytes(spike_map, steps).sum(axis=1, dtype="float64")  # [layers]
    return {row.name: float(n) for row, n in zip(layers, sums, strict=True)}


def _arm_result(config: StudyConfig, arm: Arm, tested: int | None) -> Result:
    """An arm as one result; `tested` counts the study's test samples. An arm may have data of its own."""
    own = [one for one in (config.analysis.arms if config.analysis else ()) if one.label == arm.label]
    data = next((one.data for one in own if one.data is not None), None)
    network = next((one.network for one in own if one.network is not None), None)
    classes, samples = (config.input.classes, tested) if data is None else (data.input.classes, data.test_samples)
    low, high = arm.spikes
    what = f"arm “{one_line(arm.label)}”" if low or not high else f"a training of arm “{one_line(arm.label)}”"
    return Result(what, arm.accuracy, low, classes, samples, network=network, fired=arm.fired)
