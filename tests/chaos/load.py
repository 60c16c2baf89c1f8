"""The study everything is done to, what an undisturbed run of it leaves, and looking at the rows of a disturbed one."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from engine.config.study import StudyConfig
from tests.chaos.place import PATIENCE, wait_for
from tests.engine.tiny import tiny_config
from webapp.workers.process import host_and_pid

Found = TypeVar("Found")


def study_config(epochs: int = 12, generations: int = 4) -> StudyConfig:
    """Real digits, seconds of work, many steps."""
    tiny = tiny_config()
    return tiny.model_copy(
        update={
            "supernet": tiny.supernet.model_copy(update={"epochs": epochs}),
            "search": tiny.search.model_copy(update={"generations": generations}),
            "retrain": tiny.retrain.model_copy(update={"epochs": epochs}),
        }
    )


@cache
def undisturbed(epochs: int, generations: int) -> dict[str, str]:
    """The fingerprints of the same study run headlessly and left alone."""
    from engine.events import Commit, is_durable, to_wire
    from engine.study import run

    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        steps = run(study_config(epochs, generations), work, data_root=work)
        events = [to_wire(item) for item in steps if not isinstance(item, Commit) and is_durable(item)]
        population = [c["spike_map"] for event in events for c in event.get("candidates", [])]
        return fingerprint(events, population, work)


def fingerprint(events: list[dict[str, Any]], spike_maps: list[str], workdir: Path) -> dict[str, str]:
    """SHA-256 of the history, of the population's spike maps, and of the final weights."""
    history = [_without_maps(event) for event in events]
    parts = {
        "history": json.dumps(history, sort_keys=True).encode(),
        "population": json.dumps(spike_maps).encode(),
        "weights": (workdir / "result" / "model.safetensors").read_bytes(),
    }
    return {name: hashlib.sha256(data).hexdigest() for name, data in parts.items()}


def _without_maps(event: dict[str, Any]) -> dict[str, Any]:
    if event["kind"] != "generation_finished":
        return event
    return event | {"candidates": [{k: v for k, v in c.items() if k != "spike_map"} for c in event["candidates"]]}


def steadily(ask: Callable[[], Found]) -> Found:
    """Ask the database, again where it was just restarted."""
    from django.db import InterfaceError, OperationalError, connection

    answer: list[Found] = []

    def asked() -> bool:
        try:
            answer.append(ask())
        except (OperationalError, InterfaceError):
            connection.close()
            return False
        return True

    wait_for(asked, "an answer of the database")
    return answer[0]


class Subject:
    """One study under test."""

    def __init__(self, epochs: int = 12, generations: int = 4) -> None:
        from django.contrib.auth.models import User

        from webapp.studies import services

        self.size = (epochs, generations)
        owner = steadily(lambda: User.objects.get_or_create(username="chaos", is_staff=True, is_superuser=True)[0])
        self.id: UUID = steadily(lambda: services.create_study(owner, study_config(*self.size)).id)

    def row(self) -> Any:
        from webapp.studies.models import Study

        return steadily(lambda: Study.objects.get(id=self.id))

    @property
    def state(self) -> str:
        return str(self.row().state)

    def steps(self) -> int:
        from webapp.studies.models import Checkpoint

        def newest() -> int:
            return Checkpoint.objects.filter(study_id=self.id).order_by("-step").values_list("step", flat=True).first()

        return steadily(newest) or 0

    def is_held(self) -> bool:
        row = self.row()
        return row.state == "running" and bool(row.holder)

    def is_over(self) -> bool:
        return self.state in ("succeeded", "failed", "cancelled")

    def wait_step(self, more: int = 1, seconds: float = PATIENCE) -> float:
        """Until so many more steps are stored, or it is over."""
        start = self.steps()
        return wait_for(lambda: self.is_over() or self.steps() >= start + more, "progress", seconds)

    def wait_held(self) -> float:
        return wait_for(lambda: self.is_over() or self.is_held(), "a worker to take it")

    def holder(self) -> tuple[str, int]:
        """(host, pid) of the process that holds it; ("", 0) where none does."""
        host, pid = host_and_pid(str(self.row().holder))
        return host, int(pid or 0)

    def states(self) -> list[str]:
        """What its history tells of its states."""
        from webapp.studies.models import Event

        told = Event.objects.filter(study_id=self.id, kind="state_changed").order_by("seq")
        return [payload["state"] for payload in steadily(lambda: list(told.values_list("payload", flat=True)))]

    def problems(self) -> list[str]:
        """What is wrong with it now that it should have ended well and like an undisturbed one."""
        wait_for(self.is_over, "the end of the study")
        from webapp.studies.files import workdir
        from webapp.studies.models import Candidate, Event

        row = self.row()
        if row.state != "succeeded":
            return [f"{row.state}: {row.reason}"]
        stored = steadily(lambda: list(Event.objects.filter(study_id=self.id).order_by("seq")))
        found = []
        if [event.seq for event in stored] != list(range(1, len(stored) + 1)):
            found.append("events are not numbered without gaps")
        events = [event.payload for event in stored if event.kind != "state_changed"]
        generations = [event["generation"] for event in events if event["kind"] == "generation_finished"]
        if generations != list(range(len(generations))):
            found.append(f"generations lost or doubled: {generations}")
        rows = steadily(lambda: list(Candidate.objects.filter(study_id=self.id).order_by("number")))
        maps = [_as_text(row.spike_map) for row in rows]
        own, wanted = fingerprint(events, maps, workdir(self.id)), undisturbed(*self.size)
        differing = [name for name in own if own[name] != wanted[name]]
        return [*found, *([f"{', '.join(differing)} differ from an undisturbed run"] if differing else [])]


def _as_text(spike_map: Any) -> str:
    import base64

    return base64.b64encode(bytes(spike_map)).decode()
