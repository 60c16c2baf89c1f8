"""The actions on a study by name, shared by the API, the jobs panel and the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from engine.errors import ConfigError
from webapp.studies import services
from webapp.studies.models import Ending, Priority

Options = Mapping[str, Any]
PRIORITIES = {label: value for value, label in Priority.choices}

OPTIONS = frozenset({"priority", "retrain", "generation", "generations", "config"})


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


def _extend(study_id: UUID, options: Options) -> None:
    generations = options.get("generations")
    if isinstance(generations, bool) or not isinstance(generations, int):
        raise ConfigError([f"generations: must be a whole number, got {str(generations)[:40]!r}"])
    services.extend(study_id, generations)


def _without_options(transition: Callable[[UUID], None]) -> Callable[[UUID, Options], None]:
    return lambda study_id, options: transition(study_id)


ACTIONS: dict[str, Callable[[UUID, Options], None]] = {
    "pause": _without_options(services.pause),
    "resume": _without_options(services.resume),
    "stop": _stop,
    "extend": _extend,
    "cancel": _without_options(services.cancel),
    "retry": _without_options(services.retry),
    "archive": _without_options(services.archive),
    "restore": _without_options(services.restore),
    "priority": _set_priority,
    "delete": _without_options(services.delete),
    "undelete": _without_options(services.undelete),
}
"""Each raises InvalidTransition where the study's state does not allow it, and ConfigError for an invalid option."""
