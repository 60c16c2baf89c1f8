"""Packages of networks that were never trained: their spikes depend on every pixel they get all the same."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from safetensors import safe_open
from safetensors.torch import save_file

from engine.config.data import DataConfig
from engine.config.study import StudyConfig
from engine.data.load import load
from engine.export import package
from engine.export.model_card import Outcome
from engine.model.network import build_child
from engine.space.architecture import Architecture
from tests.engine.tiny import tiny_config

CODE = "C3-R3"
RECORD = ("preprocessing", "classes", "samples")
"""What version 1.1 brought to a package's document; its arrays are called `samples/…`."""


def study_on(**data: object) -> StudyConfig:
    """A tiny study of images of one's own, or of other data."""
    settings = {"dataset": "images", "path": "own", "classes": 3, "channels": 1, "image_size": 8, **data}
    return tiny_config().model_copy(update={"data": DataConfig.model_validate(settings)})


def package_on(config: StudyConfig, root: Path, folder: Path) -> Path:
    """The package of a network with random weights whose study had the data below `root`; returns its folder."""
    data = load(config, root)
    network = build_child(config, Architecture.from_code(CODE), 3)
    spikes = {layer.name: 9.0 for layer in network.layer_specs(network.only_architecture)}
    outcome = Outcome(CODE, 0.5, sum(spikes.values()), spikes, len(data.test.labels), 0.5, 0.5, 9.0, 9.0, 1, 0.1)
    package.write(folder, config, outcome, network, data, kernels=False)
    return folder


def of_version_1(model: Path, path: Path) -> Path:
    """The model file as version 1 wrote it, without a record of the data."""
    with safe_open(model, framework="pt") as file:
        document = json.loads(file.metadata()["autosnn"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
    kept = {name: values for name, values in tensors.items() if not name.startswith("samples/")}
    document = {key: value for key, value in document.items() if key not in RECORD} | {"format": "autosnn-studio/1"}
    save_file(kept, path, {"autosnn": json.dumps(document)})
    return path


def pixels_of(count: int, size: int = 8, seed: int = 0) -> np.ndarray:
    """uint8 [count, size, size], no two alike, of all brightnesses."""
    found: np.ndarray = np.random.default_rng(seed).integers(0, 256, (count, size, size), np.uint8)
    return found
