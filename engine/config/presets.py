"""Named study configs: quick look, CIFAR-10 in an hour, the paper's recipes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.config.data import DataConfig
from engine.config.network import NetworkConfig, NeuronConfig
from engine.config.presets_analysis import (
    base_table,
    blocks_table,
    every_architecture,
    found_architectures,
    on_digits,
    on_two_cores,
    regularisation_table,
    space_quality,
    transfer,
    transfer_table,
)
from engine.config.presets_findings import findings_base, findings_blocks, findings_regularisation
from engine.config.recipe import RetrainConfig, SupernetConfig
from engine.config.search import SearchConfig
from engine.config.study import StudyConfig
from engine.space.macro import ExtraStem, Layer, MacroArchitecture

Pool = Literal["max_pool", "avg_pool"]


@dataclass(frozen=True)
class Preset:
    """A config with a name for the command line and a sentence for people.

    `paper` marks the paper's own recipe, `scaled` one of its studies cut to two CPU cores.
    """

    key: str
    title: str
    summary: str
    paper: bool
    config: StudyConfig
    scaled: bool = False


def snn(channels: int, *, gap: bool = False, pool: Pool = "max_pool") -> MacroArchitecture:
    """SNN_1 (AutoSNN_C), SNN_2 (`gap`) and SNN_4 (average `pool`) of the paper, at `channels` initial channels."""
    c = channels
    wide = (c, None, 2 * c, 2 * c, None, 4 * c, 4 * c, None)
    layers = tuple(Layer(kind="search", channels=n) if n else Layer(kind=pool, stride=2) for n in wide)
    return MacroArchitecture(stem_channels=c, layers=layers, global_average_pooling=gap)


def _with_stem(channels: int, stem: ExtraStem) -> MacroArchitecture:
    return snn(channels).model_copy(update={"extra_stem": stem})


def snn_3(channels: int) -> MacroArchitecture:
    """SNN_3 of the paper: no pools, searched blocks of stride 2 down-sample."""
    c = channels
    widths, strides = (c, 2 * c, 2 * c, 2 * c, 4 * c, 4 * c, 4 * c, 8 * c), (1, 2, 1, 1, 2, 1, 1, 2)
    layers = tuple(Layer(channels=n, stride=s) for n, s in zip(widths, strides, strict=True))
    return MacroArchitecture(stem_channels=c, layers=layers)


def _small() -> MacroArchitecture:
    c, pool = 8, Layer(kind="max_pool", stride=2)
    return MacroArchitecture(
        stem_channels=c,
        layers=(Layer(channels=c), pool, Layer(channels=2 * c), Layer(channels=2 * c), pool),
    )


def _cifar10(name: str, macro: MacroArchitecture) -> StudyConfig:
    """The paper's recipe: 600 epochs, contiguous 80/20 split, T = 8, 20 × 20 search at λ = −0.08.

    Where the reference code does what the paper does not tell, as the code: momentum moves blocks off the path, and
    crossover cuts between all layers.
    """
    data = DataConfig(dataset="cifar10", image_size=32, split="contiguous")
    supernet, search = SupernetConfig(unsampled="drift"), SearchConfig(crossover_cut="all_layers", ties="newest")
    return StudyConfig(name=name, data=data, network=NetworkConfig(macro=macro), supernet=supernet, search=search)


def _paper(key: str, title: str, macro: MacroArchitecture) -> Preset:
    summary = "The paper's recipe in full: 600 + 600 epochs, T = 8, 400 evaluated. Days on a CPU."
    return Preset(key, title, summary, True, _cifar10(title, macro))


def _quick_look() -> Preset:
    config = StudyConfig(
        name="Quick look",
        data=DataConfig(dataset="digits", image_size=16),
        network=NetworkConfig(macro=_small(), time_steps=4),
        supernet=SupernetConfig(epochs=16, batch_size=48, learning_rate=4e-3),
        search=SearchConfig(generations=8, population=10, parents=5, mutations=5, crossovers=5),
        retrain=RetrainConfig(epochs=16, batch_size=48, learning_rate=4e-3, schedule="cosine"),
    )
    summary = "The whole method in about a minute: AutoSNN's five blocks in a small network, on 1,797 real digits."
    return Preset("quick-look", "Quick look", summary, False, config)


def _n_mnist() -> Preset:
    c, pool = 16, Layer(kind="max_pool", stride=2)
    macro = MacroArchitecture(
        stem_channels=c, layers=(Layer(channels=c), pool, Layer(channels=2 * c), Layer(channels=2 * c), pool)
    )
    config = StudyConfig(
        name="N-MNIST, small",
        data=DataConfig(dataset="n_mnist", image_size=17, train_samples=1000, test_samples=1000),
        network=NetworkConfig(macro=macro, time_steps=6),
        supernet=SupernetConfig(epochs=10, batch_size=32, learning_rate=4e-3),
        search=SearchConfig(generations=8, population=10, parents=5, mutations=5, crossovers=5),
        retrain=RetrainConfig(epochs=16, batch_size=32, learning_rate=4e-3, schedule="cosine"),
    )
    summary = "Search on event data: 1,000 recordings of N-MNIST as six frames of events each. Some minutes."
    return Preset("n-mnist-small", "N-MNIST, small", summary, False, config)


def _hour() -> Preset:
    config = StudyConfig(
        name="CIFAR-10 in an hour",
        data=DataConfig(dataset="cifar10", image_size=32, train_samples=5000, test_samples=1000),
        network=NetworkConfig(macro=snn(16), time_steps=4),
        supernet=SupernetConfig(epochs=20, batch_size=32, learning_rate=2e-3),
        search=SearchConfig(generations=10, population=10, parents=5, mutations=5, crossovers=5),
        retrain=RetrainConfig(epochs=20, batch_size=32, learning_rate=2e-3, schedule="cosine"),
    )
    summary = "AutoSNN_16 on a tenth of CIFAR-10 with T = 4: the paper's space, scaled to a laptop."
    return Preset("cifar10-hour", "CIFAR-10 in an hour", summary, False, config)


def _quick(key: str, title: str, summary: str, **changes: object) -> Preset:
    """Quick look with other settings of its search or its retraining."""
    quick = _quick_look().config
    parts = {part: {**getattr(quick, part).model_dump(), **dict(change)} for part, change in changes.items()}  # type: ignore[call-overload]
    config = StudyConfig.model_validate({**quick.model_dump(), "name": title, **parts})
    return Preset(key, title, summary, False, config)


def _small_ones() -> list[Preset]:
    """On the digits, minutes each."""
    quick = _quick_look().config
    gap = _small().model_copy(update={"global_average_pooling": True})
    spaces = {"flatten": _small(), "global average pooling": gap}
    return [
        _quick(
            "digits-exhaustive",
            "Exhaustive, digits",
            "Evaluates all 125 architectures of quick look: the supernet's exact Pareto front.",
            search={"algorithm": "exhaustive", "population": 25},
        ),
        _quick(
            "digits-nsga2",
            "NSGA-II, digits",
            "Quick look with accuracy and spikes as two objectives.",
            search={"algorithm": "nsga2"},
        ),
        _quick(
            "digits-trust",
            "Supernet trust, digits",
            "Quick look, three seeds for the winner, and ten more networks that show how well the supernet ranks.",
            retrain={"seeds": 3, "trust": 10, "epochs": 6},
        ),
        Preset(
            "digits-blocks",
            "Blocks compared, digits",
            "SCB, SRB and two SIB in every layer, three seeds each: accuracy and spikes as distributions.",
            False,
            _seeds(blocks_table(on_digits(quick, "Blocks compared"), table=False), 3),
        ),
        Preset(
            "digits-125",
            "Every architecture, digits",
            "All 125 architectures of quick look, from scratch with three seeds: the benchmark table. About an hour.",
            False,
            every_architecture(quick, "Every architecture, digits"),
        ),
        Preset(
            "digits-space",
            "Search spaces compared, digits",
            "Six random architectures with and without global average pooling.",
            False,
            space_quality(on_digits(quick, "Search spaces compared"), spaces, 6),
        ),
    ]


def _seeds(config: StudyConfig, count: int) -> StudyConfig:
    assert config.analysis is not None
    return config.model_copy(update={"analysis": config.analysis.model_copy(update={"seeds": count})})


def _tables() -> list[Preset]:
    """The poster's tables and the paper's other studies, at its full recipe."""
    snn_1 = _cifar10("SNN_1", snn(16))
    macros = {"SNN_1": snn(16), "SNN_2": snn(16, gap=True), "SNN_3": snn_3(16), "SNN_4": snn(16, pool="avg_pool")}
    widths = {f"AutoSNN C={c}": snn(c) for c in (16, 32, 64)}
    baselines = ("fang-2021", "zheng-2021-resnet-19", "lee-2020-resnet-11")
    configs = {
        "table-base": ("Table: GAP and down-sampling", base_table(snn_1, macros)),
        "table-blocks": ("Table: blocks", blocks_table(snn_1, table=True)),
        "table-regularisation": ("Table: spike regularisation", regularisation_table(snn_1)),
        "space-quality": ("Search spaces, 100 random each", space_quality(snn_1, macros, 100)),
        "found": ("Found architectures by λ", found_architectures(snn_1)),
        "transfer-width": ("Widths and baselines", transfer(snn_1, widths, baselines)),
        "table-transfer": ("Table: transfer to other data sets", transfer_table(snn_1, _with_stem)),
        "ann-space": ("Search in the ANN space", _ann_space()),
    }
    configs |= {
        f"lambda-{abs(strength):g}": (f"Search at λ = {strength:g}".replace("-", "−"), _at_lambda(strength))
        for strength in (0.0, -0.16, -0.24)
    }
    summary = "The paper's recipe in full, CIFAR-10. Days to months on a CPU: scale epochs and samples down first."
    return [
        Preset(key, title, summary, True, config.model_copy(update={"name": title}))
        for key, (title, config) in configs.items()
    ]


def _scaled() -> list[Preset]:
    """The poster's tables and the λ studies on real CIFAR-10, cut to two CPU cores: directions, not accuracies."""
    snn_1 = _cifar10("SNN_1", snn(16))
    macros = {"SNN_1": snn(16), "SNN_2": snn(16, gap=True), "SNN_3": snn_3(16), "SNN_4": snn(16, pool="avg_pool")}
    configs = {
        "scaled-base": ("GAP and down-sampling, scaled", on_two_cores(base_table(snn_1, macros), 2)),
        "scaled-blocks": ("Blocks, scaled", on_two_cores(blocks_table(snn_1, table=True), 2)),
        "scaled-regularisation": ("Spike regularisation, scaled", on_two_cores(regularisation_table(snn_1))),
    }
    for strength in (0.0, -0.08, -0.16, -0.24):
        title = f"Search at λ = {strength:g}, scaled".replace("-", "−")
        configs[f"scaled-lambda-{abs(strength):g}"] = (title, on_two_cores(_at_lambda(strength)))
    summary = "On 1,500 images of CIFAR-10 with T = 4: half an hour on two cores. Shows directions, not accuracies."
    return [
        Preset(key, title, summary, False, config.model_copy(update={"name": title}), scaled=True)
        for key, (title, config) in configs.items()
    ]


