"""The ledger: sums that are exactly N, energy by hand, and the estimate from a spike map, worked layer by layer."""

import math
import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from pydantic import ValidationError

from engine.blocks.registry import BLOCKS
from engine.errors import ConfigError, MeasureError
from engine.evaluation.tally import Tally
from engine.metrics.energy import (
    ENERGY_MODELS,
    EnergyModel,
    Operations,
    energy_model,
    energy_nj,
    estimate_operations,
    ledger,
)
from engine.space.architecture import Architecture
from engine.space.macro import Layer, MacroArchitecture
from engine.space.shapes import Input, block_row, layer_specs

MACRO = MacroArchitecture(
    stem_channels=2, layers=(Layer(channels=2), Layer(kind="max_pool", stride=2), Layer(channels=4)), votes_per_class=1
)
IMAGE = Input(1, 8, 8, 3)


def network(*blocks):
    return layer_specs(MACRO, Architecture(blocks), IMAGE)


def by_step(operations, field):
    return [getattr(entry, field) for entry in operations]


def test_one_mac_and_one_ac_cost_what_horowitz_lists():
    """1,000 MACs · 4.6 pJ + 2,000 ACs · 0.9 pJ = 4,600 + 1,800 pJ = 6.4 nJ; in integers 3,200 + 200 pJ = 3.4 nJ."""
    assert energy_nj(1000, 2000, ENERGY_MODELS["float32-45nm"]) == pytest.approx(6.4)
    assert energy_nj(1000, 2000, ENERGY_MODELS["int32-45nm"]) == pytest.approx(3.4)
    assert ENERGY_MODELS["float32-45nm"] == EnergyModel()


@pytest.mark.parametrize("name", ENERGY_MODELS)
def test_named_costs_follow_from_the_source_s_multiply_and_add(name):
    """A MAC is one multiply and one add, an AC one add, at the prices the source line quotes."""
    model = ENERGY_MODELS[name]
    multiply, add = map(float, re.findall(r"([\d.]+) pJ", model.source))
    assert (model.mac_pj, model.ac_pj) == (pytest.approx(multiply + add), add)
    assert model.source.startswith("Horowitz, ISSCC 2014, 45 nm, ")


@pytest.mark.parametrize("bad", [{"mac_pj": -0.1}, {"ac_pj": 1e7}, {"source": ""}, {"mac_pj": math.nan}, {"pj": 1.0}])
def test_costs_have_bounds_and_a_source(bad):
    with pytest.raises(ValidationError):
        EnergyModel(**bad)


def test_own_costs_need_their_source_and_stay_in_bounds():
    assert energy_model("int32-45nm", None, None, None) is ENERGY_MODELS["int32-45nm"]
    assert energy_model("int32-45nm", 2.0, 1.0, "our chip") == EnergyModel(mac_pj=2.0, ac_pj=1.0, source="our chip")
    with pytest.raises(ConfigError, match="your own need mac_pj, ac_pj and source; missing: source"):
        energy_model("float32-45nm", 2.0, 1.0, None)
    with pytest.raises(ConfigError, match=r"costs\.ac_pj: must be at least 0, got -1\.0"):
        energy_model("float32-45nm", 2.0, -1.0, "our chip")
    with pytest.raises(ConfigError, match=r"costs: must be one of .*, got 'abacus'"):
        energy_model("abacus", None, None, None)


def test_the_shares_of_a_block_s_macs_that_read_its_input_and_its_inner_spikes():
    """All at 4×4 = 16 places, 2 channels in, 3 out."""
    scb = block_row("1", BLOCKS["SCB_k3"], (2, 4, 4), 3, 1, 1)
    assert (scb.macs - scb.inner_macs, scb.inner_macs) == (9 * 2 * 3 * 16, 9 * 3 * 3 * 16)
    srb = block_row("1", BLOCKS["SRB_k3"], (2, 4, 4), 3, 1, 1)  # its 1×1 shortcut reads the input too
    assert (srb.macs - srb.inner_macs, srb.inner_macs) == ((9 * 2 * 3 + 2 * 3) * 16, 9 * 3 * 3 * 16)
    sib = block_row("1", BLOCKS["SIB_k3_e3"], (2, 4, 4), 3, 2, 1)  # middle 6; stride 2: 4 places after, no shortcut
    assert (sib.macs - sib.inner_macs, sib.inner_macs) == (2 * 6 * 16, (9 * 6 * 6 + 6 * 3) * 4)


def test_the_estimate_layer_by_layer():
    """stem 2×8×8 (128 outputs, 9·1·2·64 = 1,152 MACs), SCB_k3 (256 outputs, 2,304 + 2,304), pool (32), SRB 2→4 at 4×4
    (128 outputs; (9·2·4 + 2·4)·16 = 1,280 from the input, 9·4·4·16 = 2,304 inner), output 3 (64·3 = 192 MACs)."""
    layers = network("SCB_k3", "SRB_k3")
    spikes = np.array([[64, 32], [128, 64], [16, 8], [64, 32], [0, 3]], np.float32)
    operations = estimate_operations(layers, spikes)
    assert by_step(operations, "effective_macs") == [(1152, 0), (0, 0), (0, 0), (0, 0), (0, 0)]
    # rates at t 0, halved at t 1: stem ½, SCB ½, pool ½, SRB ½
    assert by_step(operations, "effective_acs") == [
        (0, 0),
        (2304 / 2 + 2304 / 2, 2304 / 4 + 2304 / 4),
        (0, 0),
        (1280 / 2 + 2304 / 2, 1280 / 4 + 2304 / 4),
        (192 / 2, 192 / 4),
    ]
    assert by_step(operations, "dense") == [1152, 4608 * 2, 0, 3584 * 2, 192 * 2]


