"""Progress of a whole study and its remaining time, from the progress of its phases."""

from __future__ import annotations

from functools import lru_cache

from engine.config.study import StudyConfig
from engine.cost.estimate import estimate
from engine.events import Progress

PHASES = ("supernet", "search", "retrain", "analysis")


class Forecast:
    """Weights the phases by their estimated work; the remaining time follows from the time spent."""

    def __init__(self, config: StudyConfig, spent: float, done: float) -> None:
        self._weights = _weights(config)
        self._spent = spent
        self.done = done

    def update(self, event: Progress, seconds: float) -> tuple[float, float | None]:
        """The fraction of the study that is done, and the seconds left; `seconds` is the age of this slice."""
        before = sum(self._weights[phase] for phase in PHASES[: PHASES.index(event.phase)])
        share = min(1.0, event.done / event.total) if event.total else 0.0
        self.done = before + self._weights[event.phase] * share
        spent = self._spent + seconds
        left = spent * (1 - self.done) / self.done if self.done > 0.01 else None
        return self.done, left


@lru_cache(maxsize=64)  # called in every slice; a worker alternates between studies
def _weights(config: StudyConfig) -> dict[str, float]:
    """The fraction of the study's estimated work in each phase."""
    work = estimate(config).work
    total = sum(work[phase] for phase in PHASES)
    return {phase: work[phase] / total for phase in PHASES}
