"""A spiking network beside an 8-bit ANN of the same layers, memory accesses included: energies, ratio, break-even rate.

The ANN has ReLU in the place of the neurons and runs once. The spiking network is shown at the ANN's 8 bits, like for
like, and at the 32 bits of Lemaire et al. The bound that the literature gives for such a comparison: below 6.4 % firing
at T from 5 to 10 (Yan, Bai and Wong, arXiv 2409.08290, version 2; 5.7 % at T = 5 in version 4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.config.study import StudyConfig
from engine.errors import MeasureError
from engine.metrics.memory_energy import INT8, INT32, SOURCE, Parts, Precision, Run, ann_parts, snn_parts
from engine.metrics.spike_map import SpikeMap, firing_rate
from engine.space.architecture import Architecture
from engine.space.dataflow import DataflowLayer, dataflow
from engine.space.shapes import LayerSpec, layer_specs


@dataclass(frozen=True)
class Comparison:
    """Energies per sample. `firing_rate` is the network's, 0…1; below `break_even` it would take less than the ANN.

    `break_even` scales the spikes of all layers alike; None where even a silent network would take more than the ANN,
    or where this one is silent. `rows` are (row, spiking, ANN) at 8 bits, in pJ.
    """

    snn_int32: Parts
    snn_int8: Parts
    ann_int8: Parts
    firing_rate: float
    break_even: float | None
    rows: tuple[tuple[str, float, float], ...]

    @property
    def ratio(self) -> float:
        """Spiking ÷ ANN, both at 8 bits: above 1 the spiking network takes more."""
        return self.snn_int8.total / self.ann_int8.total


def run_of(config: StudyConfig) -> Run:
    """How a study's networks run: direct-coded images pass the stem once, all other input at every step."""
    steps = config.network.time_steps
    static = config.data.info.kind != "events" and config.data.encoding == "direct"
    return Run(steps, 1 if static else steps, config.network.neuron.info.leak != "none")


def spikes_by_layer(
    layers: Sequence[DataflowLayer],
    rows: Sequence[LayerSpec],
    spike_map: SpikeMap,
    measured: Mapping[str, Sequence[float]] | None = None,
) -> list[float]:
    """Spikes of each layer per sample over all time steps, from an average map [rows, T].

    The map holds one sum for all neurons of a block. `measured` has those of each layer of neurons, row by row; without
    it, or where a block is a module of its own with other neurons, they are taken to fire at the block's rate.
    Raises MeasureError where map and rows do not fit.
    """
    if spike_map.ndim != 2 or len(spike_map) != len(rows):
        raise MeasureError(f"energy: the spike map must be [{len(rows)} layers, T], got {list(spike_map.shape)}")
    totals = {row.name: float(counts.sum(dtype=float)) for row, counts in zip(rows, spike_map, strict=True)}
    elements = {row.name: row.output_elements for row in rows}
    inner = {row: iter(counts) for row, counts in (measured or {}).items() if len(counts) == _neurons(layers, row)}
    return [
        next(inner[layer.row]) if layer.neurons and layer.row in inner
        else totals[layer.row] * layer.elements / elements[layer.row]
        for layer in layers
    ]  # fmt: skip


def _neurons(layers: Sequence[DataflowLayer], row: str) -> int:
    """Layers of neurons in a row."""
    return sum(layer.neurons for layer in layers if layer.row == row)


def compare(layers: Sequence[DataflowLayer], spikes: Sequence[float], firing_rate: float, run: Run) -> Comparison:
    """Of a network's layers and the spikes of each, per sample over all time steps. Raises MeasureError."""
    if len(spikes) != len(layers):
        raise MeasureError(f"energy: {len(layers)} layers have spikes, got {len(spikes)}")
    ours = _each(layers, spikes, run, INT8)
    theirs = [ann_parts(layer, INT8) for layer in layers]
    silent = _sum(_each(layers, [0.0] * len(layers), run, INT8)).total
    snn, ann = _sum(ours), _sum(theirs)
    return Comparison(
        snn_int32=_sum(_each(layers, spikes, run, INT32)),
        snn_int8=snn,
        ann_int8=ann,
        firing_rate=firing_rate,
        break_even=_break_even(firing_rate, snn.total, silent, ann.total),
        rows=_rows(layers, ours, theirs),
    )


def _each(layers: Sequence[DataflowLayer], spikes: Sequence[float], run: Run, precision: Precision) -> list[Parts]:
    return [snn_parts(layer, spikes, own, run, precision) for layer, own in zip(layers, spikes, strict=True)]


def _sum(parts: Sequence[Parts]) -> Parts:
    return sum(parts, Parts())


def _break_even(rate: float, ours: float, silent: float, theirs: float) -> float | None:
    """The rate at which both take the same: what spikes cost is proportional to the rate, the rest does not change."""
    if silent >= theirs or ours <= silent:
        return None
    return rate * (theirs - silent) / (ours - silent)


def _rows(
    layers: Sequence[DataflowLayer], ours: Sequence[Parts], theirs: Sequence[Parts]
) -> tuple[tuple[str, float, float], ...]:
    """Of each row, the sum of its layers."""
    found: dict[str, tuple[float, float]] = {}
    for layer, one, other in zip(layers, ours, theirs, strict=True):
        mine, its = found.get(layer.row, (0.0, 0.0))
        found[layer.row] = mine + one.total, its + other.total
    return tuple((row, *both) for row, both in found.items())


def as_json(found: Comparison) -> dict[str, Any]:
    """The comparison as JSON values, in nJ, with its source."""
    return {
        "source": SOURCE,
        "snn_int32_nj": found.snn_int32.as_nj(),
        "snn_int8_nj": found.snn_int8.as_nj(),
        "ann_int8_nj": found.ann_int8.as_nj(),
        "ratio": found.ratio,
        "ratio_int32": found.snn_int32.total / found.ann_int8.total,
        "firing_rate": found.firing_rate,
        "break_even_firing_rate": found.break_even,
        "rows": [
            {"name": row, "snn_int8_nj": one / 1000, "ann_int8_nj": other / 1000} for row, one, other in found.rows
        ],
    }


def beside_ann(
    config: StudyConfig,
    architecture: Architecture,
    spike_map: SpikeMap,
    measured: Mapping[str, Sequence[float]] | None = None,
) -> dict[str, Any] | None:
    """The comparison of a study's network as JSON values, from its average map [rows, T]; None of an ANN."""
    if not config.network.neuron.info.spiking:
        return None
    macro, data = config.network.macro, config.input
    layers, rows = dataflow(macro, architecture, data), layer_specs(macro, architecture, data)
    rate = firing_rate(float(spike_map.sum(dtype=float)), rows, config.network.time_steps)
    return as_json(compare(layers, spikes_by_layer(layers, rows, spike_map, measured), rate, run_of(config)))
