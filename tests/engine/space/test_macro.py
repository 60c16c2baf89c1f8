"""Every macro architecture a user may write builds and runs, and has the shapes and parameters the walk says."""

import pytest
import torch

from engine.blocks.registry import BLOCKS
from engine.config.parse import parse_config
from engine.config.presets import snn, snn_3
from engine.config.study import StudyConfig
from engine.errors import ConfigError
from engine.model.network import build_child, build_supernet, parameter_count
from engine.space.architecture import Architecture
from engine.space.macro import MacroArchitecture
from engine.space.shapes import Input, layer_specs


def study(macro: MacroArchitecture, **network: object) -> StudyConfig:
    """On CIFAR-10-like input; other input sizes are set on the built config, whose data set would refuse them."""
    document = {
        "name": "Macro",
        "data": {"dataset": "cifar10", "image_size": 32},
        "network": {"macro": macro.model_dump(), "time_steps": 2, **network},
    }
    return parse_config(document)


def runs_as_the_walk_says(config: StudyConfig, architecture: Architecture) -> None:
    network = build_child(config, architecture, 0)
    seen = config.input
    layers = layer_specs(config.network.macro, architecture, seen, config.neuron_parameters)
    assert parameter_count(network) == sum(row.parameters for row in layers)
    x = network.as_frames(torch.rand(2, seen.channels, seen.height, seen.width))
    for stage, row in zip(network.stages(architecture), layers, strict=True):
        x, counted = stage(x)
        assert tuple(x.shape[2:]) == (row.shape if x.dim() == 5 else row.shape[:1])
        assert counted.shape == (config.network.time_steps,)
        assert 0 <= float(counted.detach().sum()) <= 2 * config.network.time_steps * row.output_elements


MACROS = {
    "SNN_1": snn(16),
    "SNN_2": snn(16, gap=True),
    "SNN_3": snn_3(16),
    "SNN_4": snn(16, pool="avg_pool"),
    "AutoSNN_32": snn(32),
    "AutoSNN_64": snn(64),
    "AutoSNN_128": snn(128),
    "Tiny-ImageNet stem": snn(16).model_copy(update={"extra_stem": "pool_conv"}),
    "event stem": snn(16).model_copy(update={"extra_stem": "pool_conv_pool"}),
}


@pytest.mark.parametrize("macro", MACROS.values(), ids=MACROS)
def test_every_macro_architecture(macro):
    config = study(macro)
    runs_as_the_walk_says(config, config.space.at(config.space.size // 2))


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("macro", [MACROS["SNN_1"], MACROS["SNN_3"]], ids=["pools", "strided"])
def test_every_block_with_pools_and_strided(block, macro):
    config = study(macro, candidates=[block])
    runs_as_the_walk_says(config, config.space.at(0))


@pytest.mark.parametrize(("size", "builds"), [(8, True), (16, True), (48, True), (64, True), (128, True), (7, False)])
def test_input_sizes(size, builds, monkeypatch):
    config = study(snn(16))
    monkeypatch.setattr(StudyConfig, "input", Input(3, size, size, 10))
    if builds:
        runs_as_the_walk_says(config, config.space.at(0))
    else:  # 7 → 3 → 1 → no third pool
        with pytest.raises(ConfigError, match=r"layer 8 \(max_pool\): its input is 1×1; a 2×2 pool needs"):
            parse_config(config.model_dump(mode="json"))


@pytest.mark.parametrize("steps", [1, 3, 64])
def test_time_steps(steps):
    config = study(snn(2), time_steps=steps)
    network = build_supernet(config, 0)
    rates, counts = network(torch.rand(2, 3, 32, 32), config.space.at(0))
    assert counts.shape[1] == steps
    assert rates.shape == (2, 10)


@pytest.mark.parametrize("statistics", ["per_step", "over_time"])
def test_batch_norm_statistics_train(statistics):
    config = study(snn(2), batch_norm=statistics)
    network = build_supernet(config, 0).train()
    network(torch.rand(4, 3, 32, 32), config.space.at(3124))[0].sum().backward()
    assert network.classifier.linear.weight.grad is not None


def test_ann_mode_is_a_plain_network_of_logits():
    macro = snn(4).model_copy(update={"votes_per_class": 1})
    config = study(macro, time_steps=1, neuron={"kind": "relu"})
    network = build_child(config, config.space.at(3124), 0)
    runs_as_the_walk_says(config, config.space.at(3124))
    logits, counts = network(torch.rand(2, 3, 32, 32))
    assert logits.min() < 0, "no neuron after the classifier"
    assert float(counts[-1].sum()) == 20, "2 images × 10 logits that are not zero"
    assert config.neuron_parameters == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"time_steps": 2}, r"network\.time_steps: ANN mode .* T = 1, got 2"),
        ({"macro": snn(4).model_dump()}, r"network\.macro\.votes_per_class: ANN mode .*: 1, got 10"),
    ],
)
def test_ann_mode_refuses_time_and_votes(change, message):
    macro = snn(4).model_copy(update={"votes_per_class": 1})
    with pytest.raises(ConfigError, match=message):
        parse_config(
            {
                "name": "ANN",
                "data": {"dataset": "cifar10", "image_size": 32},
                "network": {"macro": macro.model_dump(), "time_steps": 1, "neuron": {"kind": "relu"}, **change},
            }
        )
