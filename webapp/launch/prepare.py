"""Migrates the database and creates the first admin, inside the launcher's process."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.launch.checks import CannotStart


@dataclass(frozen=True)
class Admin:
    """The first account: its password and one-time link are shown once and stored only as hashes."""

    username: str
    password: str
    link: str


def prepare_database() -> Admin | None:
    """Apply pending migrations; create the admin where there is no account yet. Raises CannotStart."""
    import django
    from django.core.management import call_command
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    django.setup()
    from webapp.accounts.services import make_first_admin, make_link

    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            print("preparing the database …", flush=True)
            call_command("migrate", verbosity=0, interactive=False)
        made = make_first_admin()
        if made is None:
            return None
        user, password = made
        return Admin(user.get_username(), password, make_link(user))
    except DatabaseError as error:
        raise CannotStart(f"the database cannot be used: {str(error).strip().splitlines()[0]}") from error
    finally:
        connection.close()
