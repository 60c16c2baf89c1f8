"""Creates a study: stores and queues it in one transaction, with the data sets it reads."""

from __future__ import annotations

import uuid
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction

from engine.analysis.seeds import seeded, with_seed_in_name
from engine.config.study import StudyConfig
from webapp.studies.models import Launch, State, Study
from webapp.studies.services.admission import datasets_of
from webapp.studies.services.launches import note
from webapp.studies.services.scheduling import least_turns, require_unfinished_quota
from webapp.studies.services.transitions import state_event, store
from webapp.studies.services.wake import wake


def create_repeat(owner: User, config: StudyConfig, seeds: int, launch: Launch | None = None) -> list[Study]:
    """One study per seed, all or none. They share `repeat`; a launch key belongs to the first.

    Raises ConfigError for a count out of bounds, and what create_study raises.
    """
    repeat = uuid.uuid4()
    with transaction.atomic():
        first, *others = seeded(config, seeds)
        made = [create_study(owner, with_seed_in_name(first), repeat, launch)]
        return made + [create_study(owner, with_seed_in_name(one), repeat) for one in others]


def create_study(
    owner: User, config: StudyConfig, repeat: UUID | None = None, launch: Launch | None = None, **fields: Any
) -> Study:
    """Store a study and put it in the queue.

    Raises ConfigError beyond the quota, and AlreadyLaunched where the launch key was used before.
    """
    study_id: UUID = fields.pop("id", None) or uuid.uuid4()
    with transaction.atomic():
        if launch is not None:
            note(launch, study_id)
        require_unfinished_quota(owner)
        study = Study.objects.create(
            id=study_id,
            owner=owner,
            repeat=repeat,
            name=config.name,
            config=config.model_dump(mode="json"),
            config_digest=config.digest(),
            seed=config.seed,
            space_size=str(config.space.size),
            generations=config.generations,
            state=State.QUEUED,
            turns=least_turns(),
            **fields,
        )
        study.datasets.set(datasets_of(config, owner))  # from now on they can be neither deleted nor changed
        store(study.id, [state_event(State.QUEUED)])
        wake(study.id)
    study.refresh_from_db()
    return study
