"""Makes a one-time sign-in link and prints it as JSON."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from webapp.accounts.services import FIRST_ADMIN, make_link


class Command(BaseCommand):
    help = "Print a one-time sign-in link for a user."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", nargs="?", default=FIRST_ADMIN)

    def handle(self, *args: Any, **options: Any) -> None:
        username = options["username"]
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(f"there is no active user {username!r}")
        self.stdout.write(json.dumps({"username": user.username, "link": make_link(user)}))
