"""Every preset that is badged as the paper's, held against a table of what the paper and its reference code do.

Sources: Na et al., ICML 2022, and the reference code (GitHub nabk89/AutoSNN at 53b4818), file by file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.config.presets import PRESETS, Preset
from engine.config.recipe import Recipe
from engine.config.study import StudyConfig
from engine.space.candidates import AUTOSNN_CANDIDATES
from engine.space.macro import MacroArchitecture
from tests.engine.config.macro_facts import MACROS, read

PAPER = [preset for preset in PRESETS.values() if preset.paper]
ANN = ("ann-space",)
"""Searched without spiking neurons (section 5, table 7 of the paper)."""

RECIPE: dict[str, Any] = {
    "epochs": 600,  # 1_script_train_supernet.sh, retrain/train.py
    "batch_size": 96,
    "learning_rate": 1e-3,
    "optimizer": "adam",
    "weight_decay": 0.0,
    "schedule": "constant",
    "loss": "mse",
    "spike_regularisation": 0.0,
    "cutout": 0,
}
ANN_RECIPE = RECIPE | {"loss": "cross_entropy"}  # both train.py, neuron == 'ANN'
SEARCH: dict[str, Any] = {
    "algorithm": "evolution",
    "generations": 20,  # search_arch/search.py
    "population": 20,
    "parents": 10,
    "mutations": 10,
    "crossovers": 10,
    "mutation_probability": 0.2,
    "batch_size": 96,
    "recalibration_batches": 0,
    "crossover_cut": "all_layers",  # search_arch/evolution_algo.py, _crossover
    "ties": "newest",  # the same, search: argsort reversed
    "fitness_lambda": -0.08,
}
LAMBDAS = {"lambda-0": 0.0, "lambda-0.16": -0.16, "lambda-0.24": -0.24, "ann-space": 0.0}
"""λ of the presets that do not take the default. Without spikes the fitness is the accuracy."""
NEURON: dict[str, Any] = {
    "kind": "plif", "tau": 2.0, "threshold": 1.0, "reset": "hard", "surrogate": "atan", "surrogate_alpha": 2.0,
}  # fmt: skip
"""1_script_train_supernet.sh; SpikingJelly's ATan with its default α."""
DATA: dict[str, Any] = {
    "dataset": "cifar10", "image_size": 32, "train_samples": None, "test_samples": None, "validation_fraction": 0.2,
    "split": "contiguous", "augment": True, "augmentation": None, "encoding": "direct",
}  # fmt: skip
SPACES = {"snn-2": "SNN_2", "snn-3": "SNN_3", "snn-4": "SNN_4", "autosnn-32": "AutoSNN_32", "autosnn-64": "AutoSNN_64"}
SPACES["autosnn-128"] = "AutoSNN_128"
"""Presets in another macro architecture than SNN_1."""
Part = Callable[[StudyConfig], Any]


def asked(part: Any, names: dict[str, Any]) -> dict[str, Any]:
    return {name: getattr(part, name) for name in names}


def recipe_of(preset: Preset) -> dict[str, Any]:
    return ANN_RECIPE if preset.key in ANN else RECIPE


