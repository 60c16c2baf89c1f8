"""A process of the engine that makes one export, under limits on memory, time and bytes written."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings

from webapp.workers.process_limits import limit_this_process


class NotMade(Exception):
    """Why there is no export, for the user; with the report of one that does not agree."""

    def __init__(self, reason: str, report: dict[str, Any] | None = None) -> None:
        super().__init__(reason)
        self.report = report


def make(package: Path, to: str, out: Path) -> dict[str, Any]:
    """Write the export; its report. Raises NotMade, and OSError."""
    command = [sys.executable, "-m", "engine", "export", str(package), "--to", to, "--out", str(out), "--json"]
    try:
        done = subprocess.run(
            [*command, "--data", str(settings.DATA_ROOT)], cwd=settings.BASE_DIR, capture_output=True, text=True,
            timeout=settings.EXPORT_SECONDS, stdin=subprocess.DEVNULL, check=False,
            preexec_fn=partial(limit_this_process, settings.EXPORT_MEMORY),
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise NotMade(f"it was ended after {settings.EXPORT_SECONDS:,} s") from error
    last = done.stdout.strip().rpartition("\n")[2]
    report: dict[str, Any] | None = json.loads(last) if last.startswith("{") else None
    if done.returncode == 0 and report is not None:
        return report
    raise NotMade(report["why"] if report else _why(done), report)


def _why(done: subprocess.CompletedProcess[str]) -> str:
    said = done.stderr.strip().rpartition("\n")[2]
    if "MemoryError" in said or "can't allocate memory" in said:
        return f"it needs more than the {settings.EXPORT_MEMORY:,} bytes of memory an export may use"
    try:
        return "; ".join(json.loads(said)["error"])
    except (ValueError, TypeError, KeyError):
        return f"its process ended unexpectedly: {said[:300]}"
