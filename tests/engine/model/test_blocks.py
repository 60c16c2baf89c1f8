"""Blocks: spike counts worked by hand, layer by layer, and shapes and parameters as the torch-free walk says."""

import math

import pytest
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from engine.blocks.registry import BLOCKS
from engine.config.network import NetworkConfig
from engine.config.presets import snn
from engine.model.blocks import (
    AvgPool,
    BatchNorm,
    Conv,
    FactorizedReduction,
    Identity,
    MaxPool,
    build_block,
)
from engine.space.shapes import block_row
from tests.engine.tiny import hand_neuron

T, N = 4, 1
NETWORK = NetworkConfig(macro=snn(16), neuron=hand_neuron(), time_steps=T)


def set_centre(convolution: nn.Conv2d, weight: float) -> None:
    """A k×k convolution that only multiplies: `weight` at the centre, 0 elsewhere."""
    centre = convolution.kernel_size[0] // 2
    with torch.no_grad():
        convolution.weight.zero_()
        convolution.weight[:, :, centre, centre] = weight


def plain(block: nn.Module) -> nn.Module:
    """Evaluation mode with batch norm as the exact identity (running variance 1 − ε)."""
    for module in block.modules():
        if isinstance(module, BatchNorm):
            module.running_var.fill_(1 - module.eps)
    return block.eval()


def ones(channels: int = 1, side: int = 2) -> torch.Tensor:
    return torch.ones(T, N, channels, side, side)


def test_scb_counts_both_neurons():
    """Drive 0.6: the first neuron of each of 4 pixels fires at t 2 and 4; ×2: the second with it."""
    block = plain(build_block(BLOCKS["SCB_k3"], 1, 1, 1, NETWORK))
    set_centre(block.first.conv, 0.6)
    set_centre(block.second.conv, 2.0)
    out, counted = block(ones())
    assert counted.tolist() == [0, 8, 0, 8]
    assert out.flatten(1).sum(1).tolist() == [0, 4, 0, 4]


def test_srb_shortcut_joins_before_the_second_neuron():
    """As above, but the shortcut brings 1 every step: the second neuron fires always, and only ones come out."""
    block = plain(build_block(BLOCKS["SRB_k3"], 1, 1, 1, NETWORK))
    set_centre(block.first.conv, 0.6)
    set_centre(block.second.conv, 0.6)
    out, counted = block(ones())
    assert counted.tolist() == [4, 8, 4, 8]
    assert set(out.unique().tolist()) == {1.0}


def test_sib_counts_three_neurons():
    """e = 3, stride 2, so without shortcut: 12 wide neurons at t 2, 4; the middle, of one place, sums 3 channels × 0.5
    = 1.5: 3; the projection 3 × 0.4 = 1.2: 1.
    """
    block = plain(build_block(BLOCKS["SIB_k3_e3"], 1, 1, 2, NETWORK))
    set_centre(block.expand.conv, 0.6)
    set_centre(block.spatial.conv, 0.5)
    set_centre(block.project.conv, 0.4)
    _, counted = block(ones())
    assert counted.tolist() == [0, 16, 0, 16]


def test_the_depth_wise_sib_sees_each_channel_alone():
    """Only the first of two channels carries spikes: the middle convolution keeps it from the second."""
    block = build_block(BLOCKS["DSIB_k3_e1"], 2, 2, 1, NETWORK)
    assert block.spatial.conv.groups == 2
    assert block.spatial.conv.weight.numel() == 9 * 2
    x = torch.zeros(T, N, 2, 4, 4)
    x[:, :, 0] = 1
    out = block.spatial.conv(x.flatten(0, 1))
    assert out[:, 0].any()
    assert not out[:, 1].any()


def test_identity_skip_counts_nothing():
    x = ones(3)
    out, counted = Identity()(x)
    assert out is x
    assert counted.tolist() == [0] * T


def test_factorized_reduction_sees_both_pixel_grids():
    """Odd pixels alone carry spikes: only the second convolution sees them."""
    block = plain(FactorizedReduction(1, 2, NETWORK))
    set_centre(block.even, 1.0)
    set_centre(block.odd, 1.0)
    x = torch.zeros(T, N, 1, 4, 4)
    x[..., 1::2, 1::2] = 1
    out, counted = block(x)
    assert out[:, :, 0].sum() == 0
    assert counted.tolist() == [4] * T


