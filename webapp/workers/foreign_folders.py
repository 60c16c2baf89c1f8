"""Folders that another database may own: `DATABASE_URL` can change while the files stay."""

from __future__ import annotations

import json
import logging
from collections.abc import Set
from pathlib import Path

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Min

from engine.storage.atomic import write_bytes

log = logging.getLogger(__name__)
MARKER = ".database.json"


def foreign_folders(root: Path, unowned: Set[str]) -> Set[str]:
    """The names of those folders without a row in this database that may have one in another.

    A folder without a row when this database was first used with `root` counts as foreign for ever. From the second
    database on, every folder without a row does. Raises OSError where the marker file in `root` cannot be read or
    written.
    """
    marker, ours = root / MARKER, _identity()
    try:
        known = json.loads(marker.read_text()) if marker.exists() else {"databases": [], "strangers": []}
        databases, old = {str(one) for one in known["databases"]}, {str(one) for one in known["strangers"]}
    except (ValueError, KeyError, TypeError) as error:
        log.error("%s is damaged (%s): no folder beside it is deleted", marker, error)
        return unowned
    if ours not in databases:
        databases, old = databases | {ours}, old | unowned
        write_bytes(marker, json.dumps({"databases": sorted(databases), "strangers": sorted(old)}).encode())
    return unowned if len(databases) > 1 else unowned & old


def _identity() -> str:
    """The time of this database's first migration, in microseconds; a restored dump keeps it."""
    made = MigrationRecorder(connection).migration_qs.aggregate(first=Min("applied"))["first"]
    return str(made.timestamp())
