"""Deletes folders without a database row: a process died between writing or deleting the folder and the row."""

from __future__ import annotations

import logging
import re
import shutil
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from webapp.workers.foreign_folders import foreign_folders

log = logging.getLogger(__name__)
NAMED_BY_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def remove_orphans(root: Path, kind: str, owners: QuerySet[Any]) -> int:
    """Delete the folders below `root` whose name is the id of no row of `owners`; returns how many.

    Only folders unchanged for ORPHAN_SECONDS are deleted, since a fork's files exist before its row; and no folder
    that another database may own.
    """
    if not root.is_dir():
        return 0
    folders = [path for path in root.iterdir() if _is_ours(path)]
    # read after the folders: whoever made one of them has stored its row by now, or is still writing
    owned = {str(key) for key in owners.values_list("pk", flat=True)}
    unowned = {path.stem for path in folders} - owned
    orphans = unowned - foreign_folders(root, unowned)
    return sum(_remove(path, kind) for path in folders if path.stem in orphans and _left_alone(path))


def _is_ours(path: Path) -> bool:
    return NAMED_BY_ID.fullmatch(path.stem) is not None and path.is_dir() and not path.is_symlink()


def _left_alone(folder: Path) -> bool:
    """Whether the folder and everything in it is unchanged for ORPHAN_SECONDS."""
    try:
        newest = max(path.lstat().st_mtime for path in (folder, *folder.rglob("*")))
    except OSError:  # another process is changing it
        return False
    return time.time() - newest > settings.ORPHAN_SECONDS


def _remove(folder: Path, kind: str) -> bool:
    try:
        shutil.rmtree(folder)
    except OSError as error:
        log.warning("%s %s: deleted, but its folder could not be: %s", kind, folder.stem, error)
        return False
    log.warning("%s %s: its folder in %s had no row; deleted", kind, folder.stem, folder.parent)
    return True