def test_an_identity_skip_passes_on_the_rate_of_its_input():
    """Layer 1 (2 → 2 channels) is an identity without spikes of its own, so layer 2 (2 → 4) reads the stem's."""
    macro = MacroArchitecture(stem_channels=2, layers=(Layer(channels=2), Layer(channels=4)), votes_per_class=1)
    layers = layer_specs(macro, Architecture(("skip_connect", "skip_connect")), IMAGE)
    spikes = np.array([[32], [0], [64], [1]], np.float32)
    operations = estimate_operations(layers, spikes)
    # projection 2 → 4, 1×1, 64 places: 512 MACs at the stem's rate 32/128
    assert by_step(operations, "effective_acs") == [(0,), (0,), (512 / 4,), (256 * 3 * 64 / 256,)]
    lines = ledger(layers, spikes, operations, EnergyModel(), "estimated").rows
    assert (lines[0].firing_rates, lines[1].firing_rates) == ((0.25,), None)


def test_event_frames_run_the_stem_at_every_step_and_relu_networks_multiply():
    layers = network("SCB_k3", "SRB_k3")
    spikes = np.full((5, 2), 16, np.float32)
    frames = estimate_operations(layers, spikes, static_input=False)
    assert (frames[0].effective_macs, frames[0].dense) == ((1152, 1152), 2304)
    relu = estimate_operations(layers, spikes, spiking=False)
    assert all(entry.effective_acs == (0, 0) for entry in relu)
    assert sum(relu[1].effective_macs) == sum(frames[1].effective_acs) > 0


def test_a_ledger_by_hand():
    """MACs 1,152 and ACs 100 + 50 + 25: 1,152·4.6 + 175·0.9 = 5,456.7 pJ. One dense pass: 9,536 MACs·4.6 pJ."""
    layers = network("SCB_k3", "SRB_k3")
    spikes = np.array([[64, 32], [128, 64], [16, 8], [64, 32], [0, 3]], np.float32)
    none = (0.0, 0.0)
    operations = [
        Operations("stem", (1152.0, 0.0), none, 1152.0),
        Operations("1", none, (100.0, 50.0), 9216.0),
        Operations("2", none, none, 0.0),
        Operations("3", none, (25.0, 0.0), 7168.0),
        Operations("output", none, none, 384.0),
    ]
    account = ledger(layers, spikes, operations, EnergyModel(), "measured")
    assert account.spikes == 64 + 32 + 128 + 64 + 16 + 8 + 64 + 32 + 3
    assert account.firing_rate == account.spikes / ((128 + 256 + 32 + 128 + 3) * 2)
    assert (account.effective_macs, account.effective_acs, account.dense) == (1152, 175, 17_920)
    assert account.energy_nj == pytest.approx(5.4567)
    assert [row.energy_nj for row in account.rows] == pytest.approx([5.2992, 0.135, 0, 0.0225, 0])
    assert account.dense_ann_nj == pytest.approx((1152 + 4608 + 3584 + 192) * 4.6e-3)
    assert account.rows[4].firing_rates == (0, 1)


@settings(deadline=None)
@given(
    arrays.arrays(np.int64, (5, 4), elements=st.integers(0, 10**9)),
    st.integers(1, 50_000),
)
def test_the_ledger_sums_exactly_to_n_as_evaluation_states_it(counts, samples):
    tally = Tally()
    tally.add(0, samples, torch.from_numpy(counts))
    layers = network("SCB_k3", "SRB_k3")
    account = ledger(layers, tally.spike_map, estimate_operations(layers, tally.spike_map), EnergyModel(), "estimated")
    assert account.spikes == tally.average_spikes
    cells = np.array([row.spikes for row in account.rows])
    assert cells.sum() == tally.average_spikes  # what a reader of the printed ledger gets, to the last bit
    assert math.fsum(cells.flat) == pytest.approx(tally.average_spikes, rel=1e-15)


@pytest.mark.parametrize("shape", [(4, 2), (6, 2), (5, 0), (5,)])
def test_a_map_with_another_number_of_layers_is_refused(shape):
    with pytest.raises(MeasureError, match=r"the spike map must be \[5 layers, T\]"):
        estimate_operations(network("SCB_k3", "SRB_k3"), np.zeros(shape, np.float32))


def test_operations_of_other_layers_are_refused():
    layers = network("SCB_k3", "SRB_k3")
    spikes = np.zeros((5, 1), np.float32)
    with pytest.raises(MeasureError, match="operations must be those of the layers stem, 1, 2, 3, output"):
        ledger(layers, spikes, estimate_operations(layers, spikes)[::-1], EnergyModel(), "estimated")
