"""One epoch of training in a run: progress after each batch, and commits in between."""

from __future__ import annotations

from collections.abc import Callable

from engine.events import Progress, Steps
from engine.run.session import Session
from engine.training.trainer import PathOf, Trainer

ProgressOf = Callable[[int], Progress]
"""The progress after so many batches of the epoch."""


def train_epoch(session: Session, trainer: Trainer, epoch: int, path: PathOf, progress: ProgressOf) -> Steps:
    """The rest of one epoch from `state.batch`."""
    state = session.state
    for batch in trainer.epoch(epoch, state.batch, state.totals, path):
        state.batch = batch
        yield progress(batch)
        if batch < trainer.batches and session.commit_due():
            yield session.commit(trainer.tensors())


def epoch_progress(session: Session, trainer: Trainer, epoch: int) -> ProgressOf:
    """Progress of a phase that trains one network."""
    epochs, batches = trainer.recipe.epochs, trainer.batches

    def progress(batch: int) -> Progress:
        done, total = epoch * batches + batch, epochs * batches
        loss, accuracy, spikes = session.state.totals.means
        return Progress(
            phase=trainer.purpose,
            done=done,
            total=total,
            message=f"epoch {epoch + 1} of {epochs}, batch {batch} of {batches}",
            seconds_left=session.seconds_left(done, total),
            loss=loss,
            accuracy=accuracy,
            spikes=spikes,
        )

    return progress
