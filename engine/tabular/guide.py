"""What a search on a table is shown of an architecture: validation results of one seed or of all, or a supernet's."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import MeasureError
from engine.tabular.columns import Source
from engine.tabular.table import Table, Values


@dataclass(frozen=True)
class Guide:
    """Accuracy [A] and spikes N [A] that a search is shown, and the N_avg of its fitness: the mean of these N."""

    accuracy: Values
    spikes: Values

    @property
    def average_spikes(self) -> float:
        return float(self.spikes.mean())


def guide(table: Table, source: Source, seed: int | None = None) -> Guide:
    """What a search sees of a table: `validation` results of training from scratch, or the `supernet`'s estimates.

    `seed` is one of the table's: the training's, or the supernet's; None shows the means over all of them.
    Raises MeasureError for a seed that the table does not have.
    """
    if seed is not None and seed not in table.seeds:
        raise MeasureError(f"seed: {table.name} has {', '.join(map(str, table.seeds))}, got {seed}")
    accuracy, spikes = table.column(f"{source}_accuracy"), table.column(f"{source}_spikes")
    if seed is None:
        return Guide(accuracy.mean(axis=1), spikes.mean(axis=1))
    place = table.seeds.index(seed)
    return Guide(accuracy[:, place], spikes[:, place])
