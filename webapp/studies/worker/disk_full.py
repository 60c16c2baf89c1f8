"""Tells whether the database's disk is full, by its errors and by a test write."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from django.conf import settings
from django.db import OperationalError, ProgrammingError, connection, transaction

DISK_FULL = "53100"
"""SQLSTATE disk_full (PostgreSQL, appendix "Error codes")."""
FULL = "the disk of the database is full: the last step is stored, and the study resumes when there is space"
ROWS = (
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) "
    f"SELECT i, '{'x' * 200}' AS filling FROM n"
)
"""A megabyte, several times what a step stores."""
PROBES = {
    "sqlite": f"CREATE TABLE disk_space_probe AS {ROWS}",
    "postgresql": f"CREATE TEMPORARY TABLE disk_space_probe ON COMMIT DROP AS {ROWS}",  # temporary: no write-ahead log
}


def is_full(error: BaseException) -> bool:
    """Whether this database error means that its disk is full."""
    said = error.__cause__
    return (
        getattr(said, "pgcode", None) == DISK_FULL
        or getattr(said, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL  # "database or disk is full"
    )


def database_has_disk_space() -> bool:
    """Whether the database can store a megabyte now. The test write is rolled back."""
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
    return connection.vendor != "sqlite" or _disk_space_beside(connection.settings_dict["NAME"])


def _disk_space_beside(file: str | Path) -> bool:
    """SQLite writes to the disk at the commit only, so the test write cannot tell."""
    return shutil.disk_usage(Path(file).parent).free >= settings.SPARE_DISK
