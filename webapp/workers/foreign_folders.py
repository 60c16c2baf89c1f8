"""Folders that another database may own: `DATABASE_URL` can change while the files stay where they are."""

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


def strangers(root: Path, unowned: Set[str]) -> Set[str]:
    """Which of the folders without a row in this database, by name, may have one in another.

    What was there without a row when this database was first seen with `root` is a stranger for good; from the second
    database on, all are. Raises OSError where the marker, a file in `root`, can neither be read nor written.
    """
    marker, ours = root / MARKER, _identity()
    try:
        known = json.loads(marker.read_text()) if marker.exists() else {"databases": [], "strangers": []}
        databases, old = {str(one) for one in known["databases"]}, {str(one) for one in known["strangers"]}
    except (ValueError, KeyError, TypeError) as error:
        log.error("%s is damaged (%s): no folder beside it is taken for one without a row", marker, error)
        return unowned
    if ours not in databases:
        databases, old = databases | {ours}, old | unowned
        write_bytes(marker, json.dumps({"databases": sorted(databases), "strangers": sorted(old)}).encode())
    return unowned if len(databases) > 1 else unowned & old


def _identity() -> str:
    """When this database was made, to the microsecond; a dump of it, restored elsewhere, keeps it."""
    made = MigrationRecorder(connection).migration_qs.aggregate(first=Min("applied"))["first"]
    return str(made.timestamp())
