"""The package of a finished study: model.safetensors, config.json, MODEL_CARD.md, SHA256SUMS."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors

from engine.analysis.sanity import ResultWarning
from engine.backends.dispatch import place
from engine.config.parse import parse_stored
from engine.config.study import StudyConfig
from engine.data.load import Dataset
from engine.errors import CheckpointError
from engine.export.model_card import DataFacts, Outcome, model_card
from engine.model.network import Network, SpikingNetwork, build_child
from engine.space.architecture import Architecture
from engine.storage import checkpoint
from engine.storage.atomic import METADATA_KEY, Written, write_bytes

FOLDER = "result"
MODEL, CONFIG, CARD, SUMS = "model.safetensors", "config.json", "MODEL_CARD.md", "SHA256SUMS"
MAX_MODEL_BYTES = 4 << 30
"""Most bytes of a model in a zip; one that declares more is refused before it is read."""


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
        write_bytes(folder / CARD, model_card(config, outcome, _facts(data), warnings).encode()),
    ]
    sums = "".join(f"{file.sha256}  {file.name}\n" for file in files)
    write_bytes(folder / SUMS, sums.encode())
    return model


def _facts(data: Dataset) -> DataFacts:
    return DataFacts(len(data.full_train.labels), len(data.validation.labels), data.digest, data.note)


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
