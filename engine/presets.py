"""Named study configs: quick look, CIFAR-10 in an hour, the paper's recipes. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.config import (
    DataConfig,
    NetworkConfig,
    RetrainConfig,
    SearchConfig,
    StudyConfig,
    SupernetConfig,
)
from engine.space import Layer, MacroArchitecture

Pool = Literal["max_pool", "avg_pool"]


@dataclass(frozen=True)
class Preset:
    """A config with a name for the command line and a sentence for people. `paper` marks the paper's own recipe."""

    key: str
    title: str
    summary: str
    paper: bool
    config: StudyConfig


def snn(channels: int, *, gap: bool = False, pool: Pool = "max_pool") -> MacroArchitecture:
    """SNN_1 (AutoSNN_C), SNN_2 (`gap`) and SNN_4 (average `pool`) of the paper, at `channels` initial channels."""
    c = channels
    wide = (c, None, 2 * c, 2 * c, None, 4 * c, 4 * c, None)
    layers = tuple(Layer(kind="search", channels=n) if n else Layer(kind=pool, stride=2) for n in wide)
    return MacroArchitecture(stem_channels=c, layers=layers, global_average_pooling=gap)


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
    """The paper's recipe: 600 epochs, contiguous 80/20 split, T = 8, 20 × 20 search at λ = −0.08."""
    data = DataConfig(dataset="cifar10", image_size=32, split="contiguous")
    return StudyConfig(name=name, data=data, network=NetworkConfig(macro=macro))


def _paper(key: str, title: str, macro: MacroArchitecture) -> Preset:
    summary = "The paper's recipe in full: 600 + 600 epochs, T = 8, 400 judged. Days on a CPU."
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
    summary = "The whole method in a few minutes: AutoSNN's five blocks in a small network, on 1,797 real digits."
    return Preset("quick-look", "Quick look", summary, False, config)


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


PRESETS: dict[str, Preset] = {
    preset.key: preset
    for preset in (
        _quick_look(),
        _hour(),
        _paper("paper-cifar10", "Paper CIFAR-10 (AutoSNN_16)", snn(16)),
        _paper("autosnn-32", "AutoSNN_32", snn(32)),
        _paper("autosnn-64", "AutoSNN_64", snn(64)),
        _paper("autosnn-128", "AutoSNN_128", snn(128)),
        _paper("snn-2", "SNN_2 (global average pooling)", snn(16, gap=True)),
        _paper("snn-3", "SNN_3 (strided blocks)", snn_3(16)),
        _paper("snn-4", "SNN_4 (average pooling)", snn(16, pool="avg_pool")),
    )
}
