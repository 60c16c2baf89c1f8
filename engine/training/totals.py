"""Running totals of one training epoch."""

from __future__ import annotations

from pydantic import BaseModel


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
