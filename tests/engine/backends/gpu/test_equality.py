"""The Triton kernels compared with plain torch, on networks that fire: the same spikes, gradients within 1e-5."""

import copy

import pytest
import torch

from engine.backends.dispatch import attach, place
from engine.evaluation.prefix_tree import PrefixTree
from engine.evaluation.recalibration import recalibrated
from engine.evaluation.tally import Tally
from engine.model.network import build_supernet
from tests.engine.backends.cpu.firing_networks import config_of, firing_network
from tests.engine.backends.cpu.test_equality import (
    CASES,
    agree,
    assert_same_gradients,
    assert_same_statistics,
    step,
    takes,
)
from tests.engine.tiny import tiny_config

SEEDS = range(4)


@pytest.fixture(params=CASES, ids=str)
def case(request):
    preset, code, network = CASES[request.param]
    return config_of(preset, **copy.deepcopy(network) | {"time_steps": 3}), code


def both(case, device, seed, samples=2):
    """A network that the kernels run, a copy in plain torch, images and labels."""
    network, plain, images, labels = firing_network(*case, samples=samples, seed=seed)
    return place(network, device), plain.to(device), images.to(device), labels.to(device)


def test_training_has_the_same_spikes_and_gradients(case, device):
    for seed in SEEDS:
        network, plain, images, labels = both(case, device, seed)
        assert takes(network), "the kernels must run this one"
        rates, counts = step(network, images, labels)
        expected, expected_counts = step(plain, images, labels)
        if agree(counts, expected_counts):
            break
    else:
        pytest.fail(f"spikes differ with every one of {len(SEEDS)} seeds")
    assert torch.equal(rates, expected)
    assert_same_gradients(network, plain)
    assert_same_statistics(network, plain)


def test_evaluation_has_the_same_spikes(case, device):
    for seed in SEEDS:
        network, plain, images, labels = both(case, device, seed, samples=3)
        with torch.no_grad():
            for _ in range(20):
                plain.train()(images)
        network.load_state_dict(plain.state_dict())
        ours, theirs = Tally(), Tally()
        for made, tally in ((network, ours), (plain, theirs)):
            tree = PrefixTree(made, [made.only_architecture])
            assert tree.accelerated == (made is network)
            for at in (0, 2):  # the last batch is smaller
                tree.evaluate(images[at : at + 2], labels[at : at + 2], [tally])
        if agree(torch.from_numpy(ours.spikes), torch.from_numpy(theirs.spikes)):
            break
    else:
        pytest.fail(f"spikes differ with every one of {len(SEEDS)} seeds")
    assert ours.correct == theirs.correct
    assert ours.samples == 3


def test_many_tiles_add_up(device, monkeypatch):
    """As on a GPU, where a layer is cut into hundreds: each tile's sums, and those over programs and tiles."""
    monkeypatch.setattr("engine.backends.gpu.firing.TILE", 256)
    monkeypatch.setattr("engine.backends.gpu.firing.PROGRAMS", 3)
    monkeypatch.setattr("engine.backends.gpu.firing.BLOCK_P", 4)
    network, plain, images, labels = both((config_of("quick-look", time_steps=2), "R3-C3-S"), device, 0)
    counts, expected = step(network, images, labels)[1], step(plain, images, labels)[1]
    assert agree(counts, expected)
    assert_same_gradients(network, plain)
    assert_same_statistics(network, plain)


def test_the_same_bits_every_time(device):
    """No sum depends on which tile was done first."""
    found = []
    for _ in range(2):
        network, _, images, labels = both((config_of("quick-look", time_steps=2), "R3-C3-S"), device, 0)
        step(network, images, labels)
        found.append([p.grad for p in network.parameters()] + list(network.buffers()))
    assert all(torch.equal(one, two) for one, two in zip(*found, strict=True))


def test_a_supernet_s_path_alone_learns(device):
    config = tiny_config()
    network = place(build_supernet(config, 0), device).train()
    plain = copy.deepcopy(network)
    attach(plain, "torch")
    path = config.space.at(5)
    images = torch.rand(2, 1, 8, 8, device=device)
    for made in (network, plain):
        rates, counts = made(images, path)
        (rates.sum() + 1e-3 * counts.sum()).backward()
    learned = {name for name, p in network.named_parameters() if p.grad is not None}
    assert learned == {name for name, p in plain.named_parameters() if p.grad is not None}
    assert 0 < len(learned) < len(list(network.parameters()))


def test_event_frames_come_step_by_step(device):
    config = config_of("n-mnist-small")
    network, plain, *_ = both((config, config.space.at(0).code), device, 0)
    data, steps = config.input, config.network.time_steps
    frames = (torch.rand(2, steps, data.channels, data.height, data.width) < 0.3).float().to(device)
    counts, expected = network.train()(frames)[1], plain.train()(frames)[1]
    assert agree(counts.detach(), expected.detach())


def test_recalibration_averages_the_same_statistics(device):
    network, plain, images, _ = both((config_of("quick-look", time_steps=2), "R3-C3-S"), device, 0, samples=4)
    for made in (network, plain):
        with recalibrated(made, made.only_architecture, [images[:2], images[2:]]):
            made.kept = {name: buffer.clone() for name, buffer in made.named_buffers()}
    for name, ours in network.kept.items():
        assert torch.allclose(ours.double(), plain.kept[name].double(), rtol=1e-5, atol=1e-6), name


def test_a_network_with_hooks_runs_its_modules(device):
    network, _, images, _ = both((config_of("quick-look", time_steps=2), "R3-C3-S"), device, 0)
    seen = []
    handle = network.stem.register_forward_hook(lambda *_: seen.append(1))
    network(images)
    handle.remove()
    assert seen == [1]


def test_blocks_that_the_kernels_do_not_know_run_in_plain_torch(device):
    config = config_of("quick-look", time_steps=2, candidates=["DSIB_k3_e1", "SCB_k3"])
    network, plain, images, _ = both((config, config.space.at(0).code), device, 0)
    assert not takes(network)
    assert torch.equal(network(images)[1], plain(images)[1])


def test_as_many_steps_as_there_are_frames(device):
    """Whatever T the config names: as plain torch does it."""
    network, plain, *_ = both((config_of("n-mnist-small"), "R3-C3-S"), device, 0)
    data = network.config.input
    frames = (torch.rand(2, 9, data.channels, data.height, data.width) < 0.3).float().to(device)
    counts, expected = network.train()(frames)[1], plain.train()(frames)[1]
    assert counts.shape == expected.shape == (len(network.layer_specs(network.only_architecture)), 9)
    assert agree(counts.detach(), expected.detach())
