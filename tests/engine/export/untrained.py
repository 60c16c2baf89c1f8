"""Packages of networks that were never trained: their spikes depend on every pixel they get all the same."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

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
LAYERS = ("votes_per_class", "layers", "kept_samples")
"""What version 2 brought to it."""


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
    document, tensors = read(model)
    document = without(document, (*RECORD, *LAYERS)) | {"format": "autosnn-studio/1"}
    kept = {name: values for name, values in tensors.items() if not name.startswith("samples/")}
    save_file(kept, path, {"autosnn": json.dumps(document)})
    return path


def of_version_1_1(folder: Path, to: Path) -> Path:
    """A package as version 1.1 wrote it: four files, without layer table and samples."""
    to.mkdir()
    document, tensors = read(folder / "model.safetensors")
    document = without(document, LAYERS) | {"format": "autosnn-studio/1.1"}
    save_file(tensors, to / "model.safetensors", {"autosnn": json.dumps(document)})
    (to / "config.json").write_text(json.dumps(document, indent=2))
    (to / "MODEL_CARD.md").write_text("# A card\n")
    names = ("model.safetensors", "config.json", "MODEL_CARD.md")
    sums = (f"{hashlib.sha256((to / name).read_bytes()).hexdigest()}  {name}\n" for name in names)
    (to / "SHA256SUMS").write_text("".join(sums))
    return to


def read(model: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """The document and the tensors [...] of a model file."""
    with safe_open(model, framework="pt") as file:
        document = json.loads(file.metadata()["autosnn"])
        return document, {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict


def without(document: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key not in keys}


def pixels_of(count: int, size: int = 8, seed: int = 0) -> np.ndarray:
    """uint8 [count, size, size], no two alike, of all brightnesses."""
    found: np.ndarray = np.random.default_rng(seed).integers(0, 256, (count, size, size), np.uint8)
    return found
