"""Shapes, parameters, multiply-accumulates and counted output elements, worked by hand."""

import pytest

from engine.blocks.registry import BLOCKS
from engine.config.presets import snn
from engine.errors import ShapeError
from engine.space.architecture import Architecture
from engine.space.macro import Layer, MacroArchitecture
from engine.space.shapes import Input, block_row, layer_specs

CIFAR = Input(3, 32, 32, 10)


def uniform(block):
    return layer_specs(snn(16), Architecture((block,) * 5), CIFAR)


def test_output_elements_of_srb_in_snn_1_layer_by_layer():
    # stem 16·32²; R: 2·16·32²; pool 16·16²; R, R: 2·32·16² each; pool 32·8²; R, R: 2·64·8² each; pool 64·4²; 100 votes
    expected = [16384, 32768, 4096, 16384, 16384, 2048, 8192, 8192, 1024, 100]
    assert [row.output_elements for row in uniform("SRB_k3")] == expected


@pytest.mark.parametrize(
    ("block", "spikes", "rate"),
    [("SCB_k3", 154e3, 0.18), ("SRB_k3", 146e3, 0.17), ("SIB_k3_e1", 243e3, 0.23), ("SIB_k3_e3", 374e3, 0.17)],
)
def test_published_spikes_per_output_element_give_the_published_firing_rate(block, spikes, rate):
    outputs = sum(row.output_elements for row in uniform(block))
    assert round(spikes / (outputs * 8), 2) == rate


def test_autosnn_16_ends_in_1024_features_and_100_voters():
    walk = uniform("SCB_k3")
    assert walk[-2].shape == (64, 4, 4)
    assert walk[-1].shape == (100, 1, 1)
    assert walk[-1].macs == 1024 * 100


def test_an_srb_that_widens_has_a_projection():
    # 3·3·(16·32 + 32·32) weights, two batch norms of 32, two PLIF w; projection 16·32 and its batch norm
    row = block_row("4", BLOCKS["SRB_k3"], (16, 16, 16), 32, 1, 1)
    assert row.parameters == 9 * (512 + 1024) + 2 * 64 + 2 + 512 + 64
    assert row.macs == (9 * (512 + 1024) + 512) * 256


def test_an_identity_skip_costs_and_counts_nothing():
    row = block_row("1", BLOCKS["skip_connect"], (16, 8, 8), 16, 1, 1)
    assert (row.parameters, row.macs, row.output_elements) == (0, 0, 0)


def test_a_pool_on_a_single_pixel_names_its_layer():
    pool = Layer(kind="max_pool", stride=2)
    macro = MacroArchitecture(layers=(Layer(channels=4), pool, pool, pool, pool))
    with pytest.raises(ShapeError, match=r"layer 5 \(max_pool\): its input is 1×1"):
        layer_specs(macro, Architecture(("SCB_k3",)), Input(1, 8, 8, 10))
