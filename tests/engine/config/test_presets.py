"""Presets hold the paper's recipe where they say so."""

import pytest

from engine.analysis.published import paper_and_here
from engine.config.presets import PRESETS
from engine.space.architecture import Architecture

LAMBDA = {"lambda-0": 0.0, "lambda-0.16": -0.16, "lambda-0.24": -0.24}
PAPER = [preset for preset in PRESETS.values() if preset.paper]


@pytest.mark.parametrize("preset", PAPER, ids=lambda preset: preset.key)
def test_a_paper_preset_is_the_papers_recipe(preset):
    config = preset.config
    assert (config.supernet.epochs, config.supernet.batch_size, config.supernet.learning_rate) == (600, 96, 1e-3)
    assert (config.search.generations, config.search.population, config.search.parents) == (20, 20, 10)
    assert config.search.fitness_lambda == LAMBDA.get(preset.key, -0.08)
    assert config.search.mutation_probability == 0.2
    assert config.network.time_steps == (1 if preset.key == "ann-space" else 8)
    assert (config.data.split, config.data.validation_fraction) == ("contiguous", 0.2)


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
