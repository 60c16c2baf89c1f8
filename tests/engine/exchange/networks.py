"""Ten random architectures with random weights and statistics, that fire at a sensible rate, and their packages."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
import torch

from engine.config.data import DataConfig
from engine.config.network import NeuronConfig
from engine.config.study import StudyConfig
from engine.data.batches.encoding import encode
from engine.data.evaluated.record import DataRecord
from engine.data.images import Images
from engine.data.preprocessing.kept import Preprocessing
from engine.export.package import Package
from engine.model.network import build_child
from engine.space.macro import Layer, MacroArchitecture
from tests.engine.tiny import tiny_config

SAMPLES, STEPS = 4, 4
BLOCKS = ("skip_connect", "SCB_k3", "SCB_k5", "SRB_k3", "SRB_k5", "SIB_k3_e1", "SIB_k5_e3", "DSIB_k3_e1", "DSIB_k3_e3")
POOL = {"max": Layer(kind="max_pool", stride=2), "average": Layer(kind="avg_pool", stride=2)}


@dataclass(frozen=True)
class Shape:
    """One of the paper's macro architectures in small: how it down-samples, and what comes before and after."""

    name: str
    pool: str | None = "max"
    gap: bool = False
    extra_stem: str = "none"


SNN_1, SNN_2 = Shape("SNN_1"), Shape("SNN_2", gap=True)
SNN_3, SNN_4 = Shape("SNN_3", pool=None), Shape("SNN_4", pool="average")
STEMMED = Shape("SNN_1 with the extra stem", extra_stem="pool_conv")

CASES = (
    # seed, macro architecture, neuron, event frames
    (0, SNN_1, "plif", False),
    (36, SNN_1, "lif", False),  # a skip that projects, and one that is an identity
    (2, SNN_1, "if", False),
    (3, SNN_2, "plif", False),
    (42, SNN_3, "plif", False),  # a skip of stride 2
    (5, SNN_3, "if", True),
    (6, SNN_4, "if", False),
    (7, SNN_4, "plif", True),
    (8, STEMMED, "lif", True),
    (9, SNN_2, "lif", False),
)
IDS = [f"{shape.name} {neuron}{' events' if events else ''} {seed}" for seed, shape, neuron, events in CASES]


def macro_of(shape: Shape) -> MacroArchitecture:
    """A searched layer of 4 channels, down-sampling, and two of 6, on 8×8."""
    halved = Layer(channels=6, stride=2 if shape.pool is None else 1)
    between = () if shape.pool is None else (POOL[shape.pool],)
    return MacroArchitecture(
        stem_channels=4,
        extra_stem=shape.extra_stem,
        layers=(Layer(channels=4), *between, halved, Layer(channels=6)),
        global_average_pooling=shape.gap,
        votes_per_class=3,
    )


def config_of(shape: Shape, neuron: NeuronConfig, events: bool = False) -> StudyConfig:
    config = tiny_config(macro=macro_of(shape), candidates=BLOCKS, time_steps=STEPS, neuron=neuron)
    data = {"dataset": "images", "path": "own", "classes": 3, "channels": 1, "image_size": 8}
    if events:
        data = {"dataset": "events", "path": "own", "classes": 3, "image_size": 8, "sensor_size": 8}
    return config.model_copy(update={"data": DataConfig.model_validate(data)})


def package_of(seed: int, shape: Shape, kind: str, events: bool = False, **neuron: object) -> Package:
    """A package whose weights, statistics and w come from `seed`, as does its architecture."""
    threshold = 1.0 if kind == "if" else 0.4
    config = config_of(shape, NeuronConfig.model_validate({"kind": kind, "threshold": threshold, **neuron}), events)
    architecture = config.space.sample(random.Random(seed))
    network = build_child(config, architecture, seed).eval()
    _disturb(network, torch.Generator().manual_seed(seed))
    document = {"study": config.model_dump(mode="json"), "architecture": architecture.code}
    return Package(network, document, _record(config))


def _disturb(network: torch.nn.Module, generator: torch.Generator) -> None:
    """Statistics as of training, and weights of a batch norm that let about a fifth of the neurons fire."""
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1, generator=generator)
            module.running_var.uniform_(0.05, 0.5, generator=generator)
            module.weight.data.uniform_(0.5, 2, generator=generator)
            module.bias.data.normal_(0.8, 0.4, generator=generator)
        if isinstance(module, torch.nn.Linear):
            module.weight.data.normal_(0, 0.4, generator=generator)
        if getattr(module, "w", None) is not None:
            module.w.data.normal_(0, 1, generator=generator)


def _record(config: StudyConfig) -> DataRecord:
    own, events = config.input, config.data.info.kind == "events"
    how = Preprocessing(
        kind="events" if events else "images",
        input=(own.channels, own.height, own.width),
        coding="counts" if events else "direct",
        time_steps=STEPS,
        mean=() if events else (0.4,),
        std=() if events else (0.3,),
        seed=0,
        resize="average",
        value_range=None,
        first_label=0,
        frames_by="count" if events else None,
        sensor=8 if events else None,
    )
    none = np.zeros(0, np.int64)
    return DataRecord(how, ("a", "b", "c"), none, none, none)


def samples_of(package: Package) -> Images:
    how = package.record.preprocessing
    draws = np.random.default_rng(0)
    shape = (SAMPLES, STEPS, *how.input) if how.kind == "events" else (SAMPLES, *how.input)
    pixels = draws.integers(0, 4 if how.kind == "events" else 256, shape, np.uint8)
    return Images(pixels, draws.integers(0, 3, SAMPLES))


def inputs_of(package: Package) -> torch.Tensor:
    """The samples as the network takes them."""
    return encode(torch.from_numpy(samples_of(package).images), package.record.preprocessing.encoding, None)
