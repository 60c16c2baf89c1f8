"""Checks of a new study's config beyond the bounds of its fields: readable paths, a printable name, its data sets."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User

from engine.config.data import DataConfig
from engine.config.study import StudyConfig
from engine.errors import ConfigError
from webapp.datasets.admission import why_unreadable
from webapp.datasets.models import Dataset
from webapp.datasets.services import used_by


def require_readable(config: StudyConfig, user: User) -> None:
    """Raises ConfigError, field by field, where the user's study may not read a path its config names."""
    visible = Dataset.objects.for_user(user)
    paths = [(field, data.path) for field, data in config.all_data.items() if data.path is not None]
    reasons = [(field, why_unreadable(path, visible)) for field, path in paths]
    if problems := [f"{field}.path: {reason}" for field, reason in reasons if reason]:
        raise ConfigError(problems)


def require_printable(config: StudyConfig) -> None:
    """Raises ConfigError for a name that lists and logs cannot show. Stored studies with such a name stay readable."""
    if not config.name.isprintable():
        raise ConfigError([f"name: must be 1 to 120 printable characters, got {config.name[:60]!r}"])


def datasets_of(config: StudyConfig, user: User) -> list[Dataset]:
    """The data sets the study reads, locked until the transaction ends."""
    visible = Dataset.objects.for_user(user)
    found = [used_by(data.dataset, _location(data), data.content_sha256, visible) for data in config.all_data.values()]
    return list({one.id: one for one in found if one is not None}.values())


def _location(data: DataConfig) -> str | None:
    """The path in the form data sets store. One file has several spellings: `./a`, `b/../a`, a link, absolute."""
    if data.path is None:
        return None
    root: Path = settings.DATA_ROOT.resolve()
    found = (root / data.path).resolve()
    return str(found.relative_to(root)) if found.is_relative_to(root) else str(found)
