"""An open study: its data, device, position and checkpoints."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor

from engine.backends.cpu import build
from engine.backends.dispatch import Placed, choose, place
from engine.config.own_parts import require_unchanged
from engine.config.recipe import Recipe
from engine.config.study import StudyConfig
from engine.cost.memory import knows_all_blocks, memory_limit, require_gpu_memory, require_memory
from engine.data.images import Images
from engine.data.load import Dataset, load
from engine.errors import CheckpointError, ConfigError, DataChangedError
from engine.events import Commit, LayerInfo, Resume, StudyStarted
from engine.model.network import Network
from engine.process.device import apply_runtime, configure_device
from engine.process.malloc import keep_freed_memory
from engine.run.control import Control
from engine.run.state import State, state_of
from engine.space.shapes import layer_specs
from engine.storage import checkpoint
from engine.training.trainer import Batch, Trainer, evaluation_batches

log = logging.getLogger(__name__)
KEPT_CHECKPOINTS = 3
WRITE_SHARE = 20
"""A checkpoint is written at most every WRITE_SHARE times as long as the last one took: at most 5 % of the time."""


@dataclass
class Session:
    """Everything the phases share. `state` and the tensors handed to `commit` are all that has to survive."""

    config: StudyConfig
    workdir: Path
    data_root: Path
    data: Dataset
    device: torch.device
    attempt: int
    state: State
    tensors: dict[str, Tensor]
    commit_seconds: float
    control: Control = field(default_factory=Control)
    written: deque[Path] = field(default_factory=deque)
    last_commit: float = field(default_factory=time.monotonic)
    write_seconds: float = 0.0
    pace: tuple[float, int] | None = None

    @classmethod
    def open(
        cls,
        config: StudyConfig,
        workdir: Path,
        data_root: Path,
        attempt: int,
        resume: Resume | None,
        commit_seconds: float,
        control: Control | None = None,
    ) -> Session:
        """Load the data and, where `resume` names one, the checkpoint. Raises DataError and CheckpointError, and
        ConfigError where a new study cannot fit into memory, or a part of one's own has changed since it began.
        """
        require_unchanged(config.parts)
        keep_freed_memory()
        build.begin()  # in the background, while the data are read
        data = load(config, data_root)
        state = State(config_digest=config.digest(), data_digest=data.digest)
        tensors: dict[str, Tensor] = {}
        if resume is not None:
            state, tensors = _read_position(workdir / "checkpoints" / resume.checkpoint, resume, state)
        device = _configure_device(config, state, resume is not None)
        if resume is None:
            _require_memory(config, device)
        known = control or Control()
        return cls(config, workdir, data_root, data, device, attempt, state, tensors, commit_seconds, known)

    def trainer(
        self,
        network: Network,
        images: Images,
        recipe: Recipe,
        purpose: Literal["supernet", "retrain"],
    ) -> Trainer:
        return Trainer(network, images, self.data, recipe, purpose=purpose)

    def batches(self, images: Images, start: int = 0) -> Iterator[Batch]:
        """A split's batches in order, as an evaluation sees them, from number `start`."""
        return evaluation_batches(images, self.data.encoding, self.config.search.batch_size, self.device, start)

    def place(self, network: Placed) -> Placed:
        """The network on this study's device, to be run as the study was begun: by the kernels or in plain torch."""
        return place(network, self.device, kernels=bool(self.state.kernels))

    def apply_runtime(self) -> None:
        """The process as this study has it, whoever had it meanwhile."""
        apply_runtime(self.config.runtime, self.state.threads, self.device)

    def restore_trainer(self, trainer: Trainer) -> bool:
        """Load the resumed checkpoint's tensors into the trainer; whether there were any."""
        tensors, self.tensors = self.tensors, {}
        if not tensors:
            return False
        trainer.load(tensors)
        return True

    def started(self) -> StudyStarted:
        """The first event. Row kinds are those of every path: searched layers say `search`."""
        config, space = self.config, self.config.space
        layers = layer_specs(space.macro, space.at(0), config.input, config.neuron_parameters)
        searched = {str(i) for i, layer in enumerate(space.macro.layers, 1) if layer.kind == "search"}
        return StudyStarted(
            config_digest=config.digest(),
            space_size=space.size,
            time_steps=config.network.time_steps,
            layers=tuple(
                LayerInfo(
                    name=row.name,
                    kind="search" if row.name in searched else row.block,
                    channels=row.shape[0],
                    height=row.shape[1],
                    width=row.shape[2],
                )
                for row in layers
            ),
            train_samples=len(self.data.train.labels),
            validation_samples=len(self.data.validation.labels),
            test_samples=len(self.data.test.labels),
            data_digest=self.data.digest,
            data_note=self.data.note,
            device=str(self.device),
        )

    def commit_due(self) -> bool:
        if self.control.hurry:
            return True
        wait = max(self.commit_seconds, WRITE_SHARE * self.write_seconds)
        return time.monotonic() - self.last_commit >= wait

    def commit(self, tensors: dict[str, Tensor]) -> Commit:
        """Write the position with `tensors`, of any shapes by name.

        Files three commits back go: the last two stored ones can be fallen back upon.
        """
        started = time.monotonic()
        self.state.commits += 1
        path = self.workdir / "checkpoints" / f"{self.attempt:04d}-{self.state.commits:06d}.safetensors"
        done = checkpoint.write(path, tensors, {"state": self.state.model_dump(mode="json")})
        self.written.append(path)
        while len(self.written) > KEPT_CHECKPOINTS:
            self.written.popleft().unlink(missing_ok=True)
        self.last_commit = time.monotonic()
        self.write_seconds = self.last_commit - started
        return Commit(done.name, done.sha256, done.size, self.state.commits, self.state.phase)

    def keep_supernet(self, tensors: dict[str, Tensor]) -> None:
        """Write the trained supernet's tensors, of any shapes, once.

        The search's checkpoints refer to it instead of repeating it.
        """
        weights = {key: value for key, value in tensors.items() if key.startswith("network/")}
        path = self.workdir / f"supernet-{self.attempt:04d}.safetensors"
        done = checkpoint.write(path, weights, {"config": self.config.model_dump(mode="json")})
        self.state.supernet_file, self.state.supernet_sha256 = done.name, done.sha256

    def supernet_tensors(self) -> dict[str, Tensor]:
        """The trained supernet's weights by name, shaped as in the network.

        Raises CheckpointError where the file is gone or damaged.
        """
        tensors, _ = checkpoint.read(self.workdir / self.state.supernet_file, self.state.supernet_sha256)
        return tensors

    def seconds_left(self, done: int, total: int) -> float | None:
        """From the pace of this session in the current phase; None until there is one."""
        now = time.monotonic()
        if self.pace is None or done <= self.pace[1]:
            self.pace = (now, done)
            return None
        return (now - self.pace[0]) / (done - self.pace[1]) * (total - done)


