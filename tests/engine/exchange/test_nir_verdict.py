"""The NIR verdict, and every rewrite it promises computed beside what it stands for."""

import pytest
import torch
import torch.nn.functional as F

from engine.config.network import NeuronConfig
from engine.config.presets import PRESETS
from engine.config.study import StudyConfig
from engine.exchange.nir_verdict import verdict
from engine.model.blocks import AvgPool, ConvBN, FactorizedReduction, MaxPool
from engine.model.neurons import Neuron

QUICK = PRESETS["quick-look"].config


def with_network(**changes) -> StudyConfig:
    document = QUICK.model_dump()
    document["network"] |= changes
    return StudyConfig.model_validate(document)


@pytest.mark.parametrize("key", ["quick-look", "paper-cifar10", "snn-3", "snn-4", "table-transfer"])
def test_the_papers_spaces_can_be_written(key):
    assert verdict(PRESETS[key].config).expressible


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"neuron": {"reset": "soft"}}, "network.neuron.reset: "),
        ({"neuron": {"kind": "relu"}, "time_steps": 1}, "network.neuron.kind: "),
    ],
)
def test_what_nir_has_no_node_for_is_named_with_its_field(changes, field):
    if changes["neuron"].get("kind") == "relu":
        changes["macro"] = QUICK.network.macro.model_dump() | {"votes_per_class": 1}
    found = verdict(with_network(**changes))
    assert not found.expressible
    [obstacle] = found.obstacles
    assert obstacle.startswith(field)


def test_the_verdict_names_only_rewrites_that_the_space_needs():
    assert any("max-pool" in line for line in verdict(QUICK).rewrites)
    assert not any("stride 2" in line for line in verdict(QUICK).rewrites)
    average = verdict(PRESETS["snn-4"].config)
    assert not any("max-pool" in line for line in average.rewrites)
    assert any("stride 2" in line for line in verdict(PRESETS["snn-3"].config).rewrites)
    assert any("DSIB" in line for line in verdict(with_network(candidates=("DSIB_k3_e1",))).rewrites)
    assert not any("DSIB" in line for line in verdict(QUICK).rewrites)
    assert any("of equally many the one of lowest index" in line for line in verdict(QUICK).notes)


def spikes(*shape: int) -> torch.Tensor:
    return (torch.rand(*shape, generator=torch.Generator().manual_seed(1)) < 0.3).float()


def test_a_max_pool_of_spikes_is_leaky_neurons_after_an_average_pool():
    """v = v ÷ 2 + average of four; above ⅛ it fires and v is 0: so v is 0 before every step, and any spike fires."""
    x = spikes(3, 2, 4, 9, 8)
    pooled, _ = MaxPool(QUICK.network)(x)
    v = torch.zeros(2, 4, 4, 4)
    for step, expected in zip(x, pooled, strict=True):
        v = v / 2 + F.avg_pool2d(step, 2)
        fired = v > 0.125
        v = torch.where(fired, 0.0, v)
        assert torch.equal(fired.float(), expected)
        assert not v.any()


def test_every_pool_reads_spikes():
    x = spikes(4, 2, 4, 8, 8)
    average, _ = AvgPool(QUICK.network)(x)
    assert set(average.unique().tolist()) <= {0.0, 1.0}


def test_batch_norm_folds_into_its_convolution():
    torch.manual_seed(0)
    layer = ConvBN(3, 5, 3, 1, QUICK.network)
    layer(torch.randn(2, 4, 3, 6, 6))  # statistics other than the initial ones
    torch.nn.init.normal_(layer.bn.weight)
    layer.eval()
    scale = layer.bn.weight / torch.sqrt(layer.bn.running_var + layer.bn.eps)
    x = torch.randn(2, 4, 3, 6, 6)
    folded = F.conv2d(
        x.flatten(0, 1), layer.conv.weight * scale.reshape(-1, 1, 1, 1), layer.bn.bias - layer.bn.running_mean * scale,
        padding=1,
    )  # fmt: skip
    assert torch.allclose(layer(x).flatten(0, 1), folded, atol=1e-5)


def test_a_skip_of_stride_2_is_one_convolution():
    torch.manual_seed(0)
    skip = FactorizedReduction(4, 6, QUICK.network).eval()
    weight = torch.zeros(6, 4, 2, 2)
    weight[:3, :, 0, 0] = skip.even.weight[:, :, 0, 0]
    weight[3:, :, 1, 1] = skip.odd.weight[:, :, 0, 0]
    x = spikes(2, 3, 4, 8, 8)
    flat = x.flatten(0, 1)
    both = torch.cat([skip.even(flat), skip.odd(flat[:, :, 1:, 1:])], dim=1)
    assert torch.allclose(both, F.conv2d(flat, weight, stride=2), atol=1e-6)


def test_plif_is_lif_with_the_time_constant_it_learned():
    plif, lif = Neuron(NeuronConfig(kind="plif", tau=3.0)), Neuron(NeuronConfig(kind="lif", tau=3.0))
    x = torch.randn(6, 2, 4, 3, 3, generator=torch.Generator().manual_seed(2)) * 3
    assert torch.equal(plif(x), lif(x))
    assert plif(x).any()
