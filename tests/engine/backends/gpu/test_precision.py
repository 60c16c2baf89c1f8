"""bfloat16: spikes are exact in it, weights are rounded, and what is kept for the way back takes half."""

import pytest
import torch
import torch.nn.functional as F

from engine.backends.gpu.stage import FusedStage
from engine.backends.plan import Plans
from engine.config.parse import parse_config
from engine.config.presets import PRESETS
from engine.cost.memory import kept_on_gpu
from engine.model.blocks import over_time
from engine.model.network import build_child
from engine.process.device import spike_type
from tests.engine.backends.cpu.firing_networks import firing_network


def config_in(precision, preset="quick-look", **network):
    document = PRESETS[preset].config.model_dump(mode="json")
    document["runtime"]["precision"] = precision
    document["network"] |= network
    return parse_config(document)


def kept(network, images):
    """Bytes of the different arrays that a step keeps for the way back, weights aside."""
    found = {}
    own = {p.untyped_storage().data_ptr() for p in network.parameters()}

    def pack(tensor):
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            found[storage.data_ptr()] = (storage.nbytes(), tensor)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        network.train()(images)
    return sum(size for size, _ in found.values())


def rounded(block, x):
    """A block of two convolutions in plain torch: they compute in bfloat16, all between them in single precision."""
    for conv_norm, neuron in ((block.first, block.neuron1), (block.second, block.neuron2)):
        current = F.conv2d(x.flatten(0, 1), conv_norm.conv.weight.bfloat16(), padding=conv_norm.conv.padding)
        x = neuron(conv_norm.bn(over_time(current, x).float())).bfloat16()
    return x


def test_spikes_are_those_behind_convolutions_in_bfloat16(device):
    network, plain, *_ = firing_network(config_in("bfloat16", time_steps=3), "C3-C3-S")
    block, own = (made.to(device).train().stages(made.only_architecture)[1] for made in (network, plain))
    fused = FusedStage(block, Plans().of(network.stages(network.only_architecture))[1], torch.bfloat16)
    x = (torch.rand(3, 4, 8, 16, 16) < 0.3).to(device, torch.bfloat16)
    spikes, counts = fused(x)
    expected = rounded(own, x)
    assert spikes.dtype == torch.bfloat16
    assert 500 < spikes.sum(dtype=torch.float32) < counts.sum(), "the counts have the first neurons' spikes too"
    assert (spikes != expected).float().mean() <= 1e-3
    slope = torch.linspace(-1, 1, spikes.numel(), device=device).view(spikes.shape)
    for made in (spikes, expected):
        (made.float() * slope).sum().backward()
    for (name, ours), theirs in zip(block.named_parameters(), own.parameters(), strict=True):
        assert (ours.grad - theirs.grad).norm() <= 0.05 * theirs.grad.norm(), name


def test_a_network_of_them_gives_single_precision_rates(device):
    network, _, images, _ = firing_network(config_in("bfloat16", time_steps=3), "R3-C3-S")
    rates, counts = network.to(device).train()(images.to(device))
    assert rates.dtype == counts.dtype == torch.float32
    assert torch.equal(counts, counts.round())
    assert counts[-1].sum() > 0, "its outputs must fire"


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_what_a_step_keeps_is_what_was_estimated(device, precision):
    """Of the space's heaviest path, within a fifth."""
    config = config_in(precision, time_steps=4)
    heaviest = max(
        (config.space.at(i) for i in range(config.space.size)),
        key=lambda path: sum(p.numel() for p in build_child(config, path, 0).parameters()),
    )
    network, _, images, _ = firing_network(config, heaviest.code, samples=8)
    estimated = kept_on_gpu(config, config.supernet.model_copy(update={"batch_size": 8}))
    assert kept(network.to(device), images.to(device)) == pytest.approx(estimated, rel=0.2)


def test_spike_types():
    assert spike_type("bfloat16") == torch.bfloat16
    assert spike_type("tf32") == spike_type("float32") == torch.float32
