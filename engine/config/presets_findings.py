"""The paper's architectural findings on the digits: one network a cell, trained long enough for all of them to show."""

from __future__ import annotations

from collections.abc import Mapping

from engine.config.data import DataConfig
from engine.config.presets_analysis import base_table, blocks_table, regularisation_table
from engine.config.study import StudyConfig
from engine.space.macro import MacroArchitecture

EPOCHS = 100
"""45 steps each on 1,438 images in batches of 32. At 235 steps nothing behind an average pool fires yet."""
SEEDS = 2
REGULARISATION = ("SCB_k3 λ_reg 0.01", "SCB_k3 λ_reg 1", "SCB_k3 λ_reg 0.1")
INVERTED = ("SIB_k3_e1", "SIB_k3_e3")


def findings_base(study: StudyConfig, macros: Mapping[str, MacroArchitecture]) -> StudyConfig:
    """SCB_k3 in each macro architecture, in the order of `macros`."""
    study = _on_digits(study)
    return _only(base_table(study, macros), [f"{name} SCB_k3" for name in macros])


def findings_regularisation(study: StudyConfig) -> StudyConfig:
    """SCB_k3 under each λ_reg; without it, it is SNN_1 of `findings_base`."""
    return _only(regularisation_table(_on_digits(study)), REGULARISATION)


def findings_blocks(study: StudyConfig) -> StudyConfig:
    """The inverted bottlenecks; SCB_k3 is SNN_1 of `findings_base`."""
    return _only(blocks_table(_on_digits(study), table=True), INVERTED)


def _on_digits(study: StudyConfig) -> StudyConfig:
    """The study on all digits at 16×16, T = 8, Adam at 3e-3 throughout, one thread."""
    recipe = {"epochs": EPOCHS, "batch_size": 32, "learning_rate": 3e-3}
    changes = {
        "data": DataConfig(dataset="digits", image_size=16),
        "retrain": study.retrain.model_copy(update=recipe),
        "runtime": study.runtime.model_copy(update={"threads": 1}),
    }
    return StudyConfig.model_validate(study.model_copy(update=changes).model_dump())


def _only(study: StudyConfig, labels: tuple[str, ...] | list[str]) -> StudyConfig:
    """The study with these arms, in this order; every arm with one seed before the next seed."""
    assert study.analysis is not None
    arms = {arm.label: arm for arm in study.analysis.arms}
    changes = {"arms": tuple(arms[label] for label in labels), "seeds": SEEDS, "order": "seeds"}
    return study.model_copy(update={"analysis": study.analysis.model_copy(update=changes)})
