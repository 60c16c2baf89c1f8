"""Folders that no row owns: a process died between making, or deleting, the one and the other."""

from __future__ import annotations

import logging
import re
import shutil
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from webapp.workers.foreign_folders import strangers

log = logging.getLogger(__name__)
NAMED_BY_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def remove_orphans(root: Path, kind: str, owners: QuerySet[Any]) -> int:
    """Remove the folders below `root` that are named by an id no row of `owners` has; how many went.

    Only what has been left alone for ORPHAN_SECONDS: the files of a fork, say, are there before its row is; and nothing
    that another database may own.
    """
    if not root.is_dir():
        return 0
    folders = [path for path in root.iterdir() if _is_ours(path)]
    # read after the folders: who made one of these has stored its row by now, or is still at it
    owned = {str(key) for key in owners.values_list("pk", flat=True)}
    unowned = {path.stem for path in folders} - owned
    orphans = unowned - strangers(root, unowned)
    return sum(_remove(path, kind) for path in folders if path.stem in orphans and _left_alone(path))


def _is_ours(path: Path) -> bool:
    return NAMED_BY_ID.fullmatch(path.stem) is not None and path.is_dir() and not path.is_symlink()


def _left_alone(folder: Path) -> bool:
    """Neither the folder nor anything in it has changed for long."""
    try:
        newest = max(path.lstat().st_mtime for path in (folder, *folder.rglob("*")))
    except OSError:  # somebody is at it
        return False
    return time.time() - newest > settings.ORPHAN_SECONDS


def _remove(folder: Path, kind: str) -> bool:
    try:
        shutil.rmtree(folder)
    except OSError as error:
        log.warning("%s %s: is gone, but its folder stays: %s", kind, folder.stem, error)
        return False
    log.warning("%s %s: its folder in %s was left without a row; removed", kind, folder.stem, folder.parent)
    return True
