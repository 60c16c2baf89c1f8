"""Position of a study, beside its tensors: kept as JSON in each checkpoint."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.errors import CheckpointError
from engine.events import Candidate, FoundUnder, TrainingFinished
from engine.training.totals import Totals


class TallyState(BaseModel):
    """An `evaluation.Tally` as JSON; `spikes` are whole counts [rows][T]."""

    correct: int
    samples: int
    spikes: list[list[float]]


class State(BaseModel):
    """Position of a study: everything up to `batch` of `epoch` (or `generation`) of `phase` is done.

    Within a generation, `tallies` are those of its candidates. Where they are evaluated one by one, `batch` belongs to
    the first that has not seen all images yet; earlier versions counted candidates in it then, and committed between
    two candidates only.

    `threads`, `device` and `kernels` (whether the compiled ones run it) are what it was begun with: sums depend on
    them, so whoever goes on takes the same.
    `found_under` says under which λ a fork's kept generations were found, where it has another.
    In an analysis, `trainings` are done, and `curve` holds (loss, accuracy) of the current one's epochs.
    """

    model_config = ConfigDict(extra="forbid")

    config_digest: str
    data_digest: str
    phase: Literal["supernet", "search", "retrain", "analysis", "done"] = "supernet"
    epoch: int = 0
    batch: int = 0
    totals: Totals = Totals()
    average_spikes: float = 0.0
    supernet_file: str = ""
    supernet_sha256: str = ""
    generation: int = 0
    candidates: list[Candidate] = []
    found_under: list[FoundUnder] = Field([], exclude_if=lambda found: not found)
    tallies: list[TallyState] = []
    best_test_accuracy: float = 0.0
    winner: list[TrainingFinished] = []
    trainings: list[TrainingFinished] = []
    curve: list[tuple[float, float]] = []
    commits: int = 0
    threads: int = 0
    device: str = ""
    kernels: bool | None = None

    def next_epoch(self) -> None:
        """The epoch at work is done."""
        self.epoch, self.batch, self.totals = self.epoch + 1, 0, Totals()


def state_of(metadata: dict[str, Any], name: str) -> State:
    """The state in the metadata of the checkpoint of this name. Raises CheckpointError where it holds none."""
    if "state" not in metadata:
        raise CheckpointError(f"{name} is not a checkpoint of a running study")
    try:
        return State.model_validate(metadata["state"])
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise CheckpointError(f"{name} holds a study's state of another version: {where}: {first['msg']}") from error
