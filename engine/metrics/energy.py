"""The ledger of a network: spikes, rates, operations and energy by layer and time step. No torch.

Two ways to count operations: measured on a network (engine.evaluation.synops, exact), or estimated from shapes and a
spike map alone (`estimate_operations`, for candidates whose inner spikes were not kept apart).
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
from engine.frozen import Frozen
from engine.metrics.spike_map import SpikeMap, firing_rate
from engine.space.shapes import Row

Picojoule = Annotated[float, Field(ge=0, le=1e6)]
PJ_PER_NJ = 1000.0


class EnergyModel(Frozen):
    """What one operation costs. Arithmetic alone: no memory access, no neuron update, no static power."""

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
    """The named costs, or a user's own: all three of them, so that no number stands under another's source.

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
    """A row's operations per sample: effective MACs and ACs by time step, and dense ones over all time steps.

    `dense` counts every existing connection once for each time the layer ran.
    """

    name: str
    effective_macs: tuple[float, ...]
    effective_acs: tuple[float, ...]
    dense: float


@dataclass(frozen=True)
class Efficiency:
    """NeuroBench's other measures: bytes of the model, share of zero weights, share of silent neuron outputs."""

    footprint: int
    connection_sparsity: float
    activation_sparsity: float


@dataclass(frozen=True)
class LedgerRow:
    """One layer, per sample: spikes and firing rate by time step (None where it has no sites), operations, energy."""

    name: str
    block: str
    spikes: tuple[float, ...]
    firing_rates: tuple[float, ...] | None
    operations: Operations
    energy_nj: float


@dataclass(frozen=True)
class Ledger:
    """The whole account, per sample. `spikes` is N, the sum of every row's spikes.

    `dense_ann_nj` is what a network of the same shape that computes every MAC once would cost.
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
    rows: Sequence[Row],
    spike_map: SpikeMap,
    operations: Sequence[Operations],
    model: EnergyModel,
    basis: Literal["measured", "estimated"],
) -> Ledger:
    """Join a network's rows, average spike map [rows, T] and operations. Raises MeasureError where they do not fit."""
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
    """MACs and ACs at their cost, in nJ."""
    return (macs * model.mac_pj + acs * model.ac_pj) / PJ_PER_NJ


def _line(row: Row, spikes: SpikeMap, operations: Operations, model: EnergyModel) -> LedgerRow:
    by_step = tuple(float(n) for n in spikes)
    return LedgerRow(
        name=row.name,
        block=row.block,
        spikes=by_step,
        firing_rates=tuple(n / row.sites for n in by_step) if row.sites else None,
        operations=operations,
        energy_nj=energy_nj(math.fsum(operations.effective_macs), math.fsum(operations.effective_acs), model),
    )


def estimate_operations(
    rows: Sequence[Row], spike_map: SpikeMap, *, static_input: bool = True, spiking: bool = True
) -> list[Operations]:
    """Operations from shapes and an average spike map [rows, T] alone: dense MACs × firing rate of what they read.

    A map's row holds the spikes of all its block's neurons, so inside a block all of them are taken to fire at the
    row's rate; a row without spikes of its own (an identity) hands on its input's. Padding counts as connected, and
    input pixels as never 0. Rows with one neuron layer and a 1×1 or linear reader are exact. With `static_input` the
    first row runs once, not T times; without `spiking` (ReLU) every operation is a MAC. Raises MeasureError.
    """
    _check(rows, spike_map, rows)
    return list(_estimated(rows, spike_map, 1 if static_input else spike_map.shape[1], spiking))


def _estimated(rows: Sequence[Row], spike_map: SpikeMap, stem_runs: int, spiking: bool) -> Iterator[Operations]:
    steps = spike_map.shape[1]
    none = (0.0,) * steps
    pixels = (float(rows[0].macs),) * stem_runs + (0.0,) * (steps - stem_runs)
    yield Operations(rows[0].name, pixels, none, float(rows[0].macs * stem_runs))
    source = spike_map[0].astype(np.float64) / rows[0].sites
    for row, spikes in zip(rows[1:], spike_map[1:], strict=True):
        own = spikes.astype(np.float64) / row.sites if row.sites else source
        operations = tuple(float(n) for n in (row.macs - row.inner_macs) * source + row.inner_macs * own)
        macs, acs = (none, operations) if spiking else (operations, none)
        yield Operations(row.name, macs, acs, float(row.macs * steps))
        source = own


def _check(rows: Sequence[Row], spike_map: SpikeMap, others: Sequence[Row] | Sequence[Operations]) -> None:
    if spike_map.ndim != 2 or len(rows) != len(spike_map) or not spike_map.shape[1]:
        raise MeasureError(f"ledger: the spike map must be [{len(rows)} rows, T], got {list(spike_map.shape)}")
    names = [row.name for row in rows]
    if names != [other.name for other in others]:
        raise MeasureError(f"ledger: operations must be those of the rows {', '.join(names)}, in order")