def _findings() -> list[Preset]:
    """The paper's findings on the digits, trained long enough for all of them to show."""
    macros = {"SNN_1": snn(16), "SNN_4": snn(16, pool="avg_pool"), "SNN_3": snn_3(16), "SNN_2": snn(16, gap=True)}
    snn_1 = _cifar10("SNN_1", snn(16))
    configs = {
        "findings-base": ("GAP and down-sampling, digits", findings_base(snn_1, macros)),
        "findings-regularisation": ("Spike regularisation, digits", findings_regularisation(snn_1)),
        "findings-blocks": ("Inverted bottlenecks, digits", findings_blocks(snn_1)),
    }
    summary = "On the digits with T = 8, 4,500 steps a network, two seeds. Hours on two cores; resumable."
    return [
        Preset(key, title, summary, False, config.model_copy(update={"name": title}))
        for key, (title, config) in configs.items()
    ]


def _at_lambda(strength: float) -> StudyConfig:
    config = _cifar10("λ", snn(16))
    return config.model_copy(update={"search": config.search.model_copy(update={"fitness_lambda": strength})})


def _ann_space() -> StudyConfig:
    """The same space with ReLU, T = 1 and no voting layer, trained by cross-entropy and ranked by accuracy (λ = 0)."""
    macro = snn(16).model_copy(update={"votes_per_class": 1})
    study = _cifar10("ANN", macro)
    parts: dict[str, object] = {
        "network": NetworkConfig(macro=macro, neuron=NeuronConfig(kind="relu"), time_steps=1),
        "supernet": study.supernet.model_copy(update={"loss": "cross_entropy"}),
        "search": study.search.model_copy(update={"fitness_lambda": 0.0}),
        "retrain": study.retrain.model_copy(update={"loss": "cross_entropy"}),
    }
    return StudyConfig.model_validate(study.model_copy(update=parts).model_dump())


PRESETS: dict[str, Preset] = {
    preset.key: preset
    for preset in (
        _quick_look(),
        _hour(),
        _n_mnist(),
        *_small_ones(),
        _paper("paper-cifar10", "Paper CIFAR-10 (AutoSNN_16)", snn(16)),
        _paper("autosnn-32", "AutoSNN_32", snn(32)),
        _paper("autosnn-64", "AutoSNN_64", snn(64)),
        _paper("autosnn-128", "AutoSNN_128", snn(128)),
        _paper("snn-2", "SNN_2 (global average pooling)", snn(16, gap=True)),
        _paper("snn-3", "SNN_3 (strided blocks)", snn_3(16)),
        _paper("snn-4", "SNN_4 (average pooling)", snn(16, pool="avg_pool")),
        *_tables(),
        *_scaled(),
        *_findings(),
    )
}
