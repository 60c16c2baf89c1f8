"""What makes a study's results worth little, from its record."""

from __future__ import annotations

from collections.abc import Iterator

from engine.analysis.sanity import Facts, Result, ResultWarning, evaluations, firing_rates, warnings
from engine.config.study import StudyConfig
from engine.config.words import one_line
from engine.figures.record import Arm, Record


def warnings_of(record: Record) -> list[ResultWarning]:
    """The warnings of a study so far; empty where nothing is the matter."""
    return warnings(facts(record))


def facts(record: Record) -> Facts:
    """The numbers that warnings follow from."""
    seen = evaluations([(one.fitness, one.accuracy) for one in record.evaluated])
    return Facts(record.config, record.average_spikes, seen, tuple(_results(record)))


def _results(record: Record) -> Iterator[Result]:
    """The fittest of the search, the retrained winner and the arms; of one network, its layers are told once."""
    config, started, won = record.config, record.started, record.finished
    classes, tested = config.input.classes, started.test_samples if started else None
    if best := record.fittest:
        spikes = None if won else record.best_spikes
        rates = None if spikes is None else firing_rates(config, best.architecture, spikes)
        samples = started.validation_samples if started else None
        yield Result("the fittest of the search", best.accuracy, best.spikes, classes, samples, rates)
    if won:
        rates = firing_rates(config, won.architecture, record.winner_spikes() or ())
        yield Result("the retrained winner", won.test_accuracy, won.test_spikes, classes, tested, rates)
    for arm in record.arms:
        yield arm_result(config, arm, tested)


def arm_result(config: StudyConfig, arm: Arm, tested: int | None) -> Result:
    """An arm as one result; `tested` counts the study's test samples. An arm may have data of its own."""
    own = [one.data for one in (config.analysis.arms if config.analysis else ()) if one.label == arm.label]
    data = next((one for one in own if one is not None), None)
    classes, samples = (config.input.classes, tested) if data is None else (data.input.classes, data.test_samples)
    low, high = arm.spikes
    what = f"arm “{one_line(arm.label)}”" if low or not high else f"a training of arm “{one_line(arm.label)}”"
    return Result(what, arm.accuracy, low, classes, samples)
