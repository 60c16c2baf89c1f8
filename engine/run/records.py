"""What a search stores: its candidates, and the end of a generation."""

from __future__ import annotations

from engine.config.objectives import Measured
from engine.evaluation.tally import Tally
from engine.events import Candidate, GenerationFinished
from engine.metrics.fitness import fitness_of
from engine.metrics.pareto import front, hypervolume
from engine.metrics.spike_map import encode_map, firing_rate
from engine.run.session import Session
from engine.search.interface import Proposal, fittest
from engine.space.shapes import layer_specs


def candidate(session: Session, number: int, proposal: Proposal, tally: Tally) -> Candidate:
    """A proposal with what its evaluation found."""
    config, state = session.config, session.state
    layers = layer_specs(config.network.macro, proposal.architecture, config.input, config.neuron_parameters)
    spikes, parameters = tally.average_spikes, sum(row.parameters for row in layers)
    rate = firing_rate(spikes, layers, config.network.time_steps)
    measured = Measured(tally.accuracy, spikes, state.average_spikes, config.search.fitness_lambda, parameters, rate)
    return Candidate(
        id=number,
        generation=state.generation,
        architecture=proposal.architecture.code,
        accuracy=tally.accuracy,
        spikes=spikes,
        firing_rate=rate,
        fitness=fitness_of(config.search, measured),
        parameters=parameters,
        origin=proposal.origin,
        parents=proposal.parents,
        changed=proposal.changed,
        spike_map=encode_map(tally.spike_map),
    )


def generation_finished(session: Session, candidates: list[Candidate]) -> GenerationFinished:
    """The generation's candidates, and the front and the fittest of all that the state holds."""
    config, seen = session.config, session.state.candidates
    points = [(c.accuracy, c.spikes) for c in seen]
    reference = 2 * session.state.average_spikes
    return GenerationFinished(
        generation=session.state.generation,
        generations=config.generations,
        candidates=tuple(candidates),
        best=fittest(seen, 1, config.search.ties)[0].id,
        parents=tuple(c.id for c in fittest(seen, config.search.parents, config.search.ties)),
        front=tuple(seen[i].id for i in front(points)),
        hypervolume=hypervolume(points, reference),
        reference_spikes=reference,
    )
