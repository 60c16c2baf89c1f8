"""The package of a finished study: model.safetensors, config.json, MODEL_CARD.md, SHA256SUMS."""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors

from engine.backends.dispatch import place
from engine.config.parse import parse_stored
from engine.config.study import StudyConfig
from engine.data.load import Dataset
from engine.errors import CheckpointError
from engine.model.network import Network, SpikingNetwork, build_child
from engine.space.architecture import Architecture, genome_strip
from engine.storage import checkpoint
from engine.storage.atomic import METADATA_KEY, Written, write_bytes

FOLDER = "result"
MODEL, CONFIG, CARD, SUMS = "model.safetensors", "config.json", "MODEL_CARD.md", "SHA256SUMS"
MAX_MODEL_BYTES = 4 << 30
"""Most bytes of a model in a zip; one that declares more is refused before it is read."""


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
        "format": "autosnn-studio/1",
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
        write_bytes(folder / CONFIG, (json.dumps(document, indent=2) + "\n").encode()),
        write_bytes(folder / CARD, model_card(config, outcome, data).encode()),
    ]
    sums = "".join(f"{file.sha256}  {file.name}\n" for file in files)
    write_bytes(folder / SUMS, sums.encode())
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
    data = _model_bytes(path)
    try:
        tensors = load_tensors(data)
        header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
        document = json.loads(header["__metadata__"][METADATA_KEY])
        config = parse_stored(document["study"])
        architecture = Architecture.from_code(document["architecture"])
    except (SafetensorError, ValueError, KeyError) as error:
        raise CheckpointError(f"{path} is not an AutoSNN Studio model: {error}") from error
    network = build_child(config, architecture, 0)
    try:
        network.load_state_dict(tensors)
    except RuntimeError as error:
        raise CheckpointError(f"{path}: the weights do not fit the architecture it names: {error}") from error
    return network, document


def _model_bytes(path: Path) -> bytes:
    if not path.exists():
        raise CheckpointError(f"{path} does not exist")
    if path.is_dir():
        files = {name: (path / name).read_bytes() for name in (MODEL, SUMS) if (path / name).is_file()}
    elif zipfile.is_zipfile(path):
        files = _from_zip(path)
    else:
        files = {MODEL: path.read_bytes()}
    if MODEL not in files:
        raise CheckpointError(f"{path} holds no {MODEL}")
    if SUMS in files:
        _check_sum(files[MODEL], files[SUMS].decode(errors="replace"), path)
    return files[MODEL]


def _from_zip(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        found = {}
        for info in archive.infolist():
            name = Path(info.filename).name
            if name in (MODEL, SUMS):
                if info.file_size > MAX_MODEL_BYTES:
                    raise CheckpointError(
                        f"{path}: {name} declares {info.file_size:,} bytes; at most {MAX_MODEL_BYTES:,}"
                    )
                found[name] = archive.read(info)
        return found


def _check_sum(model: bytes, sums: str, path: Path) -> None:
    if f"{hashlib.sha256(model).hexdigest()}  {MODEL}" not in sums.splitlines():
        raise CheckpointError(f"{path}: {MODEL} does not match {SUMS}; the download is damaged")


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
