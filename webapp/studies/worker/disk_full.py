"""Whether the disk of the database is full: which of its errors say so, and whether there is room again."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from django.conf import settings
from django.db import OperationalError, ProgrammingError, connection, transaction

DISK_FULL = "53100"
"""SQLSTATE disk_full (PostgreSQL, appendix "Error codes")."""
FULL = "no room left on the disk of the database: the last step is stored, and the study goes on when there is room"
ROWS = (
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) "
    f"SELECT i, '{'x' * 200}' AS filling FROM n"
)
"""A megabyte, several times what a step stores."""
PROBES = {
    "sqlite": f"CREATE TABLE room_probe AS {ROWS}",
    "postgresql": f"CREATE TEMPORARY TABLE room_probe ON COMMIT DROP AS {ROWS}",  # temporary: no write-ahead log
}


def is_full(error: BaseException) -> bool:
    """Whether the database could not do it for want of disk."""
    said = error.__cause__
    return (
        getattr(said, "pgcode", None) == DISK_FULL
        or getattr(said, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL  # "database or disk is full"
    )


def database_has_room() -> bool:
    """Whether the database would take a megabyte now; nothing of it is kept."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(PROBES[connection.vendor])
            transaction.set_rollback(True)
    except OperationalError as error:
        if is_full(error):
            return False
        raise
    except ProgrammingError:  # temporary tables are forbidden here: the next step will tell
        return True
    return connection.vendor != "sqlite" or _room_beside(connection.settings_dict["NAME"])


def _room_beside(file: str | Path) -> bool:
    """SQLite takes to the disk only what is committed, so the probe cannot tell."""
    return shutil.disk_usage(Path(file).parent).free >= settings.SPARE_DISK
