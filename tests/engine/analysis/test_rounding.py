"""Neurons behind an average pool: never at the threshold in exact arithmetic, by rounding in floating point."""

import copy
import math
from fractions import Fraction

import pytest
import torch

from engine.analysis.rounding import FLOAT32, FLOAT64, least_w, rounded_layers, rounding_note
from engine.analysis.sanity import Facts, Result, warnings
from engine.backends.cpu.library import library
from engine.backends.dispatch import attach
from engine.config.network import NeuronConfig
from engine.config.presets import PRESETS
from engine.model.blocks import AvgPool
from engine.model.network import build_child
from engine.space.architecture import Architecture
from engine.space.macro import Layer, MacroArchitecture
from tests.engine.tiny import tiny_config

SNN_4 = PRESETS["snn-4"].config.network
POOLED = MacroArchitecture(stem_channels=4, layers=(Layer(channels=4), Layer(kind="avg_pool", stride=2)))
CONFIG = tiny_config(macro=POOLED, candidates=("SCB_k3",), neuron=NeuronConfig(), time_steps=8)
SINGLE, DOUBLE = (FLOAT32, torch.float32), (FLOAT64, torch.float64)


def pool(w, dtype, time_steps):
    """Spikes [T] of the neuron behind an average pool whose four inputs fire at every step."""
    made = AvgPool(SNN_4.model_copy(update={"time_steps": time_steps})).to(dtype)
    with torch.no_grad():
        made.neuron.w.fill_(w)
        return made(torch.ones(time_steps, 1, 1, 2, 2, dtype=dtype))[0].flatten().tolist()


@pytest.mark.parametrize("a", [Fraction(1, 2), Fraction(7, 8), Fraction(999_999, 1_000_000)])
def test_in_exact_arithmetic_the_potential_stays_below_the_threshold(a):
    """H[t] = V + a·(1 − V) from V = 0: 1 − (1 − a)ᵗ, below 1 for every a < 1, here over 64 steps."""
    v = Fraction(0)
    for t in range(1, 65):
        v += a * (1 - v)
        assert v == 1 - (1 - a) ** t < 1


@pytest.mark.parametrize(
    ("steps", "precision", "w"),
    [
        (8, SINGLE, 2.04),  # (1 − a)⁸ = 2⁻²⁵: 1 − a = 0.1146, w = ln(0.8854 / 0.1146)
        (4, SINGLE, 4.32),  # 1 − a = 2^−6.25 = 0.01314
        (8, DOUBLE, 4.67),  # 2^−(54 / 8) = 0.00929
        (4, DOUBLE, 9.36),
    ],
)
def test_from_this_w_on_it_rounds_to_the_threshold(steps, precision, w):
    bits, dtype = precision
    assert least_w(steps, bits) == pytest.approx(w, abs=0.005)
    assert sum(pool(w - 0.02, dtype, steps)) == 0
    assert pool(w + 0.02, dtype, steps) == [0] * (steps - 1) + [1], "once, at the last step"


def test_the_bound_by_hand():
    left = 2 ** (-25 / 8)
    assert least_w(8) == pytest.approx(math.log((1 - left) / left))
    assert 1 / (1 + math.exp(-least_w(8))) == pytest.approx(1 - left)
    assert least_w(64) == 0, "from a = 1/2 down a step is rounded away"
    assert sum(pool(-0.02, torch.float32, 64)) == 0 < sum(pool(0.02, torch.float32, 64))


def test_a_patch_with_one_silent_input_never_fires():
    """Mean 3/4: H stays at 3/4 at most, whatever w."""
    made = AvgPool(SNN_4)
    with torch.no_grad():
        made.neuron.w.fill_(30.0)
        x = torch.ones(8, 1, 1, 2, 2)
        x[..., 0, 0] = 0
        assert made(x)[0].sum() == 0


def pooled_network(dtype=torch.float32):
    """One block that always fires (a current of 30 at every step), an average pool with w = 3, and the output."""
    network = build_child(CONFIG, Architecture(("SCB_k3",)), 0).to(dtype).eval()
    with torch.no_grad():
        for module in network.modules():
            if hasattr(module, "running_mean"):
                module.weight.fill_(0.0)
                module.bias.fill_(30.0)
        network.layers[1].neuron.w.fill_(3.0)
    return network


