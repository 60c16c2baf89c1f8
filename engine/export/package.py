"""The package of a finished study: its network, how it is used, a few samples, and the sums of all files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor

from engine.analysis.sanity import ResultWarning
from engine.backends.dispatch import place
from engine.config.study import StudyConfig
from engine.data.evaluated.record import TENSORS, DataRecord, read_record, record_of
from engine.data.load import Dataset
from engine.errors import CheckpointError, DataError
from engine.export.document import FORMAT, WITHOUT_RECORD, config_and_architecture, document_of, fine_tunings
from engine.export.kept_samples import KeptSamples, batch_of, keep_samples, network_input, read_samples
from engine.export.layer_table import layer_table
from engine.export.members import CODE, CONFIG, FOLDER, MODEL, README, SAMPLES, SUMS, read_members
from engine.export.model_card import DataFacts, KeptFacts, Outcome, model_card
from engine.export.model_file.write import model_file, obstacle
from engine.model.network import Network, SpikingNetwork, build_child
from engine.storage import checkpoint
from engine.storage.atomic import Written, write_bytes

__all__ = [
    "CONFIG",
    "FOLDER",
    "MODEL",
    "README",
    "SUMS",
    "Package",
    "load",
    "model_card",
    "open_package",
    "read",
    "save",
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

    def network_input(self, inputs: Tensor) -> Tensor:
        """Samples as the data set has them, as `KeptSamples.inputs`, → the network's input, float32 [n, (T,) C, H, W].

        Raises CheckpointError for a package of version 1, which does not keep its preprocessing.
        """
        if self.record is None:
            raise CheckpointError("a package of version 1 does not keep how samples become its input")
        return network_input(inputs, self.record.preprocessing.encoding)


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
    """Write the package's files; returns the model file. The same result gives the same bytes.

    `kernels`: whether they ran the network. `warnings` stand in its card.
    """
    record, samples = record_of(config, data), keep_samples(network, data)
    document = {
        "format": FORMAT,
        "architecture": outcome.architecture,
        "study": config.model_dump(mode="json"),
        "results": asdict(outcome),
        "data_digest": data.digest,
        "torch": torch.__version__,
        "kernels": kernels,
        **record.document(),
        "votes_per_class": network.votes_per_class,
        "layers": layer_table(network),
        "kept_samples": samples.document(data.encoding, batch_of(network)),
    }
    kept = _kept(samples, obstacle(config, network.only_architecture))
    card = model_card(config, outcome, _facts(data), kept, warnings)
    return _write_files(folder, config, network, document, record, samples, card)


def save(folder: Path, package: Package) -> Written:
    """Write a package that was opened, and whose network may have been fine-tuned; returns the model file.

    Raises CheckpointError for one of before version 2, which keeps no samples.
    """
    record, samples = package.record, package.samples
    if record is None or samples is None:
        raise CheckpointError("only a package of version 2 with its samples can be saved: this one keeps none")
    network, document = package.network, package.document | {"format": FORMAT, "torch": torch.__version__}
    config = network.config
    kept = _kept(samples, obstacle(config, network.only_architecture))
    names = {field.name for field in fields(Outcome)}
    outcome = Outcome(**{name: value for name, value in document["results"].items() if name in names})
    card = model_card(config, outcome, _recorded(document, record), kept, tuned=fine_tunings(document))
    return _write_files(folder, config, network, document, record, samples, card)


def _write_files(
    folder: Path,
    config: StudyConfig,
    network: SpikingNetwork,
    document: dict[str, Any],
    record: DataRecord,
    samples: KeptSamples,
    card: str,
) -> Written:
    arrays = {name: torch.from_numpy(values) for name, values in record.arrays().items()}
    model = checkpoint.write(folder / MODEL, {**network.state_dict(), **arrays}, document)
    path = network.only_architecture
    code = [] if obstacle(config, path) else [write_bytes(folder / CODE, model_file(config, path).encode())]
    files = [
        model,
        write_bytes(folder / CONFIG, (json.dumps(document, indent=2) + "\n").encode()),
        write_bytes(folder / README, card.encode()),
        *code,
        write_bytes(folder / SAMPLES, save_tensors(samples.tensors())),
    ]
    sums = "".join(f"{file.sha256}  {file.name}\n" for file in files)
    write_bytes(folder / SUMS, sums.encode())
    return model


def _kept(samples: KeptSamples, no_file: str) -> KeptFacts:
    double = samples.double
    return KeptFacts(
        len(samples.labels), samples.accuracy, samples.spikes, double.accuracy(samples.labels), double.spikes, no_file
    )


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


def _recorded(document: dict[str, Any], record: DataRecord) -> DataFacts:
    """As far as a package tells of its data."""
    encoding = record.preprocessing.encoding
    note = f"{len(record.train):,} training and {len(record.test):,} test samples"
    held = len(record.train), len(record.validation), document["data_digest"]
    return DataFacts(*held, note, encoding.mean, encoding.std, record.classes)


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
    members = read_members(path)
    model = members[MODEL]
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
    record = _record(path, document, config, arrays)
    return Package(network.eval(), document, record, _samples(path, network, record, members.get(SAMPLES)))


def _samples(path: Path, network: Network, record: DataRecord | None, data: bytes | None) -> KeptSamples | None:
    """Raises CheckpointError for samples that are not whole, or do not fit the network."""
    if data is None or record is None:
        return None
    how = record.preprocessing
    shape = (how.time_steps, *how.input) if how.kind == "events" else how.input
    layers = tuple(row.name for row in network.layer_specs(network.only_architecture))
    try:
        return read_samples(load_tensors(data), layers, shape)
    except (SafetensorError, DataError) as error:
        raise CheckpointError(f"{path} is not a whole AutoSNN Studio model: {error}") from error


def _record(path: Path, document: dict[str, Any], config: StudyConfig, arrays: dict[str, Tensor]) -> DataRecord | None:
    """Raises CheckpointError for one that is not whole, or does not fit the network."""
    try:
        record = read_record(document, {name: values.numpy() for name, values in arrays.items()})
        if record is not None:
            record.require(config)
        elif document["format"] != WITHOUT_RECORD:
            raise DataError("preprocessing: Field required")
    except DataError as error:
        raise CheckpointError(f"{path} is not a whole AutoSNN Studio model: {error}") from error
    return record
