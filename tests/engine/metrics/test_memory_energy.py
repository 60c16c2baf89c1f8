"""Energy with memory accesses: a two-layer network worked by hand, and SpikingJelly's own estimate of the same."""

import pytest
import torch
from spikingjelly.activation_based import functional, layer, neuron
from spikingjelly.activation_based.op_counter import LemaireEnergyConfig, estimate_lemaire_energy
from torch import nn

from engine.metrics.memory_energy import INT8, INT32, MESSAGE_PJ, Parts, Run, access_pj, ann_parts, snn_parts
from engine.space.dataflow import INPUT, Connection, DataflowLayer

STEM = DataflowLayer("stem", 2, 8, (Connection("conv", INPUT, 4, 72, 18, 18),))
"""3×3, 1 → 2 channels at 2×2 with padding: 4 inputs, 8 outputs, 9·2·4 = 72 products, 18 weights and 2 biases."""
OUTPUT = DataflowLayer("output", 3, 3, (Connection("linear", 0, 8, 24, 24),))
"""8 → 3: 24 products, 24 weights and 3 biases."""
BYTE = 10 / 8192 / 4
"""pJ of a one-byte access for each byte of a memory's capacity: 10 pJ for 4 bytes at 8 KiB, and 0 at 0."""


@pytest.mark.parametrize(
    ("capacity", "picojoules"),
    [(0, 0), (4096, 5), (8192, 10), (20480, 15), (32768, 20), (540672, 60), (2**20, 100), (2**24, 100)],
)
def test_an_access_of_32_bits_costs_what_horowitz_gives_and_between_in_proportion(capacity, picojoules):
    assert access_pj(capacity, 4) == pytest.approx(picojoules)
    assert access_pj(capacity, 1) == pytest.approx(picojoules / 4)


def test_a_message_goes_through_a_queue_of_4000_bytes():
    assert pytest.approx(10 * 4000 / 8192) == MESSAGE_PJ


def test_the_ann_s_two_layers_by_hand():
    """MAC 0.23 pJ, addition 0.03 pJ, address 0.1 pJ. The convolution reads an input for each of its 72 products."""
    stem, output = ann_parts(STEM, INT8), ann_parts(OUTPUT, INT8)
    assert stem.arithmetic == pytest.approx(72 * 0.23 + 8 * 0.03)
    assert stem.addresses == pytest.approx((4 + 8 + 18) * 0.1)
    assert stem.inputs_outputs == pytest.approx((72 * 4 + 8 * 8) * BYTE)  # read from 4 bytes, written to 8
    assert stem.parameters == pytest.approx((72 + 8) * 20 * BYTE)  # weights and biases from 20 bytes
    assert output.arithmetic == pytest.approx(24 * 0.23 + 3 * 0.03)
    assert output.addresses == pytest.approx((8 + 3) * 0.1)
    assert output.inputs_outputs == pytest.approx((8 * 8 + 3 * 3) * BYTE)
    assert output.parameters == pytest.approx((24 + 3) * 27 * BYTE)
    assert stem.potentials == output.potentials == 0


def test_the_spiking_network_s_two_layers_by_hand():
    """T = 2, leaky neurons, a static image; the stem fires 6 spikes and the output 1. 6 spikes meet 6·3 weights."""
    spikes, run = [6.0, 1.0], Run(time_steps=2, input_passes=1, leaks=True)
    stem, output = (snn_parts(one, spikes, own, run, INT8) for one, own in zip((STEM, OUTPUT), spikes, strict=True))
    # 72 MACs once; at 2 steps 8 biases and 8 leaks; 6 resets
    assert stem.arithmetic == pytest.approx(72 * 0.23 + 16 * 0.03 + 16 * 0.23 + 6 * 0.03)
    assert stem.addresses == pytest.approx((4 + 8 + 18) * 0.1)
    # inputs from 4 bytes; the current written once and read twice, 8 words; 6 messages
    assert stem.inputs_outputs == pytest.approx((72 * 4 + 3 * 8 * 8) * BYTE + 6 * MESSAGE_PJ)
    assert stem.parameters == pytest.approx((72 + 16) * 20 * BYTE)
    assert stem.potentials == pytest.approx(2 * 16 * 8 * BYTE)  # each neuron at each step: a read and a write
    assert output.arithmetic == pytest.approx(18 * 0.03 + 6 * 0.03 + 6 * 0.23 + 1 * 0.03)
    assert output.addresses == pytest.approx(18 * 0.1)
    assert output.inputs_outputs == pytest.approx((6 + 1) * MESSAGE_PJ)
    assert output.parameters == pytest.approx((18 + 6) * 27 * BYTE)
    assert output.potentials == pytest.approx((2 * 18 + 2 * 6) * 3 * BYTE)


