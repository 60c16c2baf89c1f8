"""Each family by hand: convolutions, parameters, multiply-accumulates and counted outputs, at a stride and a width."""

import pytest

from engine.blocks.registry import BLOCKS, BY_CODE, FAMILIES, family_of
from engine.errors import ShapeError
from engine.space.shapes import PlacedBlock

NAMES = {
    "skip": ["skip_connect"],
    "scb": ["SCB_k3", "SCB_k5", "SCB_k7"],
    "srb": ["SRB_k3", "SRB_k5", "SRB_k7"],
    "sib": ["SIB_k3_e1", "SIB_k3_e3", "SIB_k3_e6", "SIB_k5_e1", "SIB_k5_e3", "SIB_k5_e6"],
    "dsib": ["DSIB_k3_e1", "DSIB_k3_e3", "DSIB_k3_e6", "DSIB_k5_e1", "DSIB_k5_e3", "DSIB_k5_e6"],
}


def placed(name, channels, stride=1):
    """On 4 channels of 6×6."""
    return PlacedBlock("1", BLOCKS[name], (4, 6, 6), channels, stride)


def test_every_block_keeps_its_name_and_its_code():
    """They are in stored configs and genomes."""
    assert {family.name: [block.name for block in family.blocks] for family in FAMILIES.values()} == NAMES
    assert list(BLOCKS) == [name for names in NAMES.values() for name in names]
    assert " ".join(BY_CODE) == "S C3 C5 C7 R3 R5 R7 I3x1 I3x3 I3x6 I5x1 I5x3 I5x6 D3x1 D3x3 D3x6 D5x1 D5x3 D5x6"
    assert all(block.code.startswith(family_of(block).letter) for block in BLOCKS.values())


def weights(block):
    return {conv.name: (conv.weights, made) for conv, made in block.convolutions}


def test_a_skip_passes_on_projects_or_reduces():
    assert weights(placed("skip_connect", 4)) == {}
    assert weights(placed("skip_connect", 6)) == {"project": (24, (6, 6, 6))}
    assert weights(placed("skip_connect", 6, stride=2)) == {"reduce": (24, (6, 3, 3))}


def test_an_scb_is_two_convolutions_of_one_kernel():
    block = placed("SCB_k5", 8, stride=2)
    assert weights(block) == {"first": (25 * 4 * 8, (8, 3, 3)), "second": (25 * 8 * 8, (8, 3, 3))}
    row = block.row(neuron_parameters=1)
    assert row.parameters == 25 * (32 + 64) + 2 * 16 + 2  # two batch norms of 8, two PLIF w
    assert row.macs == 25 * (32 + 64) * 9
    assert row.inner_macs == 25 * 64 * 9  # the second convolution reads the block's own spikes
    assert row.output_elements == 2 * 8 * 9


@pytest.mark.parametrize(("channels", "stride", "projected"), [(4, 1, False), (8, 1, True), (4, 2, True)])
def test_an_srb_is_an_scb_with_a_shortcut_into_its_second_neurons(channels, stride, projected):
    scb, srb = (placed(name, channels, stride) for name in ("SCB_k3", "SRB_k3"))
    own = {name: found for name, found in weights(srb).items() if name not in weights(scb)}
    assert own == ({"shortcut": (4 * channels, srb.after)} if projected else {})
    assert srb.wiring[1].shortcut is not projected
    assert srb.row(1).output_elements == scb.row(1).output_elements


def test_a_sib_widens_before_its_kernel_and_has_a_shortcut_at_stride_1_alone():
    block = placed("SIB_k3_e3", 8)
    assert weights(block) == {
        "expand": (4 * 12, (12, 6, 6)),
        "spatial": (9 * 12 * 12, (12, 6, 6)),
        "project": (12 * 8, (8, 6, 6)),
        "shortcut": (4 * 8, (8, 6, 6)),
    }
    assert block.row(1).output_elements == (12 + 12 + 8) * 36
    reduced = placed("SIB_k3_e3", 8, stride=2)
    assert [made for _, made in reduced.convolutions] == [(12, 6, 6), (12, 3, 3), (8, 3, 3)]
    assert not reduced.wiring[-1].shortcut
    assert placed("SIB_k3_e3", 4).wiring[-1].shortcut


def test_a_dsib_is_a_sib_whose_kernel_sees_each_channel_alone():
    sib, dsib = placed("SIB_k5_e3", 8), placed("DSIB_k5_e3", 8)
    assert weights(dsib) == weights(sib) | {"spatial": (25 * 12, (12, 6, 6))}
    assert dsib.row(1).output_elements == sib.row(1).output_elements


def test_the_compiled_back_ends_know_all_but_the_depth_wise():
    for name in BLOCKS:
        for channels, stride in ((4, 1), (8, 1), (8, 2)):
            assert placed(name, channels, stride).compiles is (BLOCKS[name].family != "dsib")


@pytest.mark.parametrize(
    ("before", "channels", "reason"),
    [((4, 6, 6), 7, "output channels must be even, got 7"), ((4, 5, 6), 8, "its input is 5×6; both must be even")],
)
def test_a_skip_of_stride_2_halves_evenly(before, channels, reason):
    with pytest.raises(ShapeError, match=rf"^layer 3 \(skip_connect, stride 2\): {reason}$"):
        PlacedBlock("3", BLOCKS["skip_connect"], before, channels, 2)


def test_families_are_told_apart_without_colour():
    looks = [(family.letter, family.look.outline, family.look.arc) for family in FAMILIES.values()]
    assert looks == [
        ("S", "dashed", False), ("C", "solid", False), ("R", "solid", True), ("I", "solid", False),
        ("D", "dotted", False),
    ]  # fmt: skip
    for block in BLOCKS.values():
        fill = family_of(block).look.fill(block.kernel)
        assert (fill is None) == (block.family == "skip")
