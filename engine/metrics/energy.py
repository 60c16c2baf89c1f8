"""Energy ledger of a network: spikes, firing rates, synaptic operations and energy by layer and time step.

Operations are either measured on a running network (engine.evaluation.synops, exact), or estimated from layer shapes
and a spike map (`estimate_operations`, for candidates whose spike map does not separate the neurons inside a block).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, ValidationError

from engine.config.messages import in_words
from engine.errors import ConfigError, MeasureError
from engine.metrics.spike_map import SpikeMap, firing_rate
from engine.schema.frozen import Frozen
from engine.space.shapes import LayerSpec

Picojoule = Annotated[float, Field(ge=0, le=1e6)]
PJ_PER_NJ = 1000.0
"""Picojoules in a nanojoule: costs are given in pJ, ledgers in nJ."""


class EnergyModel(Frozen):
    """Energy of one operation. Arithmetic only: no memory access, no neuron update, no static power."""

    mac_pj: Picojoule = Field(4.6, description="energy of one multiply-accumulate, pJ")
    ac_pj: Picojoule = Field(0.9, description="energy of one accumulate, pJ")
    source: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        "Horowitz, ISSCC 2014, 45 nm, 32-bit float: multiply 3.7 pJ, add 0.9 pJ",
        description="where the two numbers come from",
    )


ENERGY_MODELS: dict[str, EnergyModel] = {
    "float32-45nm": EnergyModel(),
    "float16-45nm": EnergyModel(
        mac_pj=1.5, ac_pj=0.4, source="Horowitz, ISSCC 2014, 45 nm, 16-bit float: multiply 1.1 pJ, add 0.4 pJ"
    ),
    "int32-45nm": EnergyModel(
        mac_pj=3.2, ac_pj=0.1, source="Horowitz, ISSCC 2014, 45 nm, 32-bit integer: multiply 3.1 pJ, add 0.1 pJ"
    ),
    "int8-45nm": EnergyModel(
        mac_pj=0.23, ac_pj=0.03, source="Horowitz, ISSCC 2014, 45 nm, 8-bit integer: multiply 0.2 pJ, add 0.03 pJ"
    ),
}


def energy_model(name: str, mac_pj: float | None, ac_pj: float | None, source: str | None) -> EnergyModel:
    """The energy model of that name, or a user's own costs in pJ.

    A user gives both costs and their source, so that no number is published under another's source.
    Raises ConfigError naming what is missing or out of bounds.
    """
    own = {"mac_pj": mac_pj, "ac_pj": ac_pj, "source": source}
    missing = [key for key, value in own.items() if value is None]
    if len(missing) == len(own):
        if name not in ENERGY_MODELS:
            raise ConfigError([f"costs: must be one of {', '.join(ENERGY_MODELS)}, got {name[:60]!r}"])
        return ENERGY_MODELS[name]
    if missing:
        raise ConfigError([f"costs: your own need mac_pj, ac_pj and source; missing: {', '.join(missing)}"])
    try:
        return EnergyModel.model_validate(own)
    except ValidationError as error:
        raise ConfigError([f"costs.{e['loc'][0]}: {in_words(e)}" for e in error.errors()]) from error


@dataclass(frozen=True)
class Operations:
    """Synaptic operations of one layer per sample: effective MACs [T], effective ACs [T], dense over all time steps.

    `dense` counts every existing connection once for each time the layer ran.
    """

    name: str
    effective_macs: tuple[float, ...]
    effective_acs: tuple[float, ...]
    dense: float


@dataclass(frozen=True)
class Efficiency:
    """NeuroBench's other metrics: model size in bytes, share of zero weights, share of neuron outputs that are 0."""

    footprint: int
    connection_sparsity: float
    activation_sparsity: float


@dataclass(frozen=True)
class LedgerRow:
    """One layer, per sample: spikes [T], firing rates [T], operations, and energy in nJ.

    `firing_rates` is None where the layer has no counted output elements.
    """

    name: str
    block: str
    spikes: tuple[float, ...]
    firing_rates: tuple[float, ...] | None
    operations: Operations
    energy_nj: float


@dataclass(frozen=True)
class Ledger:
    """Energy ledger of a network, per sample. `spikes` is N, the sum of every layer's spikes.

    `dense_ann_nj` is the energy of an ANN of the same shape, which computes every MAC once.
    """

    rows: tuple[LedgerRow, ...]
    basis: Literal["measured", "estimated"]
    spikes: float
    firing_rate: float
    effective_macs: float
    effective_acs: float
    dense: float
    energy_nj: float
    dense_ann_nj: float
    energy_model: EnergyModel


