"""What drives what: the connections of every row agree with what the row counts, and lead where the wiring says."""

import pytest

from engine.blocks.registry import BLOCKS
from engine.space.architecture import Architecture
from engine.space.dataflow import INPUT, Connection, DataflowLayer, dataflow
from engine.space.macro import Layer, MacroArchitecture
from engine.space.shapes import Input, layer_specs

MACRO = MacroArchitecture(
    stem_channels=2,
    layers=(Layer(channels=2), Layer(kind="max_pool", stride=2), Layer(channels=4), Layer(kind="avg_pool", stride=2)),
    global_average_pooling=True,
    votes_per_class=1,
)
IMAGE = Input(1, 8, 8, 3)


def test_a_small_network_by_hand():
    """Stem 1 → 2 at 8×8 (128 elements), an identity skip, pool (32), SRB 2 → 4 at 4×4 (64), pool (16), GAP (4), 3 out.

    SRB: its second neurons read the first ones by 3×3, and the block's input by 1×1 where channels differ.
    """
    found = dataflow(MACRO, Architecture(("skip_connect", "SRB_k3")), IMAGE)
    assert found == [
        DataflowLayer("stem", 2, 128, (Connection("conv", INPUT, 64, 9 * 2 * 64, 18, 18),)),
        DataflowLayer("2", 2, 32, (Connection("plain", 0, 128, 128),), neurons=False),
        DataflowLayer("3", 4, 64, (Connection("conv", 1, 32, 72 * 16, 72, 36),)),
        DataflowLayer(
            "3", 4, 64, (Connection("conv", 2, 64, 144 * 16, 144, 36), Connection("conv", 1, 32, 8 * 16, 8, 4))
        ),
        DataflowLayer("4", 4, 16, (Connection("plain", 3, 64, 64),)),
        DataflowLayer("GAP", 4, 4, (Connection("plain", 4, 16, 16),)),
        DataflowLayer("output", 3, 3, (Connection("linear", 5, 4, 12, 12),)),
    ]
    assert [layer.parameters for layer in found] == [18 + 2, 0, 72 + 4, 152 + 4, 0, 0, 12 + 3]


def test_a_residual_block_of_equal_channels_adds_its_input_as_it_is():
    *_, second, pool = dataflow(MACRO, Architecture(("SRB_k3", "skip_connect")), IMAGE)[:4]
    assert second.drives[1] == Connection("plain", 0, 128, 128)
    assert pool.drives[0].source == 2


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("stride", [1, 2])
def test_every_block_s_layers_count_what_its_row_counts(block, stride):
    macro = MacroArchitecture(stem_channels=4, layers=(Layer(channels=6, stride=stride),), votes_per_class=1)
    architecture = Architecture((block,))
    layers, rows = dataflow(macro, architecture, IMAGE), layer_specs(macro, architecture, IMAGE)
    for row in rows:
        mine = [layer for layer in layers if layer.row == row.name]
        drives = [drive for layer in mine for drive in layer.drives]
        assert sum(drive.operations for drive in drives if drive.weights) == row.macs
        assert sum(layer.elements for layer in mine) == row.output_elements
