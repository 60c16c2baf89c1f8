"""Parameters, MACs and synaptic operations over a whole search space: minimum, median, maximum."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config.study import StudyConfig
from engine.cost.combination_sums import Extent, extent
from engine.cost.estimate import rows_by_choice
from engine.space.shapes import LayerSpec

POSTER_FIRING_RATE = 0.17
"""Spikes per output element and time step: the default until a study has measured its own."""
POSTER_SOURCE = "AutoSNN's poster: SNN_1 of SRB_k3, CIFAR-10"


@dataclass(frozen=True)
class SpaceStatistics:
    """Exact statistics over every architecture of the space. `macs` are per sample and time step.

    `stem_macs` of them are the stem's, which runs `stem_runs` times a sample: once for a static, direct-coded image,
    otherwise T times.
    """

    parameters: Extent
    macs: Extent
    stem_macs: int
    stem_runs: int
    time_steps: int

    def synops(self, firing_rate: float) -> tuple[float, float | None, float]:
        """Synaptic operations per sample (minimum, median, maximum) where every neuron fires at `firing_rate`, 0…1.

        The stem reads pixels, which are never 0, so all its MACs count. Every other layer reads spikes, so the share
        `firing_rate` of its MACs counts at each of T steps. The operations rise with the MACs, so their extremes and
        median belong to the same architectures.
        """
        least, median, most = (
            None if macs is None else self._synops(macs, firing_rate)
            for macs in (self.macs.least, self.macs.median, self.macs.most)
        )
        assert least is not None
        assert most is not None
        return least, median, most

    def _synops(self, macs: int, firing_rate: float) -> float:
        return self.stem_macs * self.stem_runs + firing_rate * self.time_steps * (macs - self.stem_macs)


def space_statistics(config: StudyConfig) -> SpaceStatistics:
    """The exact statistics of a config's search space."""
    fixed, by_choice = rows_by_choice(config)
    static = config.data.info.kind != "events" and config.data.encoding == "direct"
    steps = config.network.time_steps
    return SpaceStatistics(
        parameters=_extent(fixed, by_choice, "parameters"),
        macs=_extent(fixed, by_choice, "macs"),
        stem_macs=fixed[0].macs,
        stem_runs=1 if static else steps,
        time_steps=steps,
    )


def _extent(fixed: list[LayerSpec], by_choice: list[list[LayerSpec]], quantity: str) -> Extent:
    base = sum(int(getattr(row, quantity)) for row in fixed)
    return extent(base, tuple(tuple(int(getattr(row, quantity)) for row in rows) for rows in by_choice))