def counts(network):
    """Spikes of the pool [T] on one image."""
    dtype = next(network.parameters()).dtype
    with torch.no_grad():
        return network(torch.zeros(1, 1, 8, 8, dtype=dtype))[1][2].tolist()


def test_n_depends_on_the_precision():
    """4 channels of 4×4 patches, always on. w = 3: 1 − a = 0.0474; 0.0474⁵ = 2.4·10⁻⁷ and 0.0474⁶ = 1.1·10⁻⁸ lie
    above and below 2⁻²⁵ = 3·10⁻⁸, so float32 fires at step 6; 0.0474⁸ lies above 2⁻⁵⁴, so float64 never does."""
    assert counts(pooled_network()) == [0, 0, 0, 0, 0, 64, 0, 0]
    assert counts(pooled_network(torch.float64)) == [0] * 8


@pytest.mark.skipif(library() is None, reason="no C++ compiler")
def test_the_cpu_kernels_round_as_torch_does():
    network = pooled_network()
    plain = copy.deepcopy(network)
    attach(network, "cpu")
    for w in (2.02, 2.06, 3.0):
        with torch.no_grad():
            network.layers[1].neuron.w.fill_(w)
        plain.load_state_dict(network.state_dict())
        assert counts(network) == counts(plain)
        assert (sum(counts(plain)) > 0) == (w > 2.04)


def test_the_layers_are_those_of_the_macro_architecture():
    assert rounded_layers(SNN_4) == ("2", "5", "8")
    assert rounded_layers(PRESETS["snn-2"].config.network) == ("GAP",)
    assert rounded_layers(PRESETS["paper-cifar10"].config.network) == ()


@pytest.mark.parametrize(
    "neuron",
    [
        {"threshold": 0.99},  # reached by 1 − (1 − a)ᵗ
        {"threshold": 1.01},  # reached by nothing, in any precision
        {"kind": "if"},  # adds up what it reads
        {"kind": "lif"},  # no w of its own
    ],
)
def test_other_neurons_have_no_note(neuron):
    network = SNN_4.model_copy(update={"neuron": NeuronConfig(**neuron)})
    assert rounded_layers(network) == ()
    assert rounding_note(network) == ""


def test_the_note_names_layers_steps_and_w():
    note = rounding_note(SNN_4.model_copy(update={"time_steps": 4}))
    assert note.startswith("Average pooling: the neurons of layers 2, 5 and 8 read averages of spikes and never reach")
    assert "float32 rounding" in note
    assert "within T = 4 where the layer's w is 4.32 or more" in note


def result(what="the winner", rates=None, **more):
    return Result(what, 0.9, 50.0, 10, 40, rates, **more)


def warned(*results):
    return [one for one in warnings(Facts(CONFIG, 60.0, None, results)) if one.code == "rounding"]


def test_a_result_is_warned_of_where_such_a_layer_fires():
    [found] = warned(result(rates={"stem": 0.1, "1": 0.1, "2": 0.01, "output": 0.1}))
    assert found.message.startswith("Spikes by rounding: the neurons of layer 2 of the winner read averages")
    assert found.advice.startswith("Try: max-pools")
    assert warned(result(rates={"stem": 0.1, "1": 0.1, "2": 0.0, "output": 0.1})) == []
    assert warned(result()) == [], "nothing is known of its layers"


def test_arms_have_networks_of_their_own():
    one = result("arm “SNN_4”", network=SNN_4, fired=frozenset({"2", "5", "stem"}))
    other = result("arm “SNN_2”", network=PRESETS["snn-2"].config.network, fired=frozenset({"GAP"}))
    [found] = warned(one, other, result("arm “SNN_1”", fired=frozenset({"1"})))
    assert "the neurons of layers 2 and 5 of arm “SNN_4”" in found.message
    assert found.message.endswith("So it is with GAP of arm “SNN_2”.")
