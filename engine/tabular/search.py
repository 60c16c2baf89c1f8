"""A search of a study, run on a table: an evaluation is a row read, so that a whole search takes milliseconds."""

from __future__ import annotations

from engine.config.objectives import AUTOSNN
from engine.config.search import SearchConfig
from engine.config.study import StudyConfig
from engine.errors import ConfigError
from engine.events import Candidate
from engine.metrics.fitness import fitness
from engine.search.build import build_search
from engine.search.interface import Proposal
from engine.tabular.guide import Guide
from engine.tabular.table import Table


def searching(table: Table, search: SearchConfig, seed: int) -> StudyConfig:
    """The study that searches the table's space. Raises pydantic.ValidationError where the search does not fit.

    Raises ConfigError for an objective of one's own: regret is told by the paper's fitness.
    """
    if search.objective != AUTOSNN:
        raise ConfigError([f"search.objective: a table is searched by {AUTOSNN}, the paper's, got {search.objective}"])
    changes = {"analysis": None, "search": search.model_dump(), "seed": seed}
    return StudyConfig.model_validate({**table.study.model_dump(), **changes})


def run(table: Table, guide: Guide, config: StudyConfig) -> list[Candidate]:
    """Every candidate that the study's search evaluates, in order; what it sees of one is the guide's.

    The search is the one that a study runs, with the seed's draws. Candidates have no firing rate and no spike map.
    """
    searching, seen = build_search(config), list[Candidate]()
    for generation in range(config.generations):
        proposals = searching.ask(generation, seen)
        if not proposals:
            break
        seen += [
            _candidate(table, guide, config, len(seen) + i, generation, proposal)
            for i, proposal in enumerate(proposals)
        ]
    return seen


def _candidate(
    table: Table, guide: Guide, config: StudyConfig, number: int, generation: int, proposal: Proposal
) -> Candidate:
    genome = proposal.architecture.code
    place = table.index[genome]
    accuracy, spikes = float(guide.accuracy[place]), float(guide.spikes[place])
    return Candidate(
        id=number,
        generation=generation,
        architecture=genome,
        accuracy=accuracy,
        spikes=spikes,
        firing_rate=0.0,
        fitness=fitness(accuracy, spikes, guide.average_spikes, config.search.fitness_lambda),
        parameters=int(table.column("parameters")[place, 0]),
        origin=proposal.origin,
        parents=proposal.parents,
        changed=proposal.changed,
        spike_map="",
    )