def test_max_pool_counts_its_ones_and_stays_binary():
    x = torch.zeros(T, N, 1, 4, 4)
    x[:, :, :, 0, :2] = 1
    out, counted = MaxPool(NETWORK)(x)
    assert counted.tolist() == [1] * T
    assert set(out.unique().tolist()) == {0.0, 1.0}


def test_average_pool_integrates_before_it_fires():
    """Half of each window is on: 0.5 a step, so its neuron fires at t 2 and 4."""
    x = torch.zeros(T, N, 1, 2, 2)
    x[..., 0, :] = 1
    _, counted = AvgPool(NETWORK)(x)
    assert counted.tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize("name", BLOCKS)
@pytest.mark.parametrize(("channels", "stride"), [(4, 1), (6, 1), (8, 2)])
def test_modules_have_the_shapes_and_parameters_of_the_walk(name, channels, stride):
    network = NETWORK.model_copy(update={"neuron": NetworkConfig(macro=snn(16)).neuron})
    row = block_row("x", BLOCKS[name], (4, 6, 6), channels, stride, 1)
    block = build_block(BLOCKS[name], 4, channels, stride, network)
    out, counted = block((torch.rand(T, 2, 4, 6, 6) < 0.5).float())
    assert tuple(out.shape) == (T, 2, *row.shape)
    assert sum(p.numel() for p in block.parameters()) == row.parameters
    assert (counted <= 2 * row.output_elements).all()


def test_batch_norm_per_step_equals_a_step_by_step_network():
    torch.manual_seed(0)
    x = torch.randn(3, 5, 4, 6, 6) * torch.arange(1, 4).view(3, 1, 1, 1, 1)
    ours, plain_norm = BatchNorm(4, "per_step"), nn.BatchNorm2d(4)
    expected = torch.stack([plain_norm(step) for step in x])
    assert torch.equal(ours(x), expected)
    assert torch.equal(ours.running_mean, plain_norm.running_mean)
    assert torch.equal(ours.running_var, plain_norm.running_var)


def test_batch_norm_over_time_equals_one_norm_over_all_steps():
    torch.manual_seed(0)
    x = torch.randn(3, 5, 4, 6, 6) * torch.arange(1, 4).view(3, 1, 1, 1, 1)
    expected = nn.BatchNorm2d(4)(x.flatten(0, 1)).reshape(x.shape)
    ours = BatchNorm(4, "over_time")(x)
    assert torch.equal(ours, expected)
    assert not math.isclose(ours[0].std().item(), ours[2].std().item(), rel_tol=0.1), "steps share one scale"


class Convolutions(TorchDispatchMode):
    """Kernel and stride of every convolution, forward and on the way back."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        if function is torch.ops.aten.convolution.default:
            self.seen.append((tuple(args[1].shape[2:]), tuple(args[3])))
        if function is torch.ops.aten.convolution_backward.default:
            self.seen.append((tuple(args[2].shape[2:]), tuple(args[4])))
        return function(*args, **(kwargs or {}))


@pytest.mark.parametrize("name", ["SRB_k3", "skip_connect"])
def test_no_1x1_convolution_is_given_a_stride(name):
    """The gradient of such a one writes past its array in oneDNN 3.12; its pixels are taken first."""
    network = NETWORK.model_copy(update={"neuron": NetworkConfig(macro=snn(16)).neuron})
    block = build_block(BLOCKS[name], 3, 8, 2, network)
    with Convolutions() as convolutions:
        block(torch.ones(T, 3, 3, 6, 6))[0].sum().backward()
    assert ((1, 1), (1, 1)) in convolutions.seen
    assert ((1, 1), (2, 2)) not in convolutions.seen


@pytest.mark.parametrize("size", [(6, 6), (7, 5), (1, 1)])
def test_a_1x1_convolution_with_a_stride_computes_what_torch_s_does(size):
    ours, theirs = Conv(3, 4, 1, 2, bias=False), nn.Conv2d(3, 4, 1, 2, bias=False)
    theirs.load_state_dict(ours.state_dict())
    inputs = [torch.rand(5, 3, *size, requires_grad=True) for _ in range(2)]
    inputs[1].data.copy_(inputs[0].data)
    outputs = [conv(x) for conv, x in zip((ours, theirs), inputs, strict=True)]
    for out in outputs:
        out.square().sum().backward()
    torch.testing.assert_close(*outputs)
    torch.testing.assert_close(inputs[0].grad, inputs[1].grad)
    torch.testing.assert_close(ours.weight.grad, theirs.weight.grad)
