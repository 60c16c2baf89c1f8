"""Zero-cost proxies on networks whose scores one can work out by hand."""

import math
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from engine.config.network import NeuronConfig
from engine.config.recipe import RetrainConfig
from engine.data.load import load
from engine.model.network import build_child
from engine.model.neurons import Neuron
from engine.proxies.hamming import hamming, kernel
from engine.proxies.saliency import grad_norm, snip
from engine.proxies.scores import PROXIES, proxy_batch, scores
from engine.proxies.synaptic_flow import synflow
from engine.space.architecture import Architecture
from engine.space.macro import Layer, MacroArchitecture
from tests.engine.tiny import tiny_config


class OneLayer(nn.Module):
    """A linear layer, and integrate-and-fire neurons where `neuron` is given: one time step, one neuron a class."""

    def __init__(self, weights, neuron=None):
        super().__init__()
        self.config = SimpleNamespace(retrain=RetrainConfig())
        self.linear = nn.Linear(len(weights[0]), len(weights), bias=False)
        self.linear.weight.data = torch.tensor(weights)
        self.neuron = neuron

    def forward(self, x):
        current = self.linear(x)[None]  # [T = 1, N, classes]
        return (current if self.neuron is None else self.neuron(current))[0], torch.zeros(1, 1)


def test_a_linear_layer_by_hand():
    # outputs (1, 2), wanted (1, 0): L = (0² + 2²) ÷ 2, ∂L/∂output = (0, 2), ∂L/∂W = ((0, 0), (2·1, 2·2))
    network, x, label = OneLayer([[1.0, 0.0], [0.0, 1.0]]), torch.tensor([[1.0, 2.0]]), torch.tensor([0])
    assert snip(network, x, label) == pytest.approx(0 * 2 + 1 * 4)
    assert grad_norm(network, x, label) == pytest.approx(math.sqrt(2**2 + 4**2))


def test_a_layer_of_neurons_has_its_surrogate_gradient_by_hand():
    # potentials (1, ½), spikes (1, 0), wanted (0, 1): ∂L/∂S = (1, −1); arctangent of α = 2 at H − θ = 0 and −½
    neuron = Neuron(NeuronConfig(kind="if", surrogate="atan", surrogate_alpha=2.0))
    network, x, label = OneLayer([[1.0], [0.5]], neuron), torch.tensor([[1.0]]), torch.tensor([1])
    below = 1 / (1 + (math.pi / 2) ** 2)
    assert snip(network, x, label) == pytest.approx(1 * 1 + 0.5 * below)
    assert grad_norm(network, x, label) == pytest.approx(math.sqrt(1 + below**2))


def test_the_kernel_of_two_patterns_by_hand():
    # half of 4 neurons fire for each, 2 differ: 4 − 2 · 0.5 ÷ (½·½ + ½·½ + 0.001)
    found = kernel(torch.tensor([[1.0, 1, 0, 0], [1, 0, 1, 0]], dtype=torch.float64))
    assert found.tolist() == [[4, pytest.approx(4 - 1 / 0.501)], [pytest.approx(4 - 1 / 0.501), 4]]


def test_unrelated_patterns_are_equally_far_however_sparse_they_are():
    generator = torch.Generator().manual_seed(0)
    draws = torch.rand(4, 200_000, generator=generator)
    spikes = (draws < torch.tensor([[0.5], [0.5], [0.1], [0.1]])).double()
    distances = 1 - kernel(spikes) / spikes.shape[1]
    assert distances[0, 1] == pytest.approx(0.5, abs=0.01)
    assert distances[2, 3] == pytest.approx(0.5, abs=0.01)


def test_the_hamming_score_is_the_log_determinant_of_the_mean_kernel():
    # two layers' worth of the patterns above is their mean, the kernel itself: log(4² − 2.004²)
    neuron = Neuron(NeuronConfig(kind="if"))
    network = OneLayer([[1.0, 0], [1, 0], [0, 0], [0, 0]], neuron)
    network.linear.weight.data = torch.tensor([[1.0, 1], [1, 0], [0, 1], [0, 0]])
    off = 4 - 1 / 0.501
    assert hamming(network, torch.eye(2)) == pytest.approx(math.log(4**2 - off**2))
    assert not network.neuron._forward_hooks


def one_stem(weight: float):
    """Stem of one channel with 9 weights, skip, 2×2 pool, 10 outputs; every classifier weight is −0.5."""
    macro = MacroArchitecture(stem_channels=1, layers=(Layer(), Layer(kind="max_pool", stride=2)), votes_per_class=1)
    network = build_child(tiny_config(macro=macro), Architecture(("skip_connect",)), 0)
    network.stem.conv.conv.weight.data.fill_(weight)
    network.classifier.linear.weight.data.fill_(-0.5)
    return network


def test_synaptic_flow_by_hand():
    # ones of 8×8: all 16 windows of the pool hold an inner pixel (9 weights read ones) but the corners: still one at
    # (1, 1), so each of the 16 features is 9·|w| and R = 10 outputs · 16 · ½ · 9·|w|; each of the two layers gives R
    assert synflow(one_stem(-2.0)) == pytest.approx(2 * 10 * 16 * 0.5 * 9 * 2)


def test_synaptic_flow_leaves_the_network_as_it_is():
    network = one_stem(-2.0)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    synflow(network)
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_scores_depend_on_the_seed_alone(tmp_path):
    config = tiny_config()
    batch = proxy_batch(config, load(config, tmp_path))
    first = scores(config, Architecture.from_code("R3-C3"), batch)
    assert tuple(first) == PROXIES
    assert first == scores(config, Architecture.from_code("R3-C3"), batch)
    other = scores(config.model_copy(update={"seed": 1}), Architecture.from_code("R3-C3"), batch)
    assert all(other[name] != first[name] for name in PROXIES)
    assert all(map(math.isfinite, first.values()))
