"""Makes the first admin where there is no account yet, and prints name, password and sign-in link as JSON."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand

from webapp.accounts.services import make_first_admin, make_link


class Command(BaseCommand):
    help = "Create the superuser `admin` if there is no account; print JSON, or {} if there already was one."

    def handle(self, *args: Any, **options: Any) -> None:
        made = make_first_admin()
        if made is None:
            self.stdout.write("{}")
            return
        user, password = made
        self.stdout.write(json.dumps({"username": user.username, "password": password, "link": make_link(user)}))
