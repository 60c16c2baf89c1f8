"""Presets are the studies their titles name; test_paper_facts.py holds the paper's recipe."""

import pytest

from engine.analysis.published import paper_and_here
from engine.config.presets import PRESETS
from engine.space.architecture import Architecture


def test_the_posters_tables_have_an_arm_for_each_of_their_rows():
    for key, table in (("table-base", "base"), ("table-blocks", "blocks"), ("table-regularisation", "regularisation")):
        analysis = PRESETS[key].config.analysis
        assert analysis.table == table
        assert {arm.label for arm in analysis.arms} == {line.paper.row for line in paper_and_here(table, {})}


def test_the_architectures_the_paper_found_are_in_its_space():
    config = PRESETS["found"].config
    for arm in config.analysis.arms:
        [code] = arm.architectures
        assert Architecture.from_code(code) in config.space
    # Na et al. 2022, the architectures found: λ −0.08 is SRB_k5 | SRB_k5 skip | SRB_k3 SRB_k5
    assert config.analysis.arms[1].architectures == ("R5-R5-S-R3-R5",)


@pytest.mark.parametrize(("key", "channels"), [("autosnn-32", 32), ("autosnn-64", 64), ("autosnn-128", 128)])
def test_wider_presets_scale_every_layer(key, channels):
    macro = PRESETS[key].config.network.macro
    assert [layer.channels for layer in macro.layers if layer.channels] == [
        channels, 2 * channels, 2 * channels, 4 * channels, 4 * channels
    ]  # fmt: skip
