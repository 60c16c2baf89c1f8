"""Measured synaptic operations: NeuroBench's own example, convolutions counted by hand, and a whole network."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from spikingjelly.activation_based.op_counter import DispatchCounterMode, SynOpCounter
from torch import nn

from engine.backends.dispatch import attach, place
from engine.evaluation.prefix_tree import PrefixTree
from engine.evaluation.synops import SynapseProbe, connection_sparsity, fan_out, footprint
from engine.evaluation.tally import Tally
from engine.metrics.energy import EnergyModel, Operations, estimate_operations, ledger
from engine.model.network import build_child
from engine.model.neurons import Neuron
from engine.space.architecture import Architecture
from engine.space.shapes import layer_specs
from tests.engine.tiny import hand_neuron, tiny_config


class Stage(nn.Module):
    """One layer as a network's row runs it: [T, N, ...], convolutions over T·N."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer(x.flatten(0, 1) if isinstance(self.layer, nn.Conv2d) else x)


def measured(layer, *batches, time_steps=1):
    stage = Stage(layer)
    with SynapseProbe([("row", stage)]) as probe:
        for x in batches:
            stage(x)
    (operations,) = probe.operations(time_steps)
    return operations


def linear(weights):
    layer = nn.Linear(len(weights[0]), len(weights), bias=False)
    layer.weight.data = torch.tensor(weights)
    return layer


def ones(c_in, c_out, kernel, stride=1, padding=0):
    layer = nn.Conv2d(c_in, c_out, kernel, stride, padding, bias=False)
    nn.init.ones_(layer.weight)
    return layer


NEUROBENCH = [[1.3, 0.0, -3.2], [0.0, 1.2, -5.1], [-1.1, 2.7, 0.0]]


def test_neurobench_s_example_has_4_effective_of_9_operations():
    """x = (0, 1.3, −1): 1.3 meets the 2 weights ≠ 0 of column 2, −1 the 2 of column 3: 4 MACs; dense is 3·3."""
    found = measured(linear(NEUROBENCH), torch.tensor([[[0.0, 1.3, -1.0]]]))
    assert found == Operations("row", (4.0,), (0.0,), 9.0)


@pytest.mark.parametrize("activations", [[0.0, 1.0, 1.0], [0.0, 1.0, -1.0]])
def test_the_same_with_activations_of_zero_and_plus_or_minus_one_accumulates(activations):
    assert measured(linear(NEUROBENCH), torch.tensor([[activations]])) == Operations("row", (0.0,), (4.0,), 9.0)


@pytest.mark.parametrize(("place", "operations"), [((0, 0), 4), ((0, 1), 6), ((1, 1), 9), ((3, 3), 4)])
def test_a_spike_at_a_corner_edge_or_centre_reaches_4_6_or_9_places(place, operations):
    """Convolution 3×3, padding 1, on 4×4, 1 → 1 channel. Dense: 4 corners·4 + 8 edges·6 + 4 centres·9 = 100."""
    x = torch.zeros(1, 1, 1, 4, 4)
    x[0, 0, 0][place] = 1.0
    assert measured(ones(1, 1, 3, padding=1), x) == Operations("row", (0.0,), (float(operations),), 100.0)


def test_a_strided_1x1_reads_one_pixel_in_four():
    """2 → 3 channels, stride 2 on 4×4: each of 2·4 pixels read reaches 3 outputs; the others reach none."""
    x = torch.ones(1, 1, 2, 4, 4)
    assert measured(ones(2, 3, 1, stride=2), x) == Operations("row", (0.0,), (24.0,), 24.0)
    x[..., ::2, ::2] = 0
    assert measured(ones(2, 3, 1, stride=2), x) == Operations("row", (0.0,), (0.0,), 24.0)


def test_a_depth_wise_convolution_reaches_its_own_channel_alone():
    """3 channels, 3×3 in groups of one, no padding, 3×3 input: one output place a channel: 27 operations, not 81."""
    layer = nn.Conv2d(3, 3, 3, groups=3, bias=False)
    nn.init.ones_(layer.weight)
    assert measured(layer, torch.ones(1, 1, 3, 3, 3)) == Operations("row", (0.0,), (27.0,), 27.0)


def test_time_steps_stay_apart_and_samples_are_averaged():
    """Linear 2 → 3. Sample 1 spikes twice at t 0; sample 2 once at t 0 and once at t 1; dense 6 at each of 2 steps."""
    x = torch.tensor([[[1.0, 1.0], [1.0, 0.0]], [[0.0, 0.0], [0.0, 1.0]]])  # [T, N, F]
    found = measured(linear([[1.0, 1.0]] * 3), x, time_steps=2)
    assert found == Operations("row", (0.0, 0.0), ((6 + 3) / 2, 3 / 2), 12.0)


