"""Our neurons against SpikingJelly's multi-step ones, and against sums done by hand."""

import pytest
import torch
from spikingjelly.activation_based import neuron as reference
from spikingjelly.activation_based import surrogate

from engine.config.network import NeuronConfig
from engine.model.neurons import Neuron

SHAPE = (8, 6, 16, 8, 8)


SURROGATES = {
    "atan": surrogate.ATan,
    "sigmoid": surrogate.Sigmoid,
    "erf": surrogate.Erf,
    "triangle": surrogate.PiecewiseQuadratic,
}


def spikingjelly(kind: str, tau: float, sharp: object, reset: str) -> torch.nn.Module:
    back_to = 0.0 if reset == "hard" else None
    shared = {"v_threshold": 1.0, "v_reset": back_to, "surrogate_function": sharp}
    shared |= {"detach_reset": True, "step_mode": "m"}
    if kind == "plif":
        return reference.ParametricLIFNode(init_tau=tau, decay_input=True, **shared)
    if kind == "lif":
        return reference.LIFNode(tau=tau, decay_input=True, **shared)
    return reference.IFNode(**shared)


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("tau", [2.0, 3.0])
@pytest.mark.parametrize("kind", ["plif", "lif", "if"])
@pytest.mark.parametrize("shape", SURROGATES)
@pytest.mark.parametrize("reset", ["hard", "soft"])
def test_spikes_equal_spikingjelly_and_gradients_agree(kind, tau, seed, shape, reset):
    torch.manual_seed(seed)
    ours = Neuron(NeuronConfig(kind=kind, tau=tau, surrogate=shape, surrogate_alpha=2.0, reset=reset))
    theirs = spikingjelly(kind, tau, SURROGATES[shape](alpha=2.0), reset)
    x = (torch.randn(SHAPE) * 1.5).requires_grad_()
    y = x.detach().clone().requires_grad_()
    spikes, expected = ours(x), theirs(y)
    assert spikes.sum() > 1000, "a silent layer would make this test empty"
    assert torch.equal(spikes, expected)
    incoming = torch.randn(SHAPE)
    spikes.backward(incoming)
    expected.backward(incoming)
    assert (x.grad - y.grad).norm() <= 1e-5 * y.grad.norm()


@pytest.mark.parametrize("shape", SURROGATES)
@pytest.mark.parametrize("reset", ["hard", "soft"])
def test_the_gradient_of_plifs_w_agrees(shape, reset):
    """In double precision: one sum over 49,152 terms of both signs, of which single precision keeps too little."""
    torch.manual_seed(0)
    ours = Neuron(NeuronConfig(kind="plif", tau=3.0, surrogate=shape, reset=reset)).double()
    theirs = spikingjelly("plif", 3.0, SURROGATES[shape](alpha=2.0), reset).double()
    x, incoming = torch.randn(SHAPE, dtype=torch.float64) * 1.5, torch.randn(SHAPE, dtype=torch.float64)
    ours(x).backward(incoming)
    theirs(x).backward(incoming)
    # w starts from −ln 2, which SpikingJelly keeps in single precision
    assert ours.w.grad.item() == pytest.approx(theirs.w.grad.item(), rel=1e-6)


def test_plif_starts_from_tau():
    """w₀ = −ln(τ₀ − 1), so that σ(w₀) = 1/τ₀."""
    neuron = Neuron(NeuronConfig(kind="plif", tau=4.0))
    assert torch.sigmoid(neuron.w).item() == pytest.approx(0.25)


def test_if_fires_by_hand():
    """0.6 each step: 0.6, 1.2 → fires and resets, 0.6, 1.2 → fires."""
    spikes = Neuron(NeuronConfig(kind="if"))(torch.full((4, 1), 0.6))
    assert spikes.flatten().tolist() == [0, 1, 0, 1]


def test_a_soft_reset_keeps_what_is_above_the_threshold():
    """0.75 each step: 0.75; 1.5 fires, 0.5 left; 1.25 fires, 0.25 left; 1 fires, nothing left; 0.75."""
    spikes = Neuron(NeuronConfig(kind="if", reset="soft"))(torch.full((5, 1), 0.75))
    assert spikes.flatten().tolist() == [0, 1, 1, 1, 0]


def test_ann_mode_is_relu():
    x = torch.tensor([[-1.0, 0.5]], requires_grad=True)
    y = Neuron(NeuronConfig(kind="relu"))(x)
    y.sum().backward()
    assert y.tolist() == [[0.0, 0.5]]
    assert x.grad.tolist() == [[0.0, 1.0]]


def test_threshold_is_inclusive():
    assert Neuron(NeuronConfig(kind="if"))(torch.ones(2, 1)).flatten().tolist() == [1, 1]


def test_lif_leaks_by_hand():
    """τ = 2, input 1.5: H = 0.75; 0.75 + (1.5 − 0.75)/2 = 1.125 → fires; 0.75; 1.125 → fires."""
    spikes = Neuron(NeuronConfig(kind="lif", tau=2.0))(torch.full((4, 1), 1.5))
    assert spikes.flatten().tolist() == [0, 1, 0, 1]


def test_negative_potential_is_kept():
    """−1, then +1.5 = 0.5: no spike; then +0.5 = 1.0: a spike."""
    spikes = Neuron(NeuronConfig(kind="if"))(torch.tensor([[-1.0], [1.5], [0.5]]))
    assert spikes.flatten().tolist() == [0, 0, 1]
