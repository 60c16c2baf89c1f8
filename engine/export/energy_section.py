"""The model card's section on energy: arithmetic alone, with memory accesses, and beside an 8-bit ANN."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.config.study import StudyConfig
from engine.describe.data import sample
from engine.export.markdown import table
from engine.metrics.energy import EnergyModel, estimate_operations, ledger
from engine.metrics.energy_comparison import beside_ann, run_of
from engine.metrics.spike_map import SpikeMap
from engine.space.architecture import Architecture
from engine.space.shapes import layer_specs


def energy_section(config: StudyConfig, code: str, spikes_by_layer: Mapping[str, float]) -> str:
    """Markdown, from spikes per sample by layer; empty of an ANN."""
    architecture, steps = Architecture.from_code(code), config.network.time_steps
    spread: SpikeMap = np.array(
        [[count / steps] * steps for count in spikes_by_layer.values()], np.float32
    )  # [rows, T]
    found = beside_ann(config, architecture, spread)
    if found is None:
        return ""
    arithmetic, model = _arithmetic(config, architecture, spread)
    lines = [
        (f"operations alone ({model.source})", arithmetic),
        ("with memory accesses, 32-bit", found["snn_int32_nj"]["total"]),
        ("with memory accesses, 8-bit", found["snn_int8_nj"]["total"]),
        ("8-bit ANN of the same layers, with memory accesses", found["ann_int8_nj"]["total"]),
    ]
    rows = [(name, f"{value:,.1f}") for name, value in lines]
    return (
        f"## Energy (nJ per {sample(config.data)}, estimated from the spikes by layer)\n"
        + table(("", "nJ"), rows, numbers=1)
        + f"\n\n{in_words(found)} Memory accesses: {found['source']}. "
        "Measured by layer: `python -m engine energy model.safetensors`."
    )


def in_words(found: Mapping[str, Any]) -> str:
    """Which of the two takes less at 8 bits, by what factor, and below which firing rate the spiking network does."""
    ratio, rate, even = found["ratio"], found["firing_rate"], found["break_even_firing_rate"]
    told = f"At 8 bits the spiking network takes {ratio:.2f} times the energy of the ANN: it {_outcome(ratio)}."
    if even is None:
        return f"{told} No lower firing rate would change that." if ratio > 1 else told
    return f"{told} Both take the same at a firing rate of {even:.3f}; this network fires at {rate:.3f}."


def _outcome(ratio: float) -> str:
    return "takes more" if ratio > 1 else "takes less"


def _arithmetic(config: StudyConfig, architecture: Architecture, spikes: SpikeMap) -> tuple[float, EnergyModel]:
    """Energy of the operations alone, in nJ, at the default costs."""
    rows, model = layer_specs(config.network.macro, architecture, config.input, config.neuron_parameters), EnergyModel()
    operations = estimate_operations(rows, spikes, static_input=run_of(config).static)
    return ledger(rows, spikes, operations, model, "estimated").energy_nj, model
