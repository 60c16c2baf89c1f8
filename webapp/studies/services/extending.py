"""Extends a search by generations in its own study: config, checkpoint and an event, and the study is queued again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from engine.config.parse import parse_stored
from engine.config.study import StudyConfig
from engine.errors import CheckpointError
from engine.events import Commit, StudyExtended, to_wire
from engine.run.extension import extend as extend_from
from engine.run.extension import extended_config
from webapp.http.errors import InvalidTransition
from webapp.studies.files import workdir
from webapp.studies.models import Checkpoint, Ending, Event, Phase, State, Study
from webapp.studies.services.scheduling import least_turns, require_unfinished_quota
from webapp.studies.services.transitions import engine_events, idle, move, require, store
from webapp.studies.services.wake import wake

REFUSED = "only a paused or finished search is extended"


def extend(study_id: UUID, generations: int) -> None:
    """Search on to `generations` in all. Raises ConfigError and InvalidTransition; then nothing has changed."""
    study = Study.objects.get(id=study_id)
    config = extended_config(parse_stored(study.config), generations)
    require(study.state in (State.PAUSED, State.SUCCEEDED), REFUSED)
    newest = Checkpoint.objects.filter(study=study).order_by("-step").first()
    if newest is None or newest.events != engine_events(study_id):
        raise InvalidTransition("the newest step of the study has no checkpoint; resume it first")
    at = Commit(newest.path, newest.sha256, newest.size, newest.step, "search")
    begun = Event.objects.filter(study=study, kind="phase_started", payload__phase="retrain").exists()
    try:
        told, commit = extend_from(workdir(study_id), at, config, attempt=study.fence, retrained=begun)
    except (CheckpointError, OSError) as error:
        raise InvalidTransition(f"the study cannot be extended: {error}") from error
    _store(study, config, told, commit)


def _store(study: Study, config: StudyConfig, told: StudyExtended, commit: Commit) -> None:
    with transaction.atomic():
        if study.state == State.SUCCEEDED:
            require_unfinished_quota(study.owner)
        fields: dict[str, Any] = {
            "config": config.model_dump(mode="json"),
            "config_digest": config.digest(),
            "generations": config.generations,
            "phase": Phase.SEARCH,
            "ending": Ending.NONE,
            "progress": 0,
            "finished": None,
            "not_before": None,
            "archived": False,
            "turns": least_turns(),
            "attempts_since_progress": 0,
        }
        rows = idle(study.id, State.PAUSED, State.SUCCEEDED).filter(last_seq=study.last_seq, fence=study.fence)
        require(move(rows, State.QUEUED, study.id, **fields), REFUSED)
        store(study.id, [to_wire(told)])
        Checkpoint.objects.create(
            study=study,
            step=commit.step,
            attempt=study.fence,
            path=commit.checkpoint,
            sha256=commit.sha256,
            size=commit.size,
            events=engine_events(study.id),
        )
        wake(study.id)
