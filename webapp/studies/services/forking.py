"""Forks a study: copies its supernet, its candidates up to a generation, and their history into a new study."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from engine.config.parse import parse_stored
from engine.config.study import StudyConfig
from engine.cost.memory import memory_limit, require_memory
from engine.errors import CheckpointError
from engine.events import Commit
from engine.run.fork import changed_config, history, require_forkable
from engine.run.fork import fork as copy_up_to
from webapp.http.errors import InvalidTransition
from webapp.studies.files import workdir
from webapp.studies.models import Candidate, Checkpoint, Event, Launch, Phase, Study
from webapp.studies.services.admission import require_printable, require_readable
from webapp.studies.services.creation import create_study
from webapp.studies.services.projections import study_fields
from webapp.studies.services.transitions import store


def fork(
    owner: User, source: Study, generation: int | None, changes: dict[str, Any], launch: Launch | None = None
) -> Study:
    """A new study that continues after `generation` generations of `source`, by default after its last one.

    Without a trained supernet in the source, the fork starts from the beginning. Raises ConfigError, InvalidTransition
    and AlreadyLaunched.
    """
    own = parse_stored(source.config)
    kept = source.generation if generation is None else generation
    config = changed_config(own, changes, kept)
    if "name" in changes:
        require_printable(config)
    else:
        config = config.model_copy(update={"name": _name(source, generation)})
    _require_runnable(owner, config)
    searched = source.phase not in (Phase.NONE, Phase.SUPERNET) and config.analysis is None
    if not searched and generation is None:
        return create_study(owner, config, launch=launch, forked_from=source)
    return _forks(owner, source, kept, [config], launch)[0]


def search_again(
    owner: User, source: Study, configs: Sequence[StudyConfig], launch: Launch | None = None
) -> list[Study]:
    """New searches on the supernet of `source`, each a fork at generation 0, all or none. A launch key is the first's.

    Raises ConfigError, InvalidTransition and AlreadyLaunched.
    """
    own = parse_stored(source.config)
    for config in configs:
        require_forkable(own, config, 0)
        require_printable(config)
        _require_runnable(owner, config)
    return _forks(owner, source, 0, configs, launch)


def _require_runnable(owner: User, config: StudyConfig) -> None:
    require_readable(config, owner)
    require_memory(config, memory_limit())


def _forks(
    owner: User, source: Study, generation: int, configs: Sequence[StudyConfig], launch: Launch | None
) -> list[Study]:
    """Files first, then the rows of all in one transaction."""
    own, ids = parse_stored(source.config), [uuid.uuid4() for _ in configs]
    launches = [launch, *(None for _ in configs[1:])]
    try:
        commits = [
            _copy_files(source, own, generation, config, workdir(study_id))
            for config, study_id in zip(configs, ids, strict=True)
        ]
        with transaction.atomic():
            return [
                _store_fork(owner, source, generation, *one)
                for one in zip(configs, ids, commits, launches, strict=True)
            ]
    except BaseException:
        for study_id in ids:
            shutil.rmtree(workdir(study_id), ignore_errors=True)
        raise


def _name(source: Study, generation: int | None) -> str:
    kept = source.generation if generation is None else generation
    tail = f", fork at generation {kept}" if kept else ", fork"
    return source.name[: 120 - len(tail)] + tail


def _copy_files(source: Study, own: StudyConfig, generation: int, config: StudyConfig, folder: Path) -> Commit:
    """Copy from the newest undamaged checkpoint."""
    problem = "it has no checkpoint yet"
    for row in Checkpoint.objects.filter(study=source).order_by("-step"):
        try:
            at = Commit(row.path, row.sha256, row.size, row.step, "search")
            return copy_up_to(workdir(source.id), at, own, generation, config, folder)
        except (CheckpointError, FileNotFoundError) as error:  # its worker may delete it meanwhile
            problem = str(error)
        except OSError as error:
            raise InvalidTransition(
                f"the study cannot be forked: {error.strerror or error}; try again later"
            ) from error
    raise InvalidTransition(f"the study cannot be forked: {problem}")


def _store_fork(
    owner: User,
    source: Study,
    generation: int,
    config: StudyConfig,
    study_id: uuid.UUID,
    commit: Commit,
    launch: Launch | None,
) -> Study:
    """The rows read here never change, so they are read before they are written: on SQLite that blocks all writers."""
    events = _history(source, generation, config)
    copies = _copies(source, generation, study_id, events)
    with transaction.atomic():
        study = create_study(owner, config, launch=launch, id=study_id, forked_from=source, forked_at=generation)
        store(study.id, events)
        Candidate.objects.bulk_create(copies)
        Checkpoint.objects.create(
            study=study,
            step=commit.step,
            attempt=0,
            path=commit.checkpoint,
            sha256=commit.sha256,
            size=commit.size,
            events=len(events),
        )
        fields = study_fields(events) | {"phase": Phase.SEARCH, "generations": config.generations}
        Study.objects.filter(id=study.id).update(**fields)
    study.refresh_from_db()
    return study


def _history(source: Study, generation: int, config: StudyConfig) -> list[dict[str, Any]]:
    """The engine's events of the source up to the end of that generation, as the fork's own."""
    events = Event.objects.filter(study=source).exclude(kind="state_changed").order_by("seq")
    own = parse_stored(source.config)
    return history((event.payload for event in events), own, generation, config)


def _copies(source: Study, generation: int, study_id: uuid.UUID, events: list[dict[str, Any]]) -> list[Candidate]:
    """The candidates of the fork's own events, with the fitness that they have there."""
    generations = (event["candidates"] for event in events if event["kind"] == "generation_finished")
    scores = {one["id"]: one["fitness"] for candidates in generations for one in candidates}
    copies = list(Candidate.objects.filter(study=source, generation__lt=generation).order_by("number"))
    for candidate in copies:
        candidate.pk, candidate.study_id, candidate.fitness = None, study_id, scores[candidate.number]
    return copies
