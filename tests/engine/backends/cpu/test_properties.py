"""Whatever the network, the kernels and plain torch agree: spikes exactly, statistics and gradients closely."""

import copy

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings

from engine.backends.cpu.library import library
from engine.backends.dispatch import place
from engine.model.network import build_child
from engine.space.architecture import Architecture
from tests.engine.backends.cpu.network_strategies import NetworkCase, networks
from tests.engine.backends.cpu.test_equality import takes

pytestmark = pytest.mark.skipif(library() is None, reason="no C++ compiler: there are no kernels to compare")

SEEDS = 4
CLOSE = 5e-3
"""Of gradients. Few samples on a small map have a variance of which rounding is a thousandth; a wrong index shows as a
difference of the gradient's own size.
"""


class Pair:
    """A network that fires, a copy of it that runs in plain torch, and what both are given."""

    def __init__(self, case: NetworkCase, seed: int) -> None:
        torch.manual_seed(seed)
        self.ours = build_child(case.config, Architecture.from_code(case.code), seed)
        with torch.no_grad():
            self.ours.classifier.linear.weight.mul_(4)
            for module in self.ours.modules():
                if hasattr(module, "running_mean"):
                    module.bias.uniform_(0, 0.6)
        self.plain = copy.deepcopy(self.ours)
        place(self.ours, torch.device("cpu"))
        data, network = case.config.input, case.config.network
        frames = (network.time_steps,) if case.config.data.info.kind == "events" else ()
        self.images = torch.randn(case.samples, *frames, data.channels, data.height, data.width)
        self.labels = torch.randint(0, data.classes, (case.samples,))

    def step(self, network):
        network.train()
        rates, counts = network(self.images)
        wanted = F.one_hot(self.labels, rates.shape[1]).float()
        (F.mse_loss(rates, wanted) + 1e-3 * counts.sum() / len(wanted)).backward()
        return rates.detach(), counts.detach()

    @torch.no_grad()
    def evaluated(self, network, samples: int):
        return network.eval()(self.images[:samples])

    @torch.no_grad()
    def take_statistics(self) -> None:
        """Running statistics, the same in both."""
        for _ in range(5):
            self.ours.train()(torch.cat([self.images, self.images + 0.1]))
        self.plain.load_state_dict(self.ours.state_dict())


def pairs(case: NetworkCase):
    """Pairs of the case's network with one seed after another: a potential within rounding of the threshold is rare."""
    for k in range(SEEDS):
        yield Pair(case, case.seed + 1000 * k)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(networks())
def test_a_training_step_agrees(case):
    for pair in pairs(case):
        assert takes(pair.ours)
        (rates, counts), (expected, expected_counts) = pair.step(pair.ours), pair.step(pair.plain)
        if torch.equal(counts, expected_counts):
            break
    else:
        pytest.fail(f"spikes differ with every one of {SEEDS} seeds: {counts} {expected_counts}")
    assert torch.equal(rates, expected)
    whole = torch.cat([p.grad.flatten() for p in pair.plain.parameters()]).norm()
    assert whole > 0, "without a gradient this test would be empty"
    for (name, ours), theirs in zip(pair.ours.named_parameters(), pair.plain.parameters(), strict=True):
        assert (ours.grad - theirs.grad).norm() <= CLOSE * (theirs.grad.norm() + 0.01 * whole), name
    for (name, ours), theirs in zip(pair.ours.named_buffers(), pair.plain.buffers(), strict=True):
        assert torch.allclose(ours.double(), theirs.double(), rtol=1e-5, atol=1e-5), name


@settings(max_examples=60, deadline=None, derandomize=True)
@given(networks())
def test_an_evaluation_agrees_of_one_image_too(case):
    for samples in (1, case.samples):
        for pair in pairs(case):
            pair.take_statistics()
            (rates, counts), (expected, expected_counts) = (
                pair.evaluated(network, samples) for network in (pair.ours, pair.plain)
            )
            if torch.equal(counts, expected_counts):
                break
        else:
            pytest.fail(f"spikes differ with every one of {SEEDS} seeds: {counts} {expected_counts}")
        assert torch.equal(rates, expected)
