"""Which files of a study are kept: those its rows name, the supernet its newest checkpoint names, result and log.

A running or paused study keeps its KEPT_CHECKPOINTS newest checkpoints, a failed one too (a retry may need them); one
that succeeded or was cancelled keeps the newest (a fork may need it). What no row names is left by a process that died
between writing the file and storing the step, or by one that had lost its lease. A folder whose study is gone goes
whole.
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
"""So long after its end nothing of a study waits any more to become old enough to go."""


def collect(*, again: bool = False) -> int:
    """Tidy every study's folder, or `again` of those that may have left more since; how many files went."""
    studies = Study.objects.only("id", "state", "fence")
    if again:
        studies = studies.filter(Q(finished=None) | Q(finished__gt=seconds_from_now(-SETTLED_SECONDS)))
    gone = 0
    for study in studies.iterator():
        if workdir(study.id).is_dir():
            gone += collect_one(study)
    if gone:
        log.info("garbage: %d files removed", gone)
    return gone


def remove_gone() -> int:
    """Remove the folders of studies that are gone, those in the bin not among them; how many went."""
    return remove_orphans(settings.STUDIES_ROOT, "study", Study.objects.all())


def collect_one(study: Study) -> int:
    if study.state in FINAL:
        services.forget_checkpoints(study.id, kept=1)
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
    """Of a study that has ended, or written under an earlier lease, or so long ago that no step waits to be stored.

    A run that is kept open goes on under the name of the lease it was opened with: not before a lease's length is over.
    """
    attempt = path.name.partition("-")[0]
    earlier = attempt.isdigit() and int(attempt) < study.fence
    return study.state in FINAL or _old(path) or (earlier and _old(path, settings.LEASE_SECONDS))


def _other_supernets(folder: Path, rows: list[Checkpoint], study: Study) -> list[Path]:
    """Of a study that has ended: supernets written by attempts that did not store them.

    The checkpoint's name for its own is read without its SHA-256, for which all of the file would have to be read; but
    one that is not there is not trusted.
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
    """By default, older than anything may be that still waits to be stored."""
    try:
        return time.time() - path.stat().st_mtime > (settings.GARBAGE_SECONDS if seconds is None else seconds)
    except OSError:
        return False
