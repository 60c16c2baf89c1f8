"""Which back end runs a network: the fastest that works where it is placed; plain torch whenever that one cannot."""

import copy

import pytest
import torch

from engine.backends.cpu.forward import CpuBackend
from engine.backends.cpu.library import library
from engine.backends.dispatch import attach, choose, place
from engine.model.network import Network, build_child
from tests.engine.tiny import tiny_config

CPU = torch.device("cpu")
needs_kernels = pytest.mark.skipif(library() is None, reason="no C++ compiler: there are no kernels to choose")


@pytest.fixture
def network():
    config = tiny_config()
    return build_child(config, config.space.at(4), 0)


@pytest.fixture
def in_torch(monkeypatch):
    """The images of each call that plain torch did."""
    seen = []
    plainly = Network.forward_in_torch
    monkeypatch.setattr(
        Network, "forward_in_torch", lambda self, images, path: (seen.append(images), plainly(self, images, path))[1]
    )
    return seen


IMAGES = torch.rand(2, 1, 8, 8)


def test_a_network_starts_in_plain_torch(network, in_torch):
    network(IMAGES)
    assert len(in_torch) == 1


@needs_kernels
def test_on_a_cpu_the_kernels_are_chosen(network, in_torch):
    assert choose(CPU) == "cpu"
    place(network, CPU)(IMAGES)
    assert isinstance(network.backend, CpuBackend)
    assert not in_torch


def test_a_run_that_was_begun_without_kernels_goes_on_without(network):
    assert choose(CPU, kernels=False) == "torch"
    assert place(network, CPU, kernels=False).backend is None


def test_where_there_are_no_kernels_plain_torch_is_chosen(monkeypatch):
    monkeypatch.setattr("engine.backends.dispatch.library", lambda: None)
    assert choose(CPU) == "torch"


def test_on_a_gpu_the_triton_kernels_are_chosen_where_they_are_trusted(monkeypatch):
    for trusted, chosen in ((True, "gpu"), (False, "torch")):
        monkeypatch.setattr("engine.backends.dispatch.trusted", lambda device, found=trusted: found)
        assert choose(torch.device("cuda")) == chosen


@needs_kernels
def test_a_back_end_can_be_taken_away(network, in_torch):
    place(network, CPU)
    attach(network, "torch")
    network(IMAGES)
    assert len(in_torch) == 1


@needs_kernels
@pytest.mark.parametrize(
    "change",
    [
        lambda network: network.double(),
        lambda network: network.stem.register_forward_hook(lambda *_: None),
        lambda network: network.to("meta"),
    ],
    ids=["double precision", "a hook", "another device"],
)
def test_what_changes_a_placed_network_lets_plain_torch_run_it(network, change):
    place(network, CPU)
    change(network)
    assert not network.backend.may_run(network)


@needs_kernels
def test_gradients_of_images_are_plain_torch_s(network, in_torch):
    place(network, CPU).train()(IMAGES.clone().requires_grad_())
    assert len(in_torch) == 1


@needs_kernels
def test_a_copy_has_a_back_end_of_its_own(network):
    copied = copy.deepcopy(place(network, CPU))
    assert isinstance(copied.backend, CpuBackend)
    assert copied.backend is not network.backend
    assert copied.backend.workspace is not network.backend.workspace