def _configure_device(config: StudyConfig, state: State, resumed: bool) -> torch.device:
    """The recorded number of threads and kind of device, so that a study goes on as it began; recorded where new."""
    state.threads = state.threads or config.runtime.threads
    device = configure_device(config.runtime, threads=state.threads, device=state.device)
    state.device = device.type
    there = choose(device) != "torch"
    if state.kernels and not there:
        log.warning("this study was begun with the compiled kernels and goes on without: its last digits may differ")
    if state.kernels is None:  # a study of before the kernels goes on without
        state.kernels = there and not resumed
    if config.runtime.precision == "bfloat16" and not (state.kernels and there and knows_all_blocks(config)):
        raise ConfigError(
            [
                "runtime.precision: bfloat16 is for the GPU's own programs, which need Triton, and blocks and neurons "
                "that they know (no depth-wise block, no ReLU, no module of one's own): take float32 or tf32"
            ]
        )
    return device


def _require_memory(config: StudyConfig, device: torch.device) -> None:
    """Raise ConfigError where a new study cannot fit into the memory of what computes it."""
    if device.type == "cuda":
        require_gpu_memory(config, torch.cuda.get_device_properties(device).total_memory)
    else:
        require_memory(config, memory_limit())


def _read_position(path: Path, resume: Resume, fresh: State) -> tuple[State, dict[str, Tensor]]:
    tensors, metadata = checkpoint.read(path, resume.sha256)
    state = state_of(metadata, path.name)
    if state.config_digest != fresh.config_digest:
        raise CheckpointError(f"{path.name} belongs to another config ({state.config_digest[:12]}…)")
    if state.data_digest != fresh.data_digest:
        raise DataChangedError(
            "the data set has changed since this study began: its SHA-256 differs; restore it, or fork"
        )
    return state, tensors
