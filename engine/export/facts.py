"""What makes a trained network's result worth little, from its package or a new evaluation of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.analysis.sanity import Evaluations, Facts, Result, ResultWarning, firing_rates, warnings
from engine.config.study import StudyConfig
from engine.events import FoundUnder


def package_warnings(
    config: StudyConfig,
    results: Mapping[str, Any],
    validation_samples: int | None = None,
    seen: Evaluations | None = None,
    found_under: Sequence[FoundUnder] = (),
) -> list[ResultWarning]:
    """Of a package's `results`; the rest is known only where the study itself is at hand."""
    classes = config.input.classes
    estimate = Result(
        "the fittest of the search", results["search_accuracy"], results["search_spikes"], classes, validation_samples
    )
    return warnings(
        Facts(config, results["average_spikes"], seen, (estimate, _retrained(config, results)), tuple(found_under))
    )


def _retrained(config: StudyConfig, results: Mapping[str, Any]) -> Result:
    rates = firing_rates(config, results["architecture"], results["spikes_by_layer"])
    accuracy, spikes, classes = results["accuracy"], results["spikes"], config.input.classes
    return Result("the retrained winner", accuracy, spikes, classes, results["samples"], rates)


def evaluation_warnings(config: StudyConfig, found: Mapping[str, Any]) -> list[ResultWarning]:
    """Of an evaluation on one split: `accuracy`, `spikes`, `spikes_by_layer`, `samples`, `architecture`, `split`."""
    rates = firing_rates(config, found["architecture"], found["spikes_by_layer"])
    part = "all samples" if found["split"] == "all" else f"the {found['split']} split"
    what, classes = f"the network on {part}", config.input.classes
    return warnings(
        Facts(config, results=(Result(what, found["accuracy"], found["spikes"], classes, found["samples"], rates),))
    )