def test_frames_pass_the_stem_at_every_step_and_keep_no_current():
    spikes = [6.0, 1.0]
    frames = snn_parts(STEM, spikes, 6.0, Run(2, 2, leaks=False), INT8)
    assert frames.arithmetic == pytest.approx(2 * 72 * 0.23 + 16 * 0.03 + 6 * 0.03)
    assert frames.inputs_outputs == pytest.approx(2 * 72 * 4 * BYTE + 6 * MESSAGE_PJ)


def test_a_pool_moves_spikes_and_has_neither_weights_nor_potentials():
    """6 spikes in, 4 out; each is located and compared. The ANN reads 8 values and writes 2."""
    pool = DataflowLayer("1", 2, 2, (Connection("plain", 0, 8, 8),), neurons=False)
    found = snn_parts(pool, [6.0, 4.0], 4.0, Run(2, 1, leaks=True), INT8)
    expected = Parts(arithmetic=6 * 0.03, addresses=6 * 0.1, inputs_outputs=10 * MESSAGE_PJ)
    assert found.as_nj() == pytest.approx(expected.as_nj())
    assert ann_parts(pool, INT8).inputs_outputs == pytest.approx((8 * 8 + 2 * 2) * BYTE)


def theirs(network, x):
    report = estimate_lemaire_energy(network, x, config=LemaireEnergyConfig(strict=False))
    told = report.breakdown_pj
    return [told[key] for key in ("ops_pj", "addressing_pj", "inout_pj", "params_pj", "potential_pj")]


def parts(found: Parts) -> list[float]:
    return [found.arithmetic, found.addresses, found.inputs_outputs, found.parameters, found.potentials]


@pytest.mark.parametrize("leaks", [True, False])
def test_spikingjelly_comes_to_the_same_of_two_spiking_convolutions(leaks):
    """3×3 2 → 3 and 1×1 3 → 4 at 4×4, stride 1, T = 4, binary input, int32: every part of the energy."""
    generator = torch.Generator().manual_seed(0)
    kind = neuron.LIFNode if leaks else neuron.IFNode
    network = nn.Sequential(
        layer.Conv2d(2, 3, 3, padding=1, step_mode="m"), kind(v_threshold=0.5, step_mode="m"),
        layer.Conv2d(3, 4, 1, step_mode="m"), kind(v_threshold=0.5, step_mode="m"),
    ).eval()  # fmt: skip
    for weights in network.parameters():
        weights.data = torch.rand(weights.shape, generator=generator) - 0.3
    x = (torch.rand(4, 1, 2, 4, 4, generator=generator) > 0.5).float()
    with torch.no_grad():
        first = network[1](network[0](x))
        spikes = [float(one.sum()) for one in (x, first, network[3](network[2](first)))]
    functional.reset_net(network)
    layers = [
        DataflowLayer("1", 3, 48, (Connection("conv", 0, 32, 54 * 16, 54, 27),)),
        DataflowLayer("2", 4, 64, (Connection("conv", 1, 48, 12 * 16, 12, 4),)),
    ]
    run = Run(4, 1, leaks)
    mine = [snn_parts(one, spikes, own, run, INT32) for one, own in zip(layers, spikes[1:], strict=True)]
    assert 0 < spikes[1] < 4 * 48
    assert parts(mine[0] + mine[1]) == pytest.approx(theirs(network, x))


def test_spikingjelly_comes_to_the_same_of_an_ann():
    """A convolution 3×3 and a linear layer, each on its own, with inputs that are not binary."""
    convolution = nn.Conv2d(2, 3, 3, padding=1)
    conv = DataflowLayer("1", 3, 48, (Connection("conv", INPUT, 32, 54 * 16, 54, 27),))
    assert parts(ann_parts(conv, INT32)) == pytest.approx(theirs(convolution, torch.full((1, 2, 4, 4), 0.5)))
    linear = DataflowLayer("2", 3, 3, (Connection("linear", INPUT, 8, 24, 24),))
    assert parts(ann_parts(linear, INT32)) == pytest.approx(theirs(nn.Linear(8, 3), torch.full((1, 8), 0.5)))
