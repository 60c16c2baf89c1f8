"""How the space is searched."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from engine.config.algorithms import ALGORITHMS, algorithms_in_words
from engine.config.fields import MAX_SEED, OURS, PAPER
from engine.config.objectives import AUTOSNN, OBJECTIVES, objectives_in_words
from engine.schema.frozen import Frozen
from engine.schema.registered import Registered

MAX_EXHAUSTIVE = 20_000
"""Architectures an exhaustive search may evaluate: all of them stay in memory and in each checkpoint."""
Probability = Annotated[float, Field(ge=0, le=1)]
CrossoverCut = Literal["searched_layers", "all_layers"]
Ties = Literal["newest", "oldest"]
Algorithm = Annotated[str, Registered(ALGORITHMS, algorithms_in_words)]
"""The name of a registered search algorithm."""
ObjectiveName = Annotated[str, Registered(OBJECTIVES, objectives_in_words)]
"""The name of a registered objective."""


class SearchConfig(Frozen):
    """The search with the supernet's weights: by default spike-aware evolution (Na et al. 2022, section 4.3)."""

    algorithm: Algorithm = Field(
        "evolution",
        description="evolution (the paper's); random search and random sampling, its baselines: a random population a "
        "generation, or a single one; exhaustive: every architecture, the supernet's exact Pareto front; nsga2: "
        "accuracy and spikes as two objectives",
        json_schema_extra=PAPER,
    )
    generations: Annotated[int, Field(ge=1, le=1000)] = Field(
        20, description="generations; random sampling has one, exhaustive as many as it takes"
    )
    population: Annotated[int, Field(ge=2, le=1000)] = Field(20, description="architectures evaluated in a generation")
    parents: Annotated[int, Field(ge=2, le=1000)] = Field(10, description="best of all seen that may have offspring")
    mutations: Annotated[int, Field(ge=0, le=1000)] = Field(10, description="offspring by mutation a generation")
    crossovers: Annotated[int, Field(ge=0, le=1000)] = Field(10, description="offspring by crossover a generation")
    crossover_cut: CrossoverCut = Field(
        "searched_layers",
        description="where a crossover cuts: searched_layers = between two searched layers, each cut as likely; "
        "all_layers = between any two layers, pools included, as the reference code: a cut beside a pool is twice as "
        "likely, one behind the last searched layer copies a parent and is drawn again",
        json_schema_extra=PAPER,
    )
    mutation_probability: Probability = Field(0.2, description="chance that a searched layer changes in a mutation")
    fitness_lambda: Annotated[float, Field(ge=-2, le=0)] = Field(
        -0.08, description="λ of the fitness accuracy·(N/N_avg)^λ; more negative = fewer spikes"
    )
    objective: ObjectiveName = Field(
        AUTOSNN,
        description="what the fitness is: autosnn = the paper's accuracy·(N/N_avg)^λ; others are your own",
        json_schema_extra=OURS,
        exclude_if=lambda name: name == AUTOSNN,
    )
    ties: Ties = Field(
        "newest",
        description="which of equal fitness ranks first: newest = the last evaluated, as the reference code, so that "
        "parents change where fitness is flat; oldest = the first, the rule of studies begun before there was a choice",
        json_schema_extra=PAPER,
    )
    batch_size: Annotated[int, Field(ge=1, le=4096)] = Field(96, description="validation images evaluated at once")
    recalibration_batches: Annotated[int, Field(ge=0, le=1000)] = Field(
        0,
        description="training batches from which a path's batch-norm statistics are taken anew before it is evaluated; "
        "0 = the supernet's running statistics (the paper's)",
        json_schema_extra=OURS,
    )
    seed: Annotated[int, Field(ge=0, le=MAX_SEED)] | None = Field(
        None,
        description="seed of the search's own draws, so that one supernet can be searched with several; empty = the "
        "study's seed",
        json_schema_extra=OURS,
        exclude_if=lambda seed: seed is None,  # texts and digests of studies begun before it was there stay as they are
    )
