"""Named analysis studies: the poster's tables, and small ones on the digits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from engine.blocks.registry import BLOCKS
from engine.config.analysis import AnalysisConfig, Arm
from engine.config.catalog import DatasetName
from engine.config.data import DataConfig
from engine.config.network import NetworkConfig
from engine.config.recipe import RetrainConfig
from engine.config.study import StudyConfig
from engine.space.candidates import BlockName
from engine.space.macro import ExtraStem, MacroArchitecture

PAPER_BLOCKS: tuple[BlockName, ...] = ("SCB_k3", "SRB_k3", "SIB_k3_e1", "SIB_k3_e3")
FOUND = {
    "λ = 0": "R5-R5-R5-C5-R5",
    "λ = −0.08 (AutoSNN)": "R5-R5-S-R3-R5",
    "λ = −0.16": "R5-R5-S-R5-R5",
    "λ = −0.24": "S-R5-S-C5-R5",
    "random search, λ = 0": "C5-C5-R5-C5-R5",
    "random search, λ = −0.08": "R5-R5-R3-C3-R5",
    "ANN space": "R5-R3-C3-C5-R5",
}
"""Genomes the paper found in SNN_1 on CIFAR-10 (Na et al. 2022)."""

TRANSFERS: tuple[tuple[str, DatasetName, int, ExtraStem, int, str], ...] = (
    ("CIFAR-100", "cifar100", 32, "none", 64, ""),
    ("SVHN", "svhn", 32, "none", 64, ""),
    ("Tiny-ImageNet-200", "tiny_imagenet", 64, "pool_conv", 64, "†"),
    ("CIFAR10-DVS", "cifar10_dvs", 128, "pool_conv_pool", 16, "†"),
    ("DVS128-Gesture", "dvs128_gesture", 128, "pool_conv_pool", 16, "†"),
)
"""Title in the poster, data set, image size, extra stem, C, and the poster's mark for the extra stem."""
TRANSFER_BASELINES = {
    "CIFAR-100": (("Fang 2021", "fang-2021", 256),),
    "SVHN": (("Fang 2021", "fang-2021", 256),),
    "Tiny-ImageNet-200": (("Fang 2021", "fang-2021", 256),),
    "CIFAR10-DVS": (("Fang 2021", "fang-2021-cifar10-dvs", 128), ("Zheng 2021", "zheng-2021-resnet-17", 64)),
    "DVS128-Gesture": (("Fang 2021", "fang-2021-dvs128-gesture", 128), ("Zheng 2021", "zheng-2021-resnet-17", 64)),
}
"""System in the poster, its plan in the zoo, and C."""


def uniform(macro: MacroArchitecture, block: str) -> str:
    """The genome that has one block in every searched layer."""
    searched = sum(layer.kind == "search" for layer in macro.layers)
    return "-".join([BLOCKS[block].code] * searched)


def base_table(study: StudyConfig, macros: Mapping[str, MacroArchitecture]) -> StudyConfig:
    """The poster's GAP and down-sampling table: SCB_k3 and SRB_k3 in each macro architecture."""
    arms = [
        Arm(label=f"{name} {block}", architectures=(uniform(macro, block),), network=_network(study, macro))
        for name, macro in macros.items()
        for block in ("SCB_k3", "SRB_k3")
    ]
    return _with(study, AnalysisConfig(arms=tuple(arms), table="base"))


def blocks_table(study: StudyConfig, *, table: bool) -> StudyConfig:
    """One block in every layer of the study's macro architecture."""
    macro = study.network.macro
    network = _network(study, macro, PAPER_BLOCKS)
    arms = [Arm(label=block, architectures=(uniform(macro, block),), network=network) for block in PAPER_BLOCKS]
    return _with(study, AnalysisConfig(arms=tuple(arms), table="blocks" if table else None))


def regularisation_table(study: StudyConfig) -> StudyConfig:
    """Each block under λ_reg 1, 0.1 and 0.01."""
    macro = study.network.macro
    network = _network(study, macro, PAPER_BLOCKS)
    arms = [
        Arm(
            label=f"{block} λ_reg {strength:g}",
            architectures=(uniform(macro, block),),
            network=network,
            retrain=_recipe(study.retrain, strength),
        )
        for block in PAPER_BLOCKS
        for strength in (1.0, 0.1, 0.01)
    ]
    return _with(study, AnalysisConfig(arms=tuple(arms), table="regularisation"))


def space_quality(study: StudyConfig, macros: Mapping[str, MacroArchitecture], count: int) -> StudyConfig:
    """Random architectures of each space, compared as distributions."""
    arms = [Arm(label=name, random=count, network=_network(study, macro)) for name, macro in macros.items()]
    return _with(study, AnalysisConfig(arms=tuple(arms)))


def found_architectures(study: StudyConfig) -> StudyConfig:
    """What the paper's searches found, from scratch."""
    return _with(study, AnalysisConfig(arms=tuple(Arm(label=k, architectures=(code,)) for k, code in FOUND.items())))