@pytest.mark.parametrize("preset", PAPER, ids=lambda preset: preset.key)
class TestPaperPreset:
    def test_supernet(self, preset):
        expected = recipe_of(preset) | {"unsampled": "drift"}  # README: PyTorch 1.4, whose zero_grad leaves zeros
        assert preset.config.supernet.model_dump() == expected

    def test_retraining(self, preset):
        retrain, names = preset.config.retrain, Recipe.model_fields
        assert asked(retrain, names) == recipe_of(preset)
        assert (retrain.seeds, retrain.trust) == (1, 0)

    def test_search(self, preset):
        assert preset.config.search.model_dump() == SEARCH | {"fitness_lambda": LAMBDAS.get(preset.key, -0.08)}

    def test_data(self, preset):
        assert asked(preset.config.data, DATA) == DATA

    def test_network(self, preset):
        network, ann = preset.config.network, preset.key in ANN
        assert asked(network.neuron, NEURON) == NEURON | ({"kind": "relu"} if ann else {})
        assert network.time_steps == (1 if ann else 8)
        assert network.batch_norm == "per_step"
        assert network.macro.votes_per_class == (1 if ann else 10)
        assert network.candidates == AUTOSNN_CANDIDATES
        assert read(network.macro) == MACROS[SPACES.get(preset.key, "SNN_1")]

    def test_whole_precision(self, preset):
        assert preset.config.runtime.precision == "float32"

    def test_every_arm_is_trained_by_the_papers_recipe(self, preset):
        for arm in preset.config.analysis.arms if preset.config.analysis else ():
            own = preset.config.arm_config(arm)
            free = {"spike_regularisation": own.retrain.spike_regularisation}
            assert asked(own.retrain, Recipe.model_fields) == RECIPE | free, arm.label
            assert asked(own.network.neuron, NEURON) == NEURON, arm.label
            assert (own.network.time_steps, own.network.macro.votes_per_class) == (8, 10), arm.label
            assert (own.data.split, own.data.validation_fraction, own.data.encoding) == ("contiguous", 0.2, "direct")
            assert own.data.frames_by == "count", arm.label


def test_all_searches_of_table_2_are_there():
    found = {preset.config.search.fitness_lambda for preset in PAPER if preset.config.analysis is None}
    assert found == {0.0, -0.08, -0.16, -0.24}


def test_the_table_of_regularisation_has_the_papers_strengths():
    arms = PRESETS["table-regularisation"].config.analysis.arms
    strengths = {(arm.label.split()[0], arm.retrain.spike_regularisation) for arm in arms}
    blocks = ("SCB_k3", "SRB_k3", "SIB_k3_e1", "SIB_k3_e3")
    assert strengths == {(block, strength) for block in blocks for strength in (1.0, 0.1, 0.01)}


def test_the_table_of_macro_architectures_trains_two_blocks_in_each():
    arms = PRESETS["table-base"].config.analysis.arms
    rows = {(arm.label, *_searched(arm.network.macro, arm.architectures[0])) for arm in arms}
    codes = {"SCB_k3": "C3", "SRB_k3": "R3"}
    names = ("SNN_1", "SNN_2", "SNN_3", "SNN_4")
    assert rows == {(f"{name} {block}", name, code) for name in names for block, code in codes.items()}


def _searched(macro: MacroArchitecture, genome: str) -> tuple[str, str]:
    """The macro architecture's name, and the one block of a genome."""
    [name] = [name for name, facts in MACROS.items() if facts == read(macro)]
    [block] = set(genome.split("-"))
    return name, block


def test_the_space_quality_study_draws_100_of_each_macro_architecture():
    arms = PRESETS["space-quality"].config.analysis.arms
    assert [(arm.label, arm.random) for arm in arms] == [(f"SNN_{i}", 100) for i in (1, 2, 3, 4)]
    assert all(read(arm.network.macro) == MACROS[arm.label] for arm in arms)


TRANSFERS = {
    # data set → image size, extra stem, C of AutoSNN; Tiny-ImageNet and event data have the extra stem (†)
    "cifar100": (32, "none", 64),
    "svhn": (32, "none", 64),
    "tiny_imagenet": (64, "pool_conv", 64),
    "cifar10_dvs": (128, "pool_conv_pool", 16),
    "dvs128_gesture": (128, "pool_conv_pool", 16),
}


def test_the_table_of_transfers_trains_the_found_architecture_at_the_papers_widths():
    arms = [arm for arm in PRESETS["table-transfer"].config.analysis.arms if arm.zoo is None]
    found = {
        arm.data.dataset: (arm.data.image_size, arm.network.macro.extra_stem, arm.network.macro.stem_channels)
        for arm in arms
    }
    assert found == TRANSFERS
    assert {arm.architectures for arm in arms} == {("R5-R5-S-R3-R5",)}


@pytest.mark.parametrize("preset", [p for p in PRESETS.values() if not p.paper], ids=lambda preset: preset.key)
def test_a_preset_without_the_badge_says_nothing_of_the_papers_recipe_in_full(preset):
    assert "recipe in full" not in preset.summary
