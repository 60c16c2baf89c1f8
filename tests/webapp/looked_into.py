"""A finished study with its files and rows, run once by the real engine and copied for each test."""

from __future__ import annotations

import base64
import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from engine.config.study import StudyConfig
from engine.events import Commit, is_durable, to_wire
from webapp.studies import services
from webapp.studies.models import Candidate, Event, Study


@cache
def _run(config: str) -> tuple[Path, list[dict[str, Any]]]:
    from engine.study import run

    folder = Path(mkdtemp(prefix="autosnn-looked-into-"))
    wanted = StudyConfig.model_validate_json(config)
    items = [item for item in run(wanted, folder, data_root=folder) if not isinstance(item, Commit)]
    events = [to_wire(item) for item in items if is_durable(item)]
    return folder, events


def finished_study(owner: User, config: StudyConfig, upto: str = "study_finished") -> Study:
    """The study with its events up to the first of a kind, its candidates, and all its files."""
    folder, events = _run(config.model_dump_json())
    study = services.create_study(owner, config)
    target = settings.STUDIES_ROOT / str(study.id)
    shutil.copytree(folder, target, dirs_exist_ok=True)
    last = next(i for i, event in enumerate(events) if event["kind"] == upto)
    first = Event.objects.filter(study=study).count()
    for seq, event in enumerate(events[: last + 1], first + 1):
        Event.objects.create(study=study, seq=seq, kind=event["kind"], payload=event, time=timezone.now())
        for candidate in event.get("candidates", ()):
            _store(study, candidate)
    return study


def _store(study: Study, candidate: dict[str, Any]) -> None:
    fields = {key: value for key, value in candidate.items() if key not in ("id", "spike_map")}
    data = base64.b64decode(candidate["spike_map"])
    Candidate.objects.create(study=study, number=candidate["id"], spike_map=data, **fields)
