"""A table of every architecture of a space, and what one asks it: values, fitness, Pareto front, the best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.config.study import StudyConfig
from engine.errors import MeasureError
from engine.metrics.fitness import fitness
from engine.metrics.pareto import front
from engine.tabular.columns import LAYER

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Table:
    """Every architecture of `study`'s space, trained from scratch with each seed.

    `genomes` [A] are in the space's lexicographic order; `values` holds each column as [A, S], a seed a column.
    """

    name: str
    study: StudyConfig
    genomes: tuple[str, ...]
    seeds: tuple[int, ...]
    values: Mapping[str, Values]

    @cached_property
    def index(self) -> dict[str, int]:
        """Position of each genome."""
        return {genome: i for i, genome in enumerate(self.genomes)}

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers whose spikes the table holds, from stem to output."""
        return tuple(name.removeprefix(LAYER) for name in self.values if name.startswith(LAYER))

    def column(self, name: str) -> Values:
        """One column, [A, S]. Raises MeasureError for a name that is none."""
        if name not in self.values:
            raise MeasureError(f"column: {self.name} has {', '.join(self.values)}, got {name[:60]!r}")
        return self.values[name]

    def means(self, name: str) -> Values:
        """A column's means over the seeds, [A]."""
        means: Values = self.column(name).mean(axis=1)
        return means

    def record(self, genome: str) -> dict[str, list[float]]:
        """Every column of one architecture, a value a seed. Raises MeasureError for a genome not in the space."""
        if genome not in self.index:
            raise MeasureError(f"genome: {self.name} has no architecture {genome[:80]!r}; an example is R5-S-C3")
        return {name: values[self.index[genome]].tolist() for name, values in self.values.items()}

    @property
    def average_spikes(self) -> float:
        """N_avg of the table: N per test sample, averaged over all architectures and seeds."""
        return float(self.means("test_spikes").mean())

    def fitness(self, exponent: float | None = None) -> Values:
        """Exact fitness [A]: of mean test accuracy and mean N, with `average_spikes`; λ is the study's unless given."""
        strength = self.study.search.fitness_lambda if exponent is None else exponent
        pairs = zip(self.means("test_accuracy"), self.means("test_spikes"), strict=True)
        return np.array([fitness(float(a), float(n), self.average_spikes, strength) for a, n in pairs])

    def best(self, exponent: float | None = None) -> str:
        """The genome of highest exact fitness; of equal ones the first."""
        return self.genomes[int(self.fitness(exponent).argmax())]

    def gap(self, genome: str, exponent: float | None = None) -> float:
        """The best exact fitness minus that of one architecture."""
        exact = self.fitness(exponent)
        return float(exact.max() - exact[self.index[genome]])

    def rank(self, genome: str, exponent: float | None = None) -> int:
        """The place of one architecture by exact fitness, from 1; equal ones share the first of their places."""
        exact = self.fitness(exponent)
        return 1 + int((exact > exact[self.index[genome]]).sum())

    def front(self) -> list[str]:
        """Genomes of the exact Pareto front of mean test accuracy and mean N, by rising N."""
        points = zip(self.means("test_accuracy").tolist(), self.means("test_spikes").tolist(), strict=True)
        return [self.genomes[i] for i in front(list(points))]


def table_of(name: str, study: StudyConfig, rows: Sequence[Mapping[str, float | str]], names: tuple[str, ...]) -> Table:
    """A table of rows, one an architecture and seed, in any order, each with the columns `names`.

    Raises MeasureError where an architecture of the space lacks a seed that another has, or is given twice.
    """
    genomes = tuple(architecture.code for architecture in study.space.enumerate())
    seeds = tuple(sorted({int(row["seed"]) for row in rows}))
    places = [(str(row["genome"]), int(row["seed"])) for row in rows]
    _require_whole(name, genomes, seeds, places)
    position = {(g, s): (i, k) for i, g in enumerate(genomes) for k, s in enumerate(seeds)}
    values = {column: np.zeros((len(genomes), len(seeds))) for column in names}
    for place, row in zip(places, rows, strict=True):
        for column in names:
            values[column][position[place]] = float(row[column])
    return Table(name, study, genomes, seeds, values)


def _require_whole(name: str, genomes: tuple[str, ...], seeds: tuple[int, ...], places: list[tuple[str, int]]) -> None:
    found, known = set(places), set(genomes)
    if unknown := sorted({genome for genome, _ in places} - known):
        raise MeasureError(f"{name}: {unknown[0]!r} is no architecture of the space")
    if len(found) != len(places):
        twice = next(place for place in places if places.count(place) > 1)
        raise MeasureError(f"{name}: {twice[0]} with seed {twice[1]} is given twice")
    missing = [(genome, seed) for genome in genomes for seed in seeds if (genome, seed) not in found]
    if missing or not seeds:
        wanted, example = len(genomes) * max(len(seeds), 1), missing[0] if missing else (genomes[0], 0)
        raise MeasureError(
            f"{name}: {len(found)} of {wanted} trainings are there; {example[0]} with seed {example[1]} is not"
        )
