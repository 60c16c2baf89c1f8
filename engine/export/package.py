"""The package of a finished study: model.safetensors, config.json, MODEL_CARD.md, SHA256SUMS."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors

from engine.backends.dispatch import place
from engine.config.study import StudyConfig
from engine.data.load import Dataset
from engine.errors import CheckpointError
from engine.export.document import FORMAT, config_and_architecture, document_of
from engine.export.members import CARD, CONFIG, FOLDER, MODEL, SUMS, model_bytes
from engine.model.network import Network, SpikingNetwork, build_child
from engine.space.architecture import Architecture, genome_strip
from engine.storage import checkpoint
from engine.storage.checkpoint import Written

__all__ = [
    "CARD",
    "CONFIG",
    "FOLDER",
    "MODEL",
    "SUMS",
    "load",
    "model_card",
    "read",
    "with_kernels",
    "write",
    "zip_bytes",
]


@dataclass(frozen=True)
class Outcome:
    """Results of the retrained winner on the test split after the last epoch, and its estimates in the search.

    Accuracies and firing rate are 0…1; `spikes`, `search_spikes` and `average_spikes` (N_avg) are per sample.
    """

    architecture: str
    accuracy: float
    spikes: float
    spikes_by_layer: dict[str, float]
    samples: int
    best_test_accuracy: float
    search_accuracy: float
    search_spikes: float
    average_spikes: float
    parameters: int
    firing_rate: float


def write(
    folder: Path, config: StudyConfig, outcome: Outcome, network: SpikingNetwork, data: Dataset, *, kernels: bool
) -> Written:
    """Write the package's four files; returns the model file. `kernels`: whether they ran the network."""
    document = {
        "format": FORMAT,
        "architecture": outcome.architecture,
        "study": config.model_dump(mode="json"),
        "results": asdict(outcome),
        "data_digest": data.digest,
        "torch": torch.__version__,
        "kernels": kernels,
    }
    model = checkpoint.write(folder / MODEL, network.state_dict(), document)
    files = [
        model,
        checkpoint.write_bytes(folder / CONFIG, (json.dumps(document, indent=2) + "\n").encode()),
        checkpoint.write_bytes(folder / CARD, model_card(config, outcome, data).encode()),
    ]
    sums = "".join(f"{file.sha256}  {file.name}\n" for file in files)
    checkpoint.write_bytes(folder / SUMS, sums.encode())
    return model


def read(path: Path) -> tuple[Network, dict[str, Any]]:
    """As `load`, ready to run on a CPU as it ran when it was made."""
    network, document = load(path)
    return place(network, torch.device("cpu"), kernels=with_kernels(document)), document


def with_kernels(document: dict[str, Any]) -> bool:
    """Whether the kernels ran the network when it was made; packages of before the kernels do not say."""
    return bool(document.get("kernels", False))


def load(path: Path) -> tuple[Network, dict[str, Any]]:
    """The network and its document from a package: the zip, its unpacked folder, or model.safetensors alone.

    Raises CheckpointError where it is none of these, or where a checksum does not match.
    """
    model = model_bytes(path)
    document = document_of(model, str(path))
    config, architecture = config_and_architecture(document, str(path))
    network = build_child(config, architecture, 0)
    try:
        network.load_state_dict(load_tensors(model))
    except SafetensorError as error:
        raise CheckpointError(f"{path} is not an AutoSNN Studio model: {error}") from error
    except RuntimeError as error:
        fits = " ".join(str(error).split())
        raise CheckpointError(f"{path}: the weights do not fit the architecture it names: {fits[:300]}") from error
    return network, document


def zip_bytes(folder: Path) -> bytes:
    """The package as one zip. Files are stored uncompressed with fixed dates, so the bytes are always the same."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in (MODEL, CONFIG, CARD, SUMS):
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), (folder / name).read_bytes())
    return buffer.getvalue()


def model_card(config: StudyConfig, outcome: Outcome, data: Dataset) -> str:
    """The model card: architecture, results, data, recipe and use of the network, as Markdown."""
    architecture = Architecture.from_code(outcome.architecture)
    network, search, retrain = config.network, config.search, config.retrain
    precision = "" if config.runtime.precision == "float32" else f", convolutions in {config.runtime.precision}"
    layers = "\n".join(f"| {name} | {spikes:,.1f} |" for name, spikes in outcome.spikes_by_layer.items())
    return f"""# {config.name}

A spiking neural network found by AutoSNN's spike-aware search (Na et al., ICML 2022) and trained by AutoSNN Studio.

| | |
|---|---|
| architecture | `{genome_strip(network.macro, architecture)}` (genome `{outcome.architecture}`) |
| accuracy | {outcome.accuracy:.2%} on the test split, {outcome.samples:,} images, last epoch |
| spikes N | {outcome.spikes:,.1f} per image, firing rate {outcome.firing_rate:.3f} |
| parameters | {outcome.parameters:,} |
| best test accuracy of any epoch | {outcome.best_test_accuracy:.2%} (selects on the test split, the reference's way) |
| estimate in the search | {outcome.search_accuracy:.2%}, {outcome.search_spikes:,.1f} spikes (validation, supernet) |

## Data
{config.data.dataset}, {config.data.image_size}×{config.data.image_size}; {data.note}.
Trained on {len(data.full_train.labels):,} images; the search judged on {len(data.validation.labels):,} of them
({config.data.split} split). SHA-256 of the data used: `{data.digest}`.

## Recipe
{network.neuron.kind.upper()} neurons, T = {network.time_steps}, direct coding, batch-norm statistics
{network.batch_norm.replace("_", " ")}, mean squared error on firing rates.
Search: {search.generations} generations of {search.population}, λ = {search.fitness_lambda:g},
N_avg = {outcome.average_spikes:,.1f}. Retraining: {retrain.epochs} epochs, {retrain.optimizer},
learning rate {retrain.learning_rate:g} ({retrain.schedule}), batch {retrain.batch_size}.
Seed {config.seed}; config SHA-256 `{config.digest()}`; {config.runtime.threads} CPU threads{precision}.

## Spikes by layer (per image)
| layer | spikes |
|---|---:|
{layers}

## Use
```sh
python -m engine evaluate model.safetensors   # accuracy and spikes, as above
python -m engine show model.safetensors       # architecture, shapes, parameters
```
```python
from pathlib import Path
from engine.export.package import read
network, document = read(Path("model.safetensors"))  # a torch.nn.Module; images [N, C, H, W] → (rates, spikes)
```
"""
