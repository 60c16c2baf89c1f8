"""The networks and data of a study, opened once for many requests: its supernet and its retrained winner."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import torch

from engine.backends.cpu import build
from engine.backends.dispatch import place
from engine.config.parse import MAX_JSON_BYTES, parse_stored
from engine.config.study import StudyConfig
from engine.data.images import Images
from engine.data.load import Dataset, load
from engine.data.preprocessing.coding import Encoding
from engine.errors import CheckpointError, ConfigError, DataChangedError, FileError
from engine.evaluation.recalibration import recalibrated, recalibration_images
from engine.export import package
from engine.inspection.request import Request, Split, Weights
from engine.model.network import SpikingNetwork, build_supernet
from engine.process.device import configure_device
from engine.run.state import State, state_of
from engine.space.architecture import Architecture
from engine.storage import checkpoint
from engine.storage.atomic import read_metadata
from engine.storage.committed import commits_of, stored_heads
from engine.storage.files import is_there, read_file
from engine.training.trainer import load_network


@dataclass
class Source:
    """A study's folder with its `state`, or a package, which holds one network of `package_architecture`."""

    folder: Path
    config: StudyConfig
    data: Dataset
    device: torch.device
    state: State | None
    package_architecture: str | None
    _networks: dict[str, SpikingNetwork] = field(default_factory=dict)
    _opened: package.Package | None = None

    def encoding(self, request: Request) -> Encoding:
        """How samples become the input of the requested network: for the retrained one as its package says."""
        record = self._package().record if request.weights == "retrained" else None
        return self.data.encoding if record is None else record.preprocessing.encoding

    def images(self, split: Split) -> Images:
        return self.data.validation if split == "validation" else self.data.test

    @contextmanager
    def network(self, request: Request, architecture: Architecture) -> Iterator[SpikingNetwork]:
        """The network with the requested weights; the supernet recalibrated where the study's search does so."""
        network = self._network(request.weights, architecture)
        if request.weights == "retrained" or not self.config.search.recalibration_batches:
            yield network
            return
        batches = recalibration_images(self.config, self.data, self.device, self._number(architecture))
        with recalibrated(network, architecture, batches):
            yield network

    def _network(self, weights: Weights, architecture: Architecture) -> SpikingNetwork:
        if weights not in self._networks:
            read = self._supernet if weights == "supernet" else self._retrained
            network, kernels = read()
            self._networks[weights] = place(network, self.device, kernels=kernels)
        network = self._networks[weights]
        if weights == "retrained" and network.only_architecture != architecture:
            raise ConfigError(
                [f"weights: only the winner was retrained and kept, {network.only_architecture.code}; choose supernet"]
            )
        return network

    def _supernet(self) -> tuple[SpikingNetwork, bool]:
        """The supernet, and whether the search evaluates it by the kernels."""
        if self.state is None:
            raise ConfigError(["weights: this package holds the retrained network alone; choose retrained"])
        network = build_supernet(self.config, 0)
        tensors, _ = checkpoint.read(self.folder / self.state.supernet_file, self.state.supernet_sha256)
        load_network(network, tensors)
        return network, bool(self.state.kernels)

    def _retrained(self) -> tuple[SpikingNetwork, bool]:
        found = self._package()
        return found.network, package.with_kernels(found.document)

    def _package(self) -> package.Package:
        if self._opened is None:
            self._opened = package.open_package(self.folder if self.state is None else self.folder / package.FOLDER)
        return self._opened

    def _number(self, architecture: Architecture) -> int:
        """The number that seeds the recalibration: the candidate's id, or a negative one where the search has none.

        A candidate that was evaluated twice was recalibrated on other images each time; the first evaluation counts.
        """
        for candidate in self.state.candidates if self.state else ():
            if candidate.architecture == architecture.code:
                return candidate.id
        return -1 - self.config.space.index(architecture)


def open_source(folder: Path, data_root: Path, study: StudyConfig | None = None) -> Source:
    """Open a study's working folder or a package (zip, folder, model.safetensors). `study` is the folder's config.

    Raises CheckpointError where there is no trained supernet yet, DataChangedError where the checksum differs.
    """
    opened = None
    if (folder / "checkpoints").is_dir():
        state = _position(folder)
        config = _config(folder, state, study)
        digest, architecture, threads, kind = state.data_digest, None, state.threads, state.device
    else:
        opened = package.open_package(folder)
        document = opened.document
        state, config, threads, kind = None, parse_stored(document["study"]), 0, ""
        digest, architecture = document["data_digest"], document["architecture"]
    build.begin()  # compiles in the background, while the data are read
    data = load(config, data_root)
    if data.digest != digest:
        raise DataChangedError("the data set has changed since this study began: its SHA-256 differs; restore it")
    device = configure_device(config.runtime, threads=threads, device=kind)
    return Source(folder, config, data, device, state, architecture, _opened=opened)


def _config(folder: Path, state: State, given: StudyConfig | None) -> StudyConfig:
    """The given config, the folder's study.json, or the config in the supernet's file; a fork has another."""
    if given is not None:
        config = given
    elif is_there(folder / "study.json"):
        config = _read_config(folder / "study.json")
    else:
        config = parse_stored(read_metadata(folder / state.supernet_file, state.supernet_sha256)["config"])
    if config.digest() != state.config_digest:
        raise CheckpointError(f"{folder} belongs to another config ({state.config_digest[:12]}…): name it by --study")
    return config


def _read_config(path: Path) -> StudyConfig:
    try:
        return parse_stored(read_file(path, MAX_JSON_BYTES))
    except FileError as error:
        raise CheckpointError(str(error)) from error
    except ConfigError as error:
        raise CheckpointError(f"{path}: {error}; name the study's config by --study") from error


def _position(folder: Path) -> State:
    """The state of the newest whole checkpoint that names a supernet. A running study may delete some meanwhile."""
    newest_first = sorted((folder / "checkpoints").glob("*.safetensors"), key=_modified, reverse=True)
    sums = _sums(folder)
    for path in newest_first:
        try:
            state = state_of(read_metadata(path, sums.get(path.name)), path.name)
        except (CheckpointError, OSError):
            continue
        if state.supernet_file and (folder / state.supernet_file).is_file():
            return state
    raise CheckpointError("the supernet is not trained yet, or was not kept")


def _sums(folder: Path) -> dict[str, str]:
    """SHA-256 of the checkpoints by name, where a headless run's folder tells them."""
    try:
        return {commit.checkpoint: commit.sha256 for commit in commits_of(stored_heads(folder)[0])}
    except (FileError, OSError):
        return {}


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
