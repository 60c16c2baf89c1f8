"""What a study has to remember between two steps, beside its tensors: kept as JSON in each checkpoint. No torch."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from engine.events import Candidate, TrainingFinished


class Totals(BaseModel):
    """Sums over the batches of the epoch so far."""

    loss: float = 0.0
    correct: int = 0
    seen: int = 0
    spikes: float = 0.0

    def add(self, loss: float, correct: int, seen: int, spikes: float) -> None:
        """Add one batch; `loss` is its mean, `spikes` its sum."""
        self.loss += loss * seen
        self.correct += correct
        self.seen += seen
        self.spikes += spikes

    @property
    def means(self) -> tuple[float, float, float]:
        """Loss, accuracy and spikes per sample."""
        n = max(self.seen, 1)
        return self.loss / n, self.correct / n, self.spikes / n


class TallyState(BaseModel):
    """An `evaluation.Tally` as JSON; `spikes` are whole counts [rows][T]."""

    correct: int
    samples: int
    spikes: list[list[float]]


class State(BaseModel):
    """Position of a study: everything up to `batch` of `epoch` (or `generation`) of `phase` is done.

    `threads`, `device` and `kernels` (whether the compiled ones run it) are what it was begun with: sums depend on
    them, so whoever goes on takes the same.
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
    tallies: list[TallyState] = []
    best_test_accuracy: float = 0.0
    winner: list[TrainingFinished] = []
    trainings: list[TrainingFinished] = []
    curve: list[tuple[float, float]] = []
    commits: int = 0
    threads: int = 0
    device: str = ""
    kernels: bool | None = None
