"""The package of a finished study: model.safetensors, config.json, MODEL_CARD.md, SHA256SUMS."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from torch import Tensor

from engine.analysis.sanity import ResultWarning
from engine.backends.dispatch import place
from engine.config.study import StudyConfig
from engine.data.evaluated.record import TENSORS, DataRecord, read_record, record_of
from engine.data.load import Dataset
from engine.errors import CheckpointError, DataError
from engine.export.document import FORMAT, config_and_architecture, document_of
from engine.export.kept_samples import KeptSamples
from engine.export.members import CARD, CONFIG, FOLDER, MODEL, SUMS, model_bytes
from engine.export.model_card import DataFacts, Outcome, model_card
from engine.model.network import Network, SpikingNetwork, build_child
from engine.storage import checkpoint
from engine.storage.atomic import Written, write_bytes

__all__ = [
    "CARD",
    "CONFIG",
    "FOLDER",
    "MODEL",
    "SUMS",
    "Package",
    "load",
    "model_card",
    "open_package",
    "read",
    "with_kernels",
    "write",
]


@dataclass(frozen=True)
class Package:
    """A trained network in eval mode, with its document, the record of its data, and the samples kept with it.

    The record is None in one of before 1.1, the samples in one of before 2 and where model.safetensors lies alone.
    """

    network: Network
    document: dict[str, Any]
    record: DataRecord | None
    samples: KeptSamples | None = None


def write(
    folder: Path,
    config: StudyConfig,
    outcome: Outcome,
    network: SpikingNetwork,
    data: Dataset,
    *,
    kernels: bool,
    warnings: Sequence[ResultWarning] = (),
) -> Written:
    """Write the package's four files; returns the model file.

    `kernels`: whether they ran the network. `warnings` stand in its card.
    """
    record = record_of(config, data)
    document = {
        "format": FORMAT,
        "architecture": outcome.architecture,
        "study": config.model_dump(mode="json"),
        "results": asdict(outcome),
        "data_digest": data.digest,
        "torch": torch.__version__,
        "kernels": kernels,
        **record.document(),
    }
    arrays = {name: torch.from_numpy(values) for name, values in record.arrays().items()}
    model = checkpoint.write(folder / MODEL, {**network.state_dict(), **arrays}, document)
    files = [
        model,
        write_bytes(folder / CONFIG, (json.dumps(document, indent=2) + "\n").encode()),
        write_bytes(folder / CARD, model_card(config, outcome, _facts(data), warnings).encode()),
    ]
    sums = "".join(f"{file.sha256}  {file.name}\n" for file in files)
    write_bytes(folder / SUMS, sums.encode())
    return model


def _facts(data: Dataset) -> DataFacts:
    return DataFacts(
        len(data.full_train.labels),
        len(data.validation.labels),
        data.digest,
        data.note,
        data.encoding.mean,
        data.encoding.std,
        data.class_names,
    )


def read(path: Path) -> tuple[Network, dict[str, Any]]:
    """As `load`, ready to run on a CPU as it ran when it was made."""
    network, document = load(path)
    return place(network, torch.device("cpu"), kernels=with_kernels(document)), document


def with_kernels(document: dict[str, Any]) -> bool:
    """Whether the kernels ran the network when it was made; packages of before the kernels do not say."""
    return bool(document.get("kernels", False))


def load(path: Path) -> tuple[Network, dict[str, Any]]:
    """The network and its document, as `open_package`."""
    found = open_package(path)
    return found.network, found.document


def open_package(path: Path) -> Package:
    """A package: the zip, its unpacked folder, or model.safetensors alone. Its network is in eval mode.

    Raises CheckpointError where it is none of these, or where a checksum does not match.
    """
    model = model_bytes(path)
    document = document_of(model, str(path))
    config, architecture = config_and_architecture(document, str(path))
    network = build_child(config, architecture, 0)
    try:
        tensors = load_tensors(model)
        arrays = {name: tensors.pop(name) for name in list(tensors) if name.startswith(TENSORS)}
        network.load_state_dict(tensors)
    except SafetensorError as error:
        raise CheckpointError(f"{path} is not an AutoSNN Studio model: {error}") from error
    except RuntimeError as error:
        fits = " ".join(str(error).split())
        raise CheckpointError(f"{path}: the weights do not fit the architecture it names: {fits[:300]}") from error
    return Package(network.eval(), document, _record(path, document, config, arrays))


def _record(path: Path, document: dict[str, Any], config: StudyConfig, arrays: dict[str, Tensor]) -> DataRecord | None:
    """Raises CheckpointError for one that is not whole, or does not fit the network."""
    try:
        record = read_record(document, {name: values.numpy() for name, values in arrays.items()})
        if record is not None:
            record.require(config)
        elif document["format"] == FORMAT:
            raise DataError("preprocessing: Field required")
    except DataError as error:
        raise CheckpointError(f"{path} is not a whole AutoSNN Studio model: {error}") from error
    return record
