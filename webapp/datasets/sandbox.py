"""Runs the engine's check of a data set in a separate process with limits on memory, time and bytes written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings

from webapp.workers import process_memory
from webapp.workers.process_limits import limit_this_process

STAGE, ERROR = "stage: ", "error: "


class CheckFailed(Exception):
    """The reason why the data set is refused, for the user."""


def check(arguments: Sequence[str], preview: Path, on_stage: Callable[[str], None]) -> dict[str, Any]:
    """The report of `python -m engine data`, with its preview written to a folder. Raises CheckFailed."""
    command = [sys.executable, "-m", "engine", "data", *arguments, "--stages", "--preview", str(preview)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command, cwd=settings.BASE_DIR, env=environment, stdin=subprocess.DEVNULL, stdout=output,
            stderr=subprocess.PIPE, text=True, preexec_fn=_limits(),
        )  # fmt: skip
        assert process.stderr is not None
        timer = threading.Timer(settings.CHECK_SECONDS, process.kill)
        timer.start()
        try:
            last = _follow(process, on_stage)
            status = process.wait()
        finally:
            timer.cancel()
            process.kill()
            process.wait()
            process.stderr.close()
        if status:
            raise CheckFailed(_why(status, last))
        output.seek(0)
        report: dict[str, Any] = json.load(output)
    return report


def memory_bound() -> int:
    """Bytes a check may take: CHECK_MEMORY, or all memory there is: beyond it the kernel would kill other processes."""
    most: int = settings.CHECK_MEMORY
    return min(most, process_memory.limit() or most)


def _limits() -> Callable[[], None]:
    """What the process does first; a check never uses a GPU."""
    return partial(limit_this_process, memory_bound(), seconds=int(settings.CHECK_SECONDS), may_use_gpu=False)


def _follow(process: subprocess.Popen[str], on_stage: Callable[[str], None]) -> str:
    """Report each stage; returns the last other line."""
    assert process.stderr is not None
    last = ""
    for line in process.stderr:
        if line.startswith(STAGE):
            on_stage(line.removeprefix(STAGE).strip())
        elif line.strip():
            last = line.strip()
    return last


def _why(status: int, last: str) -> str:
    if last.startswith(ERROR):
        return last.removeprefix(ERROR)
    if "MemoryError" in last or "Unable to allocate" in last:
        return f"reading it needs more than the {memory_bound():,} bytes of memory a check may use"
    if status < 0:
        return f"the check was ended after {settings.CHECK_SECONDS:,} s, or for exceeding its memory"
    return f"the check ended unexpectedly: {last[:300]}"
