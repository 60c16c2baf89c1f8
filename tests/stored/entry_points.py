"""The only place of these tests that names a module of the product; whoever moves a module adapts this file alone."""

from __future__ import annotations

import os
from typing import Any

from tests.stored.places import REPOSITORY

ENGINE_COMMAND = "engine"
"""The module of `python -m engine …`."""
MANAGE = REPOSITORY / "manage.py"
SETTINGS = "webapp.settings"
ADVANCE_STUDY = "webapp.studies.advance"
WORK_ON_DATASETS = "webapp.datasets.work"
ANSWER_INSPECTION = "webapp.inspections.work"
"""Names of Celery tasks. They are part of the wire format: a message of the old version may lie in the broker."""


def engine_main(arguments: list[str]) -> int:
    """What `python -m engine` runs, in this process; its exit status."""
    from engine.__main__ import main

    return main(arguments)


def same_event(wire: dict[str, Any]) -> dict[str, Any]:
    """An event through its type and back."""
    from engine.events import from_wire, to_wire

    return to_wire(from_wire(wire))


def config_facts(document: dict[str, Any]) -> tuple[str, str]:
    """(digest, canonical JSON) of a config's document."""
    from engine.config.parse import parse_config

    config = parse_config(document)
    return config.digest(), config.canonical()


def start_django() -> None:
    """Django with the product's settings, and its Celery tasks registered."""
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    import django

    django.setup()
    from celery import current_app

    current_app.loader.import_default_modules()


def python_names(lines: str) -> dict[str, Any]:
    """What lines of Python leave behind."""
    names: dict[str, Any] = {}
    exec(lines, names)
    return names
