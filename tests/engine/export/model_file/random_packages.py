"""Packages of random architectures with random weights and running statistics, of every kind of network."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from engine.blocks.registry import BLOCKS
from engine.config.data import DataConfig
from engine.config.network import NeuronConfig
from engine.config.presets import snn, snn_3
from engine.config.study import StudyConfig
from engine.data.images import Images, channel_statistics
from engine.data.load import Dataset
from engine.data.preprocessing.coding import Coding, Encoding
from engine.export import package
from engine.export.kept_samples import network_input
from engine.export.model_card import Outcome
from engine.model.network import Network, build_child
from engine.space.macro import Layer, MacroArchitecture
from tests.engine.tiny import tiny_config


@dataclass(frozen=True)
class Kind:
    """One kind of network: its macro architecture, neuron, T, and data (images coded so, or events)."""

    macro: MacroArchitecture
    neuron: dict[str, Any]
    steps: int = 3
    coding: Coding = "direct"
    candidates: tuple[str, ...] = field(default_factory=lambda: tuple(BLOCKS))

    @property
    def events(self) -> bool:
        return self.coding == "counts"


def stem(kind: str, stride: int = 1) -> MacroArchitecture:
    """One searched layer behind an extra stem, an average pool, and two votes a class."""
    layers = (Layer(channels=4, stride=stride), Layer(kind="avg_pool"))
    return MacroArchitecture.model_validate(
        {"stem_channels": 3, "extra_stem": kind, "layers": layers, "votes_per_class": 2}
    )


PLIF, LIF, IF = ({"kind": kind, "threshold": 0.3 if kind != "if" else 1.0} for kind in ("plif", "lif", "if"))
KINDS = {
    "SNN_1, PLIF": Kind(snn(2), PLIF),
    "SNN_2, LIF": Kind(snn(2, gap=True), {**LIF, "tau": 3.0}),
    "SNN_3, IF": Kind(snn_3(2), IF),
    "SNN_4, PLIF": Kind(snn(2, pool="avg_pool"), PLIF),
    "SNN_3, PLIF, soft reset": Kind(snn_3(2), {**PLIF, "reset": "soft"}),
    "SNN_3 of skips, LIF": Kind(snn_3(4), {**LIF, "reset": "soft"}, candidates=("skip_connect",)),
    "events, PLIF": Kind(stem("pool_conv_pool"), {**PLIF, "threshold": 0.2}, 4, "counts"),
    "events, IF": Kind(stem("pool_conv", 2), {**IF, "reset": "soft"}, 4, "counts"),
    "rate coding, IF": Kind(snn(2), IF, coding="rate"),
    "latency coding, LIF": Kind(stem("none", 2), LIF, coding="latency"),
    "ANN mode": Kind(stem("none").model_copy(update={"votes_per_class": 1}), {"kind": "relu"}, 1),
}
SAMPLES = 12


def study_of(kind: Kind) -> StudyConfig:
    data: dict[str, Any] = {"image_size": 16, "path": "none", "classes": 4}
    if kind.events:
        data |= {"dataset": "events", "sensor_size": 16}
    else:
        coding = kind.coding if kind.coding in ("rate", "latency") else "direct"
        data |= {"dataset": "images", "channels": 3, "encoding": coding}
    network = {"macro": kind.macro, "candidates": kind.candidates, "time_steps": kind.steps}
    config = tiny_config(neuron=NeuronConfig.model_validate(kind.neuron), **network)
    return config.model_copy(update={"data": DataConfig.model_validate(data)})


def data_of(config: StudyConfig, kind: Kind) -> Dataset:
    """As many random images or frames to train on as to test on, those of a class equally bright."""
    draws = np.random.default_rng(5)
    labels = np.arange(SAMPLES, dtype=np.int64) % 4
    if kind.events:
        pixels: np.ndarray = draws.poisson(1.0, (SAMPLES, kind.steps, 2, 16, 16)).astype(np.int16)
        pixels *= (1 + labels.astype(np.int16))[:, None, None, None, None]
    else:
        pixels = (
            draws.integers(0, 256, (SAMPLES, 3, 16, 16), np.uint8) // (1 + labels.astype(np.uint8))[:, None, None, None]
        )
    images = Images(pixels, labels)
    mean, std = channel_statistics(images) if kind.coding == "direct" else ((), ())
    encoding = Encoding(kind.coding, kind.steps, mean, std, config.seed)
    names = ("north", "east", "south", "west")
    return Dataset(images, images, images, images, names, encoding, "ab" * 32, "random", "none", np.arange(2))


def trained_a_little(network: Network, data: Dataset, seed: int) -> Network:
    """Random weights and time constants, and the running statistics of one batch, so that every layer fires."""
    draws = torch.Generator().manual_seed(seed)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.8, 1.6, generator=draws)
            nn.init.normal_(module.bias, 0.2, 0.2, generator=draws)
            module.momentum = 1.0
        elif isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, 0, 1, generator=draws)
    for name, parameter in network.named_parameters():
        if name.endswith(".w"):
            nn.init.uniform_(parameter, -1, 1, generator=draws)
    with torch.no_grad():
        network.train()(network_input(torch.from_numpy(data.test.images), data.encoding))
    return network


def write_random(kind: Kind, folder: Path, seed: int = 1) -> None:
    """The package of a random architecture of a kind, made on one thread: two wait for each other on such networks."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        _write_random(kind, folder, seed)
    finally:
        torch.set_num_threads(threads)


def _write_random(kind: Kind, folder: Path, seed: int) -> None:
    config = study_of(kind)
    data = data_of(config, kind)
    architecture = config.space.sample(random.Random(seed))
    network = trained_a_little(build_child(config, architecture, seed), data, seed)
    spikes = {row.name: 1.0 for row in network.layer_specs(architecture)}
    outcome = Outcome(architecture.code, 0.5, sum(spikes.values()), spikes, SAMPLES, 0.5, 0.5, 9.0, 9.0, 1, 0.1)
    package.write(folder, config, outcome, network, data, kernels=False)