def test_the_size_of_batches_does_not_matter():
    torch.manual_seed(0)
    layer, x = nn.Conv2d(3, 4, 3, 1, 1, bias=False), (torch.rand(2, 6, 3, 5, 5) < 0.3).float()
    layer.weight.data[0, 0] = 0
    whole, parts = measured(layer, x, time_steps=2), measured(layer, x[:, :4], x[:, 4:], time_steps=2)
    assert whole == parts


def test_each_call_of_a_layer_accumulates_or_multiplies_by_its_own_input():
    """NeuroBench's rule. Linear 2 → 3. Batch 1: 1 0 meets 3 weights, ACs; batch 2: 0.5 0.5 meets 6, MACs; 2 samples."""
    layer = linear([[1.0, 1.0]] * 3)
    found = measured(layer, torch.tensor([[[1.0, 0.0]]]), torch.tensor([[[0.5, 0.5]]]))
    assert found == Operations("row", (6 / 2,), (3 / 2,), 6.0)


def test_the_time_steps_of_a_call_are_one_call():
    """Linear 2 → 3, T = 2. Batch 1 is graded at t 1 alone: 3 and 3 MACs. Batch 2 is silent, then 1 1: 0 and 6 ACs.
    Batch 3 has −1 0 at both: 3 and 3 ACs."""
    batches = ([[1.0, 0.0]], [[0.0, 0.5]]), ([[0.0, 0.0]], [[1.0, 1.0]]), ([[-1.0, 0.0]], [[-1.0, 0.0]])
    found = measured(linear([[1.0, 1.0]] * 3), *map(torch.tensor, batches), time_steps=2)
    assert found == Operations("row", (3 / 3, 3 / 3), (3 / 3, 9 / 3), 12.0)


def test_a_convolution_that_reads_counts_multiplies_where_a_pixel_has_two_events():
    """1×1, 1 → 2, on 2×2 event counts. Batch 1 is 1 1 0 0: 4 ACs. Batch 2 is 2 1 0 0: 4 MACs, the 1 with it."""
    binary, graded = (torch.tensor([[[[[n, 1.0], [0.0, 0.0]]]]]) for n in (1.0, 2.0))
    assert measured(ones(1, 2, 1), binary, graded) == Operations("row", (2.0,), (2.0,), 8.0)


@pytest.mark.parametrize(("kernel", "stride", "padding"), [(1, 1, 0), (1, 2, 0), (3, 1, 1), (3, 2, 1), (5, 2, 2)])
def test_fan_out_counts_what_convolving_ones_and_zeros_counts(kernel, stride, padding):
    """NeuroBench's way: replace what is not 0 by 1 in weights and input, convolve, sum."""
    torch.manual_seed(kernel + stride)
    layer = nn.Conv2d(3, 4, kernel, stride, padding, bias=False)
    layer.weight.data *= torch.rand_like(layer.weight) < 0.7
    x = (torch.rand(5, 3, 8, 8) < 0.4).float()
    weights = (layer.weight != 0).float()
    convolved = F.conv2d(x, weights, None, stride, padding).flatten(1).sum(1)
    assert (x * fan_out(layer, x.shape[1:], weights)).flatten(1).sum(1).tolist() == convolved.tolist()


def test_static_metrics_by_hand():
    """Linear 3 → 3 with 3 zeros of 9; batch norm of 3: 6 parameters, 6 running statistics, 1 counter of 8 bytes."""
    model = nn.Sequential(linear(NEUROBENCH), nn.BatchNorm1d(3))
    assert connection_sparsity(model) == 3 / 9
    assert footprint(model) == 4 * (9 + 6 + 6) + 8


def test_activation_sparsity_counts_neurons_that_stay_silent():
    """Integrate-and-fire, threshold 1, input 0.6 0 for 2 steps: of 4 outputs one fires (0.6 + 0.6 at t 1)."""
    neuron = Neuron(hand_neuron())
    with SynapseProbe([("row", neuron)]) as probe:
        neuron(torch.tensor([[[0.6, 0.0]], [[0.6, 0.0]]]))
    assert probe.activation_sparsity == 3 / 4


BLOCKS = ("SRB_k3", "skip_connect")


