"""The JSON form of studies and events, for the API, the pages and the socket."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.urls import reverse

from engine.config.catalog import title_of
from engine.export.members import CODE, SAMPLES
from webapp.studies import files
from webapp.studies.files import package_name
from webapp.studies.models import TERMINAL, Event, Priority, State, Study
from webapp.studies.selectors.warnings import spike_note, warnings_of
from webapp.studies.services.scheduling import Queue


def summary(study: Study, user: User, queue: Queue | None = None) -> dict[str, Any]:
    """Everything a page shows of a study apart from its events. A list passes the queue it has read once."""
    config = study.config
    return {
        "id": str(study.id),
        "name": study.name,
        "state": study.state,
        "phase": study.phase,
        "reason": study.reason,
        "reason_code": study.reason_code,
        "request": study.request,
        "ending": study.ending,
        "priority": Priority(study.priority).label,
        "archived": study.archived,
        "waits": _waits(study, queue),
        "progress": study.progress,
        "seconds_left": study.seconds_left if study.state == State.RUNNING else None,
        "repeat": None if study.repeat is None else str(study.repeat),
        "owner": study.owner.get_username(),
        "dataset": config["data"]["dataset"],
        "dataset_title": title_of(config["data"]["dataset"]),
        "space_size": int(study.space_size),
        "time_steps": config["network"]["time_steps"],
        "generation": study.generation,
        "generations": study.generations,
        "best": _best(study),
        "compute_seconds": study.compute_seconds,
        "created": _time(study.created),
        "started": _time(study.started),
        "finished": _time(study.finished),
        "config": config,
        "config_digest": study.config_digest,
        "last_seq": study.last_seq,
        "downloads": _downloads(study),
        "may_edit": user.is_staff or study.owner_id == user.pk,
    }


def detail(study: Study, user: User) -> dict[str, Any]:
    """The summary with what makes the study's results worth little, and the note on its spikes; a list has no room."""
    return summary(study, user) | {"warnings": warnings_of(study), "spike_note": spike_note(study)}


def wire(event: Event) -> dict[str, Any]:
    """A stored event in wire form."""
    return {"seq": event.seq, "time": event.time.isoformat(), "event": event.payload}


def _waits(study: Study, queue: Queue | None) -> str:
    """The reason why a study waits for a worker, in words; "" where it is running, paused or ended."""
    if (study.state == State.RUNNING and study.holder) or study.state in (*TERMINAL, State.DRAFT):
        return ""
    if study.state == State.PAUSED and study.not_before is None:
        return ""
    place = (queue or Queue()).place(study)
    return place.why if place else ""


def _best(study: Study) -> dict[str, Any] | None:
    if not study.best_architecture:
        return None
    return {
        "architecture": study.best_architecture,
        "accuracy": study.best_accuracy,
        "spikes": study.best_spikes,
        "tag": study.best_tag,
    }


def _downloads(study: Study) -> dict[str, Any] | None:
    if study.state != State.SUCCEEDED or not (paths := files.result_files(study.id)):
        return None
    names = {path.name for path in paths}
    return {
        "zip": reverse("study-download", args=[study.id]),
        "bytes": sum(path.stat().st_size for path in paths),
        "name": package_name(study),
        "code": CODE in names,
        "samples": SAMPLES in names,
    }


def _time(value: Any) -> str | None:
    return value.isoformat() if value else None
