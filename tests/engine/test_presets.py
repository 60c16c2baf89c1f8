"""Presets hold the paper's recipe where they say so."""

import pytest

from engine.presets import PRESETS

PAPER = [preset for preset in PRESETS.values() if preset.paper]


@pytest.mark.parametrize("preset", PAPER, ids=lambda preset: preset.key)
def test_a_paper_preset_is_the_papers_recipe(preset):
    config = preset.config
    assert (config.supernet.epochs, config.supernet.batch_size, config.supernet.learning_rate) == (600, 96, 1e-3)
    assert (config.search.generations, config.search.population, config.search.parents) == (20, 20, 10)
    assert (config.search.fitness_lambda, config.search.mutation_probability) == (-0.08, 0.2)
    assert (config.network.time_steps, config.data.split, config.data.validation_fraction) == (8, "contiguous", 0.2)


@pytest.mark.parametrize(("key", "channels"), [("autosnn-32", 32), ("autosnn-64", 64), ("autosnn-128", 128)])
def test_wider_presets_scale_every_layer(key, channels):
    macro = PRESETS[key].config.network.macro
    assert [layer.channels for layer in macro.layers if layer.channels] == [
        channels, 2 * channels, 2 * channels, 4 * channels, 4 * channels
    ]  # fmt: skip
