"""Supernet and child: a network counted by hand, shared weights, and every published macro architecture built."""

import random

import pytest
import torch

from engine.config.network import NetworkConfig
from engine.config.presets import PRESETS
from engine.config.study import StudyConfig
from engine.evaluation.prefix_tree import PrefixTree, evaluate
from engine.evaluation.tally import Tally
from engine.model.network import build_child, build_supernet, parameter_count
from engine.space.architecture import Architecture
from engine.space.macro import Layer, MacroArchitecture
from engine.space.shapes import layer_specs
from tests.engine.model.test_blocks import plain, set_centre
from tests.engine.tiny import hand_neuron, tiny_config


def hand_network():
    macro = MacroArchitecture(
        stem_channels=1, layers=(Layer(channels=1), Layer(kind="max_pool", stride=2)), votes_per_class=1
    )
    config = tiny_config().model_copy(
        update={"network": NetworkConfig(macro=macro, neuron=hand_neuron(), time_steps=4)}
    )
    network = plain(build_child(config, Architecture(("skip_connect",)), 0))
    set_centre(network.stem.conv.conv, 0.6)
    with torch.no_grad():
        network.classifier.linear.weight.fill_(1.1 / 16)
    return network


def test_spikes_of_a_small_network_by_hand():
    """8×8 ones × 0.6: 64 stem spikes at t 2, 4; skip none; the pool 16; 16 × 1.1/16 = 1.1: all 10 outputs fire."""
    rates, counts = hand_network()(torch.ones(1, 1, 8, 8))
    assert counts.tolist() == [[0, 64, 0, 64], [0, 0, 0, 0], [0, 16, 0, 16], [0, 10, 0, 10]]
    assert rates.tolist() == [[0.5] * 10]


def test_spikes_are_averaged_over_samples():
    tally = evaluate(
        hand_network(),
        [(torch.ones(2, 1, 8, 8), torch.tensor([0, 3])), (torch.zeros(2, 1, 8, 8), torch.tensor([0, 1]))],
    )
    assert tally.samples == 4
    assert tally.average_spikes == 180 * 2 / 4
    assert tally.spike_map.sum() == tally.average_spikes
    assert tally.accuracy == 0.5, "ties go to class 0"


@pytest.mark.parametrize("key", ["quick-look", "paper-cifar10", "snn-2", "snn-3", "snn-4"])
@pytest.mark.parametrize("salt", ["a", "b"])
def test_published_macro_architectures_build_as_the_walk_says(key, salt):
    config = PRESETS[key].config
    architecture = config.space.sample(random.Random(salt))
    network = build_child(config, architecture, 1)
    layers = layer_specs(config.network.macro, architecture, config.input, config.neuron_parameters)
    assert parameter_count(network) == sum(row.parameters for row in layers)
    data = config.input
    rates, counts = network(torch.randn(2, data.channels, data.height, data.width))
    assert rates.shape == (2, data.classes)
    assert counts.shape == (len(layers), config.network.time_steps)
    assert all((counts[i] <= 2 * row.output_elements).all() for i, row in enumerate(layers))


def test_extra_stems_and_event_frames():
    macro = MacroArchitecture(stem_channels=4, extra_stem="pool_conv_pool", layers=(Layer(channels=4),))
    config = tiny_config(macro=macro)
    network = build_child(config, Architecture(("SCB_k3",)), 1)
    frames = torch.randn(2, config.network.time_steps, 1, 8, 8)
    rates, counts = network(frames)
    assert rates.shape == (2, 10)
    assert [row.name for row in layer_specs(macro, Architecture(("SCB_k3",)), config.input)] == [
        "stem", "stem pool 1", "stem conv", "stem pool 2", "1", "output",
    ]  # fmt: skip
    assert counts.shape == (6, 2)


def firing_supernet(config: StudyConfig):
    """A supernet whose classifier is scaled so that outputs fire: an untrained one is silent there."""
    supernet = build_supernet(config, 3)
    with torch.no_grad():
        supernet.classifier.linear.weight.uniform_(-0.2, 0.5)
    supernet.train()
    torch.manual_seed(0)
    for k in range(4):
        supernet(torch.randn(16, 1, 8, 8), config.space.sample(random.Random(k)))
    return supernet.eval()


def test_the_prefix_tree_gives_the_numbers_of_one_network_at_a_time():
    config = tiny_config()
    supernet, everything = firing_supernet(config), list(config.space.enumerate())
    torch.manual_seed(1)
    images, labels = torch.randn(12, 1, 8, 8), torch.randint(0, 10, (12,))
    tallies = [Tally() for _ in everything]
    PrefixTree(supernet, everything).evaluate(images, labels, tallies)
    outputs = 0.0
    for architecture, tally in zip(everything, tallies, strict=True):
        with torch.no_grad():
            rates, counts = supernet(images, architecture)
        assert tally.spikes.tolist() == counts.double().tolist()
        assert tally.correct == int((rates.argmax(1) == labels).sum())
        outputs += counts[-1].sum().item()
    assert outputs > 100, "silent outputs would make this test empty"


def test_a_child_takes_its_weights_from_the_supernet_by_name():
    config = tiny_config()
    supernet, architecture = firing_supernet(config), Architecture(("SRB_k3", "SCB_k3"))
    child = build_child(config, architecture, 9)
    weights = supernet.state_dict()
    child.load_state_dict({key: weights[key] for key in child.state_dict()})
    images = torch.randn(4, 1, 8, 8)
    with torch.no_grad():
        assert torch.equal(child.eval()(images)[1], supernet(images, architecture)[1])


def test_the_same_seed_gives_the_same_weights_and_leaves_the_global_generator_alone():
    config = tiny_config()
    before = torch.get_rng_state()
    first, second = build_supernet(config, 7), build_supernet(config, 7)
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True))
