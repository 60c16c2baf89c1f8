"""Deletes the files of a study that are no longer needed.

Kept are the checkpoints its rows name, the supernet its newest checkpoint names, the result and the log. A running,
paused or failed study keeps its KEPT_CHECKPOINTS newest checkpoints (a retry may need them). A study that succeeded or
was cancelled keeps the newest (a fork may need it). A file that no row names was left by a process that died before it
stored the step, or that had lost its lease. The folder of a deleted study is deleted whole.
"""

from __future__ import annotations

import logging
import time
from pathlib import Path

from django.conf import settings
from django.db.models import Q

from engine.errors import CheckpointError
from engine.storage.atomic import read_metadata
from webapp.clock import seconds_from_now
from webapp.studies import services
from webapp.studies.files import workdir
from webapp.studies.models import Checkpoint, State, Study
from webapp.workers.orphans import remove_orphans

log = logging.getLogger(__name__)
FINAL = (State.SUCCEEDED, State.CANCELLED)
SETTLED_SECONDS = 86_400.0
"""This long after its end, every file a study left behind is old enough to be deleted."""


def collect(*, again: bool = False) -> int:
    """Clean every study's folder; with `again`, only those that may have new files. Returns the files deleted."""
    studies = Study.objects.only("id", "state", "fence")
    if again:
        studies = studies.filter(Q(finished=None) | Q(finished__gt=seconds_from_now(-SETTLED_SECONDS)))
    gone = 0
    for study in studies.iterator():
        if workdir(study.id).is_dir():
            gone += collect_one(study)
    if gone:
        log.info("clean-up: %d files deleted", gone)
    return gone


def remove_orphan_folders() -> int:
    """Delete the folders of studies without a row; studies in the bin keep theirs. Returns the folders deleted."""
    return remove_orphans(settings.STUDIES_ROOT, "study", Study.objects.all())


def collect_one(study: Study) -> int:
    if study.state in FINAL:
        services.delete_checkpoints(study.id, kept=1)
    rows = list(Checkpoint.objects.filter(study=study).order_by("-step"))
    folder = workdir(study.id)
    named = {row.path for row in rows}
    doomed = [
        path for path in (folder / "checkpoints").glob("*") if path.name not in named and _left_behind(path, study)
    ]
    doomed += [path for path in folder.glob(".*.tmp") if _old(path)]
    doomed += _other_supernets(folder, rows, study)
    for path in doomed:
        path.unlink(missing_ok=True)
    return len(doomed)


def _left_behind(path: Path, study: Study) -> bool:
    """Whether no process will name this checkpoint any more: its study has ended, or it belongs to an earlier lease, or
    it is older than any step that still waits to be stored.

    A run kept open between turns writes under the fence it was opened with, so an earlier fence is old after a lease.
    """
    attempt = path.name.partition("-")[0]
    earlier = attempt.isdigit() and int(attempt) < study.fence
    return study.state in FINAL or _old(path) or (earlier and _old(path, settings.LEASE_SECONDS))


def _other_supernets(folder: Path, rows: list[Checkpoint], study: Study) -> list[Path]:
    """Supernets of an ended study that its newest checkpoint does not name.

    The name is read without checking the checkpoint's SHA-256, which would read the whole file. A name whose file is
    missing is not trusted.
    """
    if study.state not in FINAL or not rows:
        return []
    try:
        kept = str(read_metadata(folder / "checkpoints" / rows[0].path, None)["state"]["supernet_file"])
    except (CheckpointError, KeyError, TypeError):
        return []
    if kept and not (folder / kept).is_file():
        return []
    return [path for path in folder.glob("supernet-*.safetensors") if path.name != kept and _old(path)]


def _old(path: Path, seconds: float | None = None) -> bool:
    """Whether a file is older than `seconds`, by default older than any step that still waits to be stored."""
    try:
        return time.time() - path.stat().st_mtime > (settings.GARBAGE_SECONDS if seconds is None else seconds)
    except OSError:
        return False