def transfer(study: StudyConfig, macros: Mapping[str, MacroArchitecture], baselines: Sequence[str]) -> StudyConfig:
    """The paper's architecture at other widths, beside baselines of the zoo."""
    code = FOUND["λ = −0.08 (AutoSNN)"]
    arms = [Arm(label=name, architectures=(code,), network=_network(study, macro)) for name, macro in macros.items()]
    arms += [Arm(label=name, zoo=name) for name in baselines]
    return _with(study, AnalysisConfig(arms=tuple(arms)))


def transfer_table(study: StudyConfig, macro: Callable[[int, ExtraStem], MacroArchitecture]) -> StudyConfig:
    """The poster's transfer table: the found architecture and the baselines on the other data sets, from scratch.

    `macro` gives AutoSNN_C with an extra stem. Wu 2019b, He 2020 and Kaiser 2020 are quoted there, not retrained.
    """
    arms = []
    for title, dataset, size, stem, channels, dagger in TRANSFERS:
        data = DataConfig.model_validate({"dataset": dataset, "image_size": size, "split": "contiguous"})
        network = _network(study, macro(channels, stem))
        label = f"{title} AutoSNN{dagger} C={channels}"
        arms.append(Arm(label=label, architectures=(FOUND["λ = −0.08 (AutoSNN)"],), network=network, data=data))
        for system, zoo, width in TRANSFER_BASELINES[title]:
            arms.append(
                Arm(label=f"{title} {system} C={width}", zoo=zoo, zoo_channels=width, network=network, data=data)
            )
    return _with(study, AnalysisConfig(arms=tuple(arms), table="transfer"))


def every_architecture(study: StudyConfig, name: str, epochs: int = 10, seeds: int = 3) -> StudyConfig:
    """Every architecture of the study's space, trained on its training samples alone, so that validation is unseen."""
    arm = Arm(label="every architecture", random=study.space.size)
    changes = {
        "name": name,
        "retrain": study.retrain.model_copy(update={"epochs": epochs}),
        "runtime": study.runtime.model_copy(update={"threads": 1}),
    }
    analysis = AnalysisConfig(arms=(arm,), seeds=seeds, train_on="train", operations=True)
    return _with(study.model_copy(update=changes), analysis)


def on_digits(study: StudyConfig, name: str, epochs: int = 6) -> StudyConfig:
    """The study with fewer images and epochs, for analyses that run in minutes."""
    data = DataConfig(dataset="digits", image_size=16, train_samples=600)
    retrain = study.retrain.model_copy(update={"epochs": epochs})
    return study.model_copy(update={"name": name, "data": data, "retrain": retrain})


def on_two_cores(study: StudyConfig, seeds: int = 1) -> StudyConfig:
    """A CIFAR-10 study of the paper, its images, time steps and epochs cut to what two CPU cores do in half an hour.

    Enough to see in which direction spikes move; accuracy stays far below the paper's. Supernet and search keep the
    rules that docs/measured/directions.json was measured with.
    """
    data = study.data.model_copy(update={"train_samples": 1500, "test_samples": 500, "split": "stratified"})
    schedule = {"batch_size": 32, "learning_rate": 2e-3, "schedule": "cosine"}
    analysis = study.analysis
    if analysis is not None:
        arms = tuple(arm.model_copy(update=_smaller_parts(arm, schedule)) for arm in analysis.arms)
        analysis = analysis.model_copy(update={"arms": arms, "seeds": seeds})
    changes = {
        "data": data,
        "network": study.network.model_copy(update={"time_steps": 4}),
        "supernet": study.supernet.model_copy(
            update={**schedule, "epochs": 10, "schedule": "constant", "unsampled": "rest"}
        ),
        "search": study.search.model_copy(update={"crossover_cut": "searched_layers", "ties": "oldest"}),
        "retrain": study.retrain.model_copy(update={**schedule, "epochs": 5}),
        "analysis": analysis,
        "runtime": study.runtime.model_copy(update={"threads": 1}),
    }
    return StudyConfig.model_validate(study.model_copy(update=changes).model_dump())


def _smaller_parts(arm: Arm, schedule: Mapping[str, object]) -> dict[str, object]:
    """An arm's own network and recipe, cut like the study's."""
    changes: dict[str, object] = {}
    if arm.network is not None:
        changes["network"] = arm.network.model_copy(update={"time_steps": 4})
    if arm.retrain is not None:
        changes["retrain"] = arm.retrain.model_copy(update={**schedule, "epochs": 5})
    return changes


def _network(
    study: StudyConfig, macro: MacroArchitecture, candidates: tuple[BlockName, ...] | None = None
) -> NetworkConfig:
    changes = {"macro": macro} | ({"candidates": candidates} if candidates else {})
    return study.network.model_copy(update=changes)


def _recipe(retrain: RetrainConfig, strength: float) -> RetrainConfig:
    return retrain.model_copy(update={"spike_regularisation": strength})


def _with(study: StudyConfig, analysis: AnalysisConfig) -> StudyConfig:
    return StudyConfig.model_validate(study.model_copy(update={"analysis": analysis}).model_dump())