@pytest.fixture(scope="module")
def probed_child():
    """A child of the tiny study with random weights on random images: layers, tally, probe and images' shape."""
    config = tiny_config(neuron=hand_neuron().model_copy(update={"threshold": 0.3}), time_steps=3)
    architecture = Architecture(BLOCKS)
    child = place(build_child(config, architecture, 1), torch.device("cpu"))
    layers = layer_specs(config.network.macro, architecture, config.input, config.neuron_parameters)
    tree, tally = PrefixTree(child, [architecture]), Tally()
    stages = [(row.name, stage) for row, stage in zip(layers, child.stages(architecture), strict=True)]
    with SynapseProbe(stages) as probe:
        for seed in (0, 1):
            images = torch.randn(4, 1, 8, 8, generator=torch.Generator().manual_seed(seed))
            tree.evaluate(images, torch.zeros(4, dtype=torch.long), [tally])
    return layers, tally, probe, child


def test_the_stem_multiplies_once_and_everything_after_it_accumulates(probed_child):
    """Stem 1 → 4, 3×3, padding 1, on 8×8: (3·8 − 2)² = 484 places read per channel pair, no pixel is exactly 0."""
    _, _, probe, _ = probed_child
    stem, *others = probe.operations(3)
    assert (stem.effective_macs, stem.dense) == ((4 * 484.0, 0, 0), 4 * 484.0)
    assert all(sum(entry.effective_macs) == 0 for entry in others)
    assert sum(others[0].effective_acs) > 0


def test_readers_of_counted_spikes_agree_with_the_ledger_s_spikes(probed_child):
    """Layer 3 is a projection 4 → 6, 1×1: each spike of the pool, counted in the map, reaches 6 outputs; the output
    layer's 20 neurons read each spike of layer 3."""
    _, tally, probe, _ = probed_child
    _, _, pool, projection, output = probe.operations(3)
    pool_spikes, projection_spikes = tally.spike_map[2], tally.spike_map[3]
    assert pool.dense == 0
    assert np.allclose(projection.effective_acs, 6 * pool_spikes)
    assert np.allclose(output.effective_acs, 20 * projection_spikes)
    assert pool_spikes.sum() > 0 < projection_spikes.sum()


def test_the_estimate_is_exact_where_it_says_so_and_near_elsewhere(probed_child):
    layers, tally, probe, _ = probed_child
    estimated, found = estimate_operations(layers, tally.spike_map), probe.operations(3)
    for exact in (3, 4):
        assert np.allclose(estimated[exact].effective_acs, found[exact].effective_acs)
    # the 3×3 block: padding counts as connected, (24/22)² ≈ 1.19 at 8×8, and both its neurons as firing alike
    assert 1 < sum(estimated[1].effective_acs) / sum(found[1].effective_acs) < 1.6


def test_activation_sparsity_is_one_minus_the_firing_rate_of_neurons_without_pools(probed_child):
    layers, tally, probe, _ = probed_child
    neurons = [i for i, row in enumerate(layers) if row.block != "max_pool"]
    outputs = sum(layers[i].output_elements for i in neurons) * 3
    assert probe.activation_sparsity == pytest.approx(1 - tally.spike_map[neurons].sum() / outputs)


def test_the_measured_ledger_sums_to_n(probed_child):
    layers, tally, probe, _ = probed_child
    account = ledger(layers, tally.spike_map, probe.operations(3), EnergyModel(), "measured")
    assert account.spikes == tally.average_spikes > 0


def test_the_probe_leaves_no_hooks_and_changes_no_result(probed_child):
    _, _, _, child = probed_child
    modules = list(child.modules())
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in modules)
    images = torch.randn(4, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    architecture = child.only_architecture
    names = [str(i) for i in range(len(child.stages(architecture)))]
    without = child(images)
    with SynapseProbe(list(zip(names, child.stages(architecture), strict=True))):
        probed = child(images)
    assert all(torch.equal(a, b) for a, b in zip(without, probed, strict=True))


def test_accumulates_are_those_spikingjelly_counts(probed_child):
    """SpikingJelly's SynOpCounter watches the operators below the modules."""
    _, _, _, child = probed_child
    images = torch.randn(4, 1, 8, 8, generator=torch.Generator().manual_seed(3))
    architecture, counter = child.only_architecture, SynOpCounter()
    stages = [(str(i), stage) for i, stage in enumerate(child.stages(architecture))]
    with torch.no_grad(), SynapseProbe(stages) as probe:
        child(images)
    attach(child, "torch")  # the kernels pass below torch's operators
    with torch.no_grad(), DispatchCounterMode([counter]):
        child(images)
    ours = sum(sum(entry.effective_acs) for entry in probe.operations(3)) * len(images)
    assert ours == counter.get_total() > 0
