"""The result of a study: the trained winner as a package, and its event."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np

from engine.analysis.sanity import ResultWarning, evaluations
from engine.evaluation.tally import Tally
from engine.events import Candidate, StudyFinished
from engine.export import package
from engine.export.facts import package_warnings
from engine.export.model_card import Outcome
from engine.metrics.spike_map import encode_map, firing_rate
from engine.model.network import Network, parameter_count
from engine.run.session import Session


def write_result(session: Session, network: Network, winner: Candidate, tally: Tally) -> StudyFinished:
    """Write the package of the winner, whose results on the test split `tally` holds."""
    outcome = _outcome(session, network, winner, tally)
    folder, kernels = session.workdir / package.FOLDER, bool(session.state.kernels)
    told = _warnings(session, outcome)
    written = package.write(folder, session.config, outcome, network, session.data, kernels=kernels, warnings=told)
    return StudyFinished(
        candidate=winner.id,
        architecture=winner.architecture,
        test_accuracy=outcome.accuracy,
        test_spikes=outcome.spikes,
        firing_rate=outcome.firing_rate,
        best_test_accuracy=outcome.best_test_accuracy,
        parameters=outcome.parameters,
        spike_map=encode_map(tally.spike_map),
        spikes_by_layer=outcome.spikes_by_layer,
        checkpoint=written.name,
        sha256=written.sha256,
    )


def _warnings(session: Session, outcome: Outcome) -> list[ResultWarning]:
    seen = evaluations([(candidate.fitness, candidate.accuracy) for candidate in session.state.candidates])
    samples, found_under = len(session.data.validation.labels), session.state.found_under
    return package_warnings(session.config, asdict(outcome), samples, seen, found_under)


def _outcome(session: Session, network: Network, winner: Candidate, tally: Tally) -> Outcome:
    layers = network.layer_specs(network.only_architecture)
    by_layer = tally.spike_map.sum(axis=1, dtype=np.float64)  # [layers]
    return Outcome(
        architecture=winner.architecture,
        accuracy=tally.accuracy,
        spikes=tally.average_spikes,
        spikes_by_layer={row.name: float(n) for row, n in zip(layers, by_layer, strict=True)},
        samples=tally.samples,
        best_test_accuracy=session.state.best_test_accuracy,
        search_accuracy=winner.accuracy,
        search_spikes=winner.spikes,
        average_spikes=session.state.average_spikes,
        parameters=parameter_count(network),
        firing_rate=firing_rate(tally.average_spikes, layers, session.config.network.time_steps),
    )
