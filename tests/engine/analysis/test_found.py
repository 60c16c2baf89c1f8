"""Every architecture the paper found: encoded, decoded, built at every width, and counted."""

import pytest
import torch

from engine.config.data import DataConfig
from engine.config.network import NetworkConfig
from engine.config.presets import snn
from engine.config.presets_analysis import FOUND
from engine.config.study import StudyConfig
from engine.model.network import build_child, parameter_count
from engine.space.architecture import Architecture
from engine.space.shapes import layer_specs

STEMS = {"none": ("cifar10", 32, 3), "pool_conv": ("tiny_imagenet", 64, 3), "pool_conv_pool": ("cifar10_dvs", 128, 2)}


def study(channels: int, stem: str) -> StudyConfig:
    dataset, size, _ = STEMS[stem]
    macro = snn(channels).model_copy(update={"extra_stem": stem})
    data = DataConfig.model_validate({"dataset": dataset, "image_size": size})
    return StudyConfig(name="Found", data=data, network=NetworkConfig(macro=macro, time_steps=2))


@pytest.mark.parametrize("name", FOUND)
def test_its_genome_reads_back(name):
    architecture = Architecture.from_code(FOUND[name])
    assert architecture.code == FOUND[name]
    space = study(16, "none").space
    assert space.at(space.index(architecture)) == architecture


@pytest.mark.parametrize("stem", STEMS)
@pytest.mark.parametrize("channels", [16, 32])
@pytest.mark.parametrize("name", FOUND)
def test_it_builds_runs_and_is_counted(name, channels, stem):
    config, architecture = study(channels, stem), Architecture.from_code(FOUND[name])
    network = build_child(config, architecture, 0).eval()
    walk = layer_specs(config.network.macro, architecture, config.input)
    assert parameter_count(network) == sum(row.parameters for row in walk)
    _, size, frames = STEMS[stem]
    shape = (2, 2, frames, size, size) if frames == 2 else (2, frames, size, size)
    with torch.no_grad():
        rates, counts = network(torch.rand(shape, generator=torch.Generator().manual_seed(0)))
    assert rates.shape == (2, config.input.classes)
    assert counts.shape == (len(walk), 2)
    for row, step in zip(walk, counts.tolist(), strict=True):
        assert all(0 <= spikes <= 2 * row.output_elements for spikes in step)


@pytest.mark.parametrize("channels", [64, 128])
def test_the_wide_ones_are_counted_without_being_built(channels):
    config = study(channels, "none")
    for code in FOUND.values():
        walk = layer_specs(config.network.macro, Architecture.from_code(code), config.input)
        assert walk[-1].shape == (100, 1, 1)
        assert walk[-2].shape == (4 * channels, 4, 4)


def test_autosnn_16_counted_by_hand():
    """R5-R5-S-R3-R5: convolutions without bias, two batch-norm parameters a channel, one w a neuron layer."""
    stem = 9 * 3 * 16 + 2 * 16 + 1
    first = 2 * 25 * 16 * 16 + 4 * 16 + 2
    second = 25 * (16 * 32 + 32 * 32) + 4 * 32 + 2 + (16 * 32 + 2 * 32)  # with its 1×1 shortcut and its batch norm
    third = 0
    fourth = 9 * (32 * 64 + 64 * 64) + 4 * 64 + 2 + (32 * 64 + 2 * 64)
    fifth = 2 * 25 * 64 * 64 + 4 * 64 + 2
    output = 4 * 4 * 64 * 100 + 1
    counted = sum((stem, first, second, third, fourth, fifth, output))
    config, architecture = study(16, "none"), Architecture.from_code(FOUND["λ = −0.08 (AutoSNN)"])
    assert counted == 417_626
    assert parameter_count(build_child(config, architecture, 0)) == counted
