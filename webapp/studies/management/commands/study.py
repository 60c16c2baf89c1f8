"""Runs an action on a study, as the buttons of its page do, and prints its state as JSON."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from engine.errors import ConfigError
from webapp.http.errors import InvalidTransition
from webapp.studies import services
from webapp.studies.models import Study
from webapp.studies.services.actions import ACTIONS, PRIORITIES

SHOWN = ("state", "phase", "reason", "request", "ending", "progress", "generation", "priority", "archived")


class Command(BaseCommand):
    help = "Run an action on a study: pause, resume, stop, cancel, retry, fork, archive, restore, delete and others."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["show", "fork", *ACTIONS])
        parser.add_argument("id", type=UUID)
        parser.add_argument("--retrain", action="store_true", help="with stop: go on to retraining the winner")
        parser.add_argument("--priority", choices=list(PRIORITIES), help="with priority")
        parser.add_argument("--generation", type=int, help="with fork: how many generations to keep")
        parser.add_argument("--generations", type=int, help="with extend: how many in all")

    def handle(self, *args: Any, **options: Any) -> None:
        study = Study.objects.filter(id=options["id"]).first()
        if study is None:
            raise CommandError(f"there is no study {options['id']}")
        try:
            if options["action"] == "fork":
                study = services.fork(study.owner, study, options["generation"], {})
            elif options["action"] != "show":
                ACTIONS[options["action"]](study.id, options)
        except (InvalidTransition, ConfigError) as problem:
            raise CommandError(f"{problem}; it is {study.state}") from problem
        study.refresh_from_db()
        shown = {name: getattr(study, name) for name in SHOWN} | {"deleted": study.deleted is not None}
        self.stdout.write(json.dumps({"id": str(study.id), **shown}))
