"""What may be asked of a study, by name: for the API, the jobs panel and the command line alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from engine.errors import ConfigError
from webapp.studies import services
from webapp.studies.models import Ending, Priority

Options = Mapping[str, Any]
PRIORITIES = {label: value for value, label in Priority.choices}

OPTIONS = frozenset({"priority", "retrain", "generation", "config"})


def _stop(study_id: UUID, options: Options) -> None:
    retrain = options.get("retrain", False)
    if not isinstance(retrain, bool):
        raise ConfigError([f"retrain: must be true or false, got {str(retrain)[:40]!r}"])
    services.stop(study_id, Ending.RETRAIN if retrain else Ending.RESULT)


def _set_priority(study_id: UUID, options: Options) -> None:
    wanted = options.get("priority")
    if not isinstance(wanted, str) or wanted not in PRIORITIES:
        raise ConfigError([f"priority: must be one of {', '.join(PRIORITIES)}, got {str(wanted)[:40]!r}"])
    services.set_priority(study_id, Priority(PRIORITIES[wanted]))


def _plain(transition: Callable[[UUID], None]) -> Callable[[UUID, Options], None]:
    return lambda study_id, options: transition(study_id)


VERBS: dict[str, Callable[[UUID, Options], None]] = {
    "pause": _plain(services.pause),
    "resume": _plain(services.resume),
    "stop": _stop,
    "cancel": _plain(services.cancel),
    "retry": _plain(services.retry),
    "archive": _plain(services.archive),
    "restore": _plain(services.restore),
    "priority": _set_priority,
    "delete": _plain(services.delete),
    "undelete": _plain(services.undelete),
}
"""Each raises NotNow where the study's state does not allow it, and ConfigError for an option out of bounds."""