def ledger(
    rows: Sequence[LayerSpec],
    spike_map: SpikeMap,
    operations: Sequence[Operations],
    model: EnergyModel,
    basis: Literal["measured", "estimated"],
) -> Ledger:
    """The ledger of a network from its layers, its average spike map [layers, T] and its operations.

    Raises MeasureError where their lengths or names differ.
    """
    _check(rows, spike_map, operations)
    lines = tuple(_line(*parts, model) for parts in zip(rows, spike_map, operations, strict=True))
    spikes = float(spike_map.sum(dtype=np.float64))
    macs = math.fsum(n for entry in operations for n in entry.effective_macs)
    acs = math.fsum(n for entry in operations for n in entry.effective_acs)
    return Ledger(
        rows=lines,
        basis=basis,
        spikes=spikes,
        firing_rate=firing_rate(spikes, rows, spike_map.shape[1]),
        effective_macs=macs,
        effective_acs=acs,
        dense=math.fsum(entry.dense for entry in operations),
        energy_nj=energy_nj(macs, acs, model),
        dense_ann_nj=energy_nj(sum(row.macs for row in rows), 0, model),
        energy_model=model,
    )


def energy_nj(macs: float, acs: float, model: EnergyModel) -> float:
    """Energy of MACs and ACs, in nJ."""
    return (macs * model.mac_pj + acs * model.ac_pj) / PJ_PER_NJ


def _line(row: LayerSpec, spikes: SpikeMap, operations: Operations, model: EnergyModel) -> LedgerRow:
    """The ledger of one layer, from its average spikes [T]."""
    by_step = tuple(float(n) for n in spikes)
    return LedgerRow(
        name=row.name,
        block=row.block,
        spikes=by_step,
        firing_rates=tuple(n / row.output_elements for n in by_step) if row.output_elements else None,
        operations=operations,
        energy_nj=energy_nj(math.fsum(operations.effective_macs), math.fsum(operations.effective_acs), model),
    )


def estimate_operations(
    rows: Sequence[LayerSpec], spike_map: SpikeMap, *, static_input: bool = True, spiking: bool = True
) -> list[Operations]:
    """Operations of each layer from its shape and the average spike map [layers, T]: dense MACs × input firing rate.

    The map holds one sum for all neurons of a block, so all neurons inside a block are taken to fire at the block's
    rate. A layer without neurons (an identity) passes on the rate of its input. Padding counts as connected, and input
    pixels as never 0. The estimate is exact for a layer with one neuron layer that a 1×1 or linear layer reads.
    With `static_input` the first layer runs once, not T times. Without `spiking` (ReLU) every operation is a MAC.
    Raises MeasureError where map and layers do not fit.
    """
    _check(rows, spike_map, rows)
    return list(_estimated(rows, spike_map, 1 if static_input else spike_map.shape[1], spiking))


def _estimated(rows: Sequence[LayerSpec], spike_map: SpikeMap, stem_runs: int, spiking: bool) -> Iterator[Operations]:
    """Operations of each layer, from the spike map [layers, T]; the stem runs `stem_runs` times."""
    steps = spike_map.shape[1]
    none = (0.0,) * steps
    pixels = (float(rows[0].macs),) * stem_runs + (0.0,) * (steps - stem_runs)
    yield Operations(rows[0].name, pixels, none, float(rows[0].macs * stem_runs))
    source = spike_map[0].astype(np.float64) / rows[0].output_elements  # [T], firing rate of the next layer's input
    for row, spikes in zip(rows[1:], spike_map[1:], strict=True):
        own = spikes.astype(np.float64) / row.output_elements if row.output_elements else source  # [T]
        operations = tuple(float(n) for n in (row.macs - row.inner_macs) * source + row.inner_macs * own)
        macs, acs = (none, operations) if spiking else (operations, none)
        yield Operations(row.name, macs, acs, float(row.macs * steps))
        source = own


def _check(rows: Sequence[LayerSpec], spike_map: SpikeMap, others: Sequence[LayerSpec] | Sequence[Operations]) -> None:
    """Raise MeasureError unless the map is [layers, T] and `others` name the same layers."""
    if spike_map.ndim != 2 or len(rows) != len(spike_map) or not spike_map.shape[1]:
        raise MeasureError(f"ledger: the spike map must be [{len(rows)} layers, T], got {list(spike_map.shape)}")
    names = [row.name for row in rows]
    if names != [other.name for other in others]:
        raise MeasureError(f"ledger: operations must be those of the layers {', '.join(names)}, in order")
