"""Each field of a config that changes what is done changes what card and method tell of it, in words of the field."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from engine.config.algorithms import BUILT_IN
from engine.config.objectives import Objective
from engine.config.presets import PRESETS
from engine.config.study import StudyConfig
from engine.schema.own import SOURCES
from tests.engine.describe.told import card, changed, told
from tests.own_blocks import registered

QUICK = PRESETS["quick-look"].config
IMAGES = changed(QUICK, data={"dataset": "images", "path": "mine.zip", "channels": 1, "classes": 7, "image_size": 16})
EVENTS = changed(
    QUICK, data={"dataset": "events", "path": "mine.zip", "sensor_size": 64, "classes": 7, "image_size": 16}
)
LIF = changed(QUICK, network__neuron__kind="lif")
ANALYSIS = changed(QUICK, analysis={"arms": [{"label": "one", "architectures": ["S-C3-R3"]}]})
ZOO = changed(ANALYSIS, analysis__arms=[{"label": "one", "zoo": "fang-2021"}])
BASELINES = changed(QUICK, retrain__baselines=["fang-2021"])
SHA = "ab" * 32

NOT_TOLD = {
    "version": "what a version left out by default is told field by field",
    "name": "what a study is called changes nothing; it is the title of the card",
    "analysis.order": "the order of trainings, which changes none of them",
    "parts": "a part that the config does not name is dropped; one that it names is told, see below",
    "data.path": "where files lie on one machine; what they hold is named by its SHA-256",
}
"""Fields that no text follows, each with its reason."""

Change = tuple[StudyConfig, Any, str]
"""A config in which the field matters, another value, and a word that stands in both texts then."""
CHANGES: dict[str, Change] = {
    "seed": (QUICK, 41, "Seed 41"),
    "data.dataset": (QUICK, "cifar10", "CIFAR-10"),
    "data.image_size": (QUICK, 32, "32×32"),
    "data.train_samples": (QUICK, 777, "at most 777 training samples"),
    "data.test_samples": (QUICK, 222, "at most 222 test samples"),
    "data.validation_fraction": (QUICK, 0.35, "35% of the training set"),
    "data.split": (QUICK, "contiguous", "the last 20% of the training set by index"),
    "data.augment": (QUICK, False, "no augmentation"),
    "data.augmentation": (QUICK, "crop_flip", "horizontal flip"),
    "data.encoding": (QUICK, "latency", "latency coding"),
    "data.frames_by": (EVENTS, "duration", "of equal duration"),
    "data.classes": (IMAGES, 9, "9 classes"),
    "data.channels": (IMAGES, 3, "RGB"),
    "data.sensor_size": (EVENTS, 99, "sensor of 99 pixels"),
    "data.content_sha256": (QUICK, SHA, SHA),
    "network.macro.stem_channels": (QUICK, 11, "stem convolution with 11 channels"),
    "network.macro.extra_stem": (QUICK, "pool_conv", "extra stem"),
    "network.macro.layers": (QUICK, [{"kind": "search", "channels": 5}], "1 searched layer"),
    "network.macro.global_average_pooling": (QUICK, True, "spiking global average pooling"),
    "network.macro.votes_per_class": (QUICK, 3, "3 output neurons for each class"),
    "network.candidates": (QUICK, ["SCB_k3", "SIB_k3_e1", "SRB_k3"], "SIB_k3_e1"),
    "network.neuron.kind": (QUICK, "if", " IF neurons"),
    "network.neuron.tau": (LIF, 3.5, "τ = 3.5"),
    "network.neuron.threshold": (QUICK, 0.75, "threshold 0.75"),
    "network.neuron.reset": (QUICK, "soft", "soft reset"),
    "network.neuron.surrogate": (QUICK, "triangle", "triangle surrogate"),
    "network.neuron.surrogate_alpha": (QUICK, 4.5, "α = 4.5"),
    "network.time_steps": (QUICK, 13, "13 time steps"),
    "network.batch_norm": (QUICK, "over_time", "over all time steps together"),
    "search.algorithm": (QUICK, "nsga2", "NSGA-II"),
    "search.objective": (QUICK, "priced", "accuracy less a price for spikes"),
    "search.generations": (QUICK, 17, "17 generations"),
    "search.population": (QUICK, 12, "generations of 12"),
    "search.parents": (QUICK, 3, "3 parents"),
    "search.mutations": (QUICK, 4, "4 by mutation"),
    "search.crossovers": (QUICK, 4, "4 by crossover"),
    "search.mutation_probability": (QUICK, 0.45, "probability 0.45"),
    "search.crossover_cut": (QUICK, "all_layers", "cut between any two layers"),
    "search.ties": (QUICK, "oldest", "the oldest ranks first"),
    "supernet.unsampled": (QUICK, "drift", "moved on by momentum"),
    "search.fitness_lambda": (QUICK, -0.31, "λ = -0.31"),
    "search.batch_size": (QUICK, 61, "batches of 61"),
    "search.seed": (QUICK, 53, "a seed of its own, 53"),
    "search.recalibration_batches": (QUICK, 23, "23 batches of training samples"),
    "retrain.winner": (QUICK, False, "no winner is trained"),
    "retrain.seeds": (QUICK, 3, "the winner with seeds 1 to 2"),
    "retrain.trust": (QUICK, 19, "up to 19 evaluated architectures"),
    "retrain.baselines": (QUICK, ["fang-2021"], "CIFARNet (Fang 2021) with C = 256"),
    "retrain.baseline_channels": (BASELINES, 24, "C = 24"),
    "analysis": (QUICK, {"arms": [{"label": "one", "architectures": ["S-C3-R3"]}]}, "without a search"),
    "runtime.threads": (QUICK, 7, "7 CPU threads"),
    "runtime.device": (QUICK, "cuda", "device cuda"),
    "runtime.precision": (QUICK, "bfloat16", "bfloat16"),
}
RECIPE: dict[str, tuple[Any, str]] = {
    "epochs": (37, "37 epochs"),
    "batch_size": (29, "batch size 29"),
    "learning_rate": (0.0123, "learning rate 0.0123"),
    "optimizer": ("sgd", "SGD"),
    "weight_decay": (0.0007, "weight decay 0.0007"),
    "schedule": ("step", "step schedule"),
    "loss": ("cross_entropy", "cross-entropy"),
    "spike_regularisation": (0.13, "λ_reg = 0.13"),
    "cutout": (5, "cutout of 5×5"),
}
CHANGES |= {f"{part}.{field}": (QUICK, *change) for part in ("supernet", "retrain") for field, change in RECIPE.items()}

IN_LAYERS: dict[str, tuple[Any, str]] = {
    "kind": ({"kind": "avg_pool", "stride": 2}, "average pool with neurons"),
    "channels": ({"channels": 21}, "21 channels"),
    "stride": ({"channels": 8, "stride": 2}, "stride 2"),
    "candidates": ({"channels": 8, "candidates": ["SIB_k3_e3"]}, "only SIB_k3_e3"),
}
"""Of the second layer."""
IN_ANALYSIS: dict[str, Change] = {
    "seeds": (ANALYSIS, 4, "seeds 0 to 3"),
    "table": (ANALYSIS, "blocks", "Blocks in SNN_1"),
    "train_on": (ANALYSIS, "train", "the training samples alone"),
    "operations": (ANALYSIS, True, "synaptic operations were counted"),
    "arms": (ANALYSIS, [{"label": "two", "architectures": ["C5-C5-C5"]}], "C5-C5-C5"),
    "arms.0.label": (ANALYSIS, "mine", "“mine”"),
    "arms.0.architectures": (ANALYSIS, ["C5-C5-C5"], "C5-C5-C5"),
    "arms.0.random": (ANALYSIS, 6, "6 architectures drawn uniformly"),
    "arms.0.zoo": (ANALYSIS, "fang-2021", "CIFARNet (Fang 2021)"),
    "arms.0.zoo_channels": (ZOO, 48, "C = 48"),
    "arms.0.network": (
        ANALYSIS, json.loads(changed(QUICK, network__neuron__threshold=0.6).canonical())["network"], "threshold 0.6",
    ),
    "arms.0.data": (ANALYSIS, {"dataset": "digits", "image_size": 32}, "32×32"),
    "arms.0.retrain": (ANALYSIS, {"epochs": 3, "cutout": 4}, "cutout of 4×4"),
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def own_objective():
    with registered(Objective("priced", "accuracy less a price for spikes", lambda one: one.accuracy - one.spikes)):
        yield


def fields(model: type[BaseModel], path: str = "") -> Iterator[str]:
    """Every field by its dotted path; those of a part stand in its place, a list or what may be empty is one field."""
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from fields(inner, f"{path}{name}.")
        else:
            yield f"{path}{name}"


def test_every_field_of_a_config_is_here():
    assert set(fields(StudyConfig)) == set(CHANGES) | {field for field in NOT_TOLD if field != "analysis.order"}


def test_every_field_of_layers_and_analyses_is_here():
    from engine.config.analysis import AnalysisConfig, Arm
    from engine.space.macro import Layer

    assert set(fields(Layer)) == set(IN_LAYERS)
    arms = {f"arms.0.{name}" for name in fields(Arm)}
    assert set(fields(AnalysisConfig)) | arms == set(IN_ANALYSIS) | {"order"}


@pytest.mark.parametrize("field", CHANGES)
def test_another_value_is_told(field):
    base, value, word = CHANGES[field]
    before, after = told(base), told(changed(base, **{field.replace(".", "__"): value}))
    for text in ("card", "method"):
        assert after[text] != before[text], text
        assert word.lower() in after[text].lower(), (text, after[text])
        assert word.lower() not in before[text].lower(), text


@pytest.mark.parametrize("field", IN_LAYERS)
def test_another_layer_is_told(field):
    value, word = IN_LAYERS[field]
    before, after = told(QUICK), told(changed(QUICK, network__macro__layers__2=value))
    for text in ("card", "method"):
        assert word in after[text] != before[text]
        assert word not in before[text]


@pytest.mark.parametrize("field", IN_ANALYSIS)
def test_another_analysis_is_told(field):
    base, value, word = IN_ANALYSIS[field]
    before, after = told(base), told(changed(base, **{f"analysis__{field.replace('.', '__')}": value}))
    for text in ("card", "method"):
        assert word in after[text], after[text]
        assert word not in before[text]


@pytest.mark.parametrize("field", NOT_TOLD)
def test_what_changes_nothing_is_not_told(field):
    base, value = {
        "analysis.order": (ANALYSIS, "seeds"), "data.path": (IMAGES, "yours.zip"), "version": (QUICK, 1),
        "name": (QUICK, "Other"), "parts": (QUICK, {"search.mine": SHA}),
    }[field]  # fmt: skip
    assert told(changed(base, **{field.replace(".", "__"): value})) == told(base)


def test_an_own_part_is_told_with_the_hash_of_its_source():
    for text in told(changed(QUICK, search__objective="priced")).values():
        assert f"the objective 'priced' (SHA-256 of its source {SOURCES['objective.priced']})" in text
    assert all("own parts" not in text for text in told(QUICK).values())


@pytest.mark.parametrize("algorithm", BUILT_IN)
def test_only_the_evolution_is_called_spike_aware(algorithm):
    for text in told(changed(QUICK, search__algorithm=algorithm)).values():
        assert ("spike-aware" in text) == (algorithm == "evolution")


def test_no_text_tells_of_a_search_that_an_analysis_did_not_do():
    for text in told(ANALYSIS).values():
        assert "spike-aware" not in text
        assert "found by" not in text
    assert "supernet was trained" not in told(ANALYSIS)["method"]


@pytest.mark.parametrize("field", ["threshold", "surrogate", "reset", "time constant", "spiking neural"])
def test_ann_mode_has_no_words_of_spiking_neurons(field):
    relu = changed(QUICK, network__neuron__kind="relu", network__time_steps=1, network__macro__votes_per_class=1)
    for text in told(relu).values():
        assert field not in text
    assert "ANN mode" in card(relu)
