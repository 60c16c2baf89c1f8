"""The wake-up message of a study."""

from __future__ import annotations

from uuid import UUID

from webapp.broker.wake import wake_after_commit

ADVANCE = "webapp.studies.advance"


def wake(study_id: UUID) -> None:
    """After the commit, wake a worker to advance the study."""
    wake_after_commit(ADVANCE, study_id)
