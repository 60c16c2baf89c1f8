"""Runs the headless commands on copies of the stored folders."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.stored.additions import text_as_then
from tests.stored.entry_points import ENGINE_COMMAND, engine_main
from tests.stored.places import REPOSITORY

STUDIES = ("evolution", "kernels", "nsga2", "analysis")
"""Each was stored as STUDY.json, STUDY/finished, STUDY/paused, and STUDY.stdout, which the finished one printed."""


@dataclass(frozen=True)
class Run:
    """One `run` that ended: where, and the events it printed, with the digest of the package of then."""

    folder: Path
    printed: str

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.printed.splitlines()]


def run(stored: Path, study: str, folder: Path) -> Run:
    """`python -m engine run` in a process of its own, without the compiled kernels where they were off."""
    command = [sys.executable, "-m", ENGINE_COMMAND, "run", str(stored / f"{study}.json"), "--workdir", str(folder)]
    env = os.environ if study == "kernels" else {**os.environ, "AUTOSNN_KERNELS": "off"}
    done = subprocess.run(command, cwd=REPOSITORY, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Run(folder, text_as_then(done.stdout, folder))


def resumed(stored: Path, study: str, target: Path) -> Run:
    """The paused study, copied to `target`, run to its end."""
    shutil.copytree(stored / study / "paused", target)
    return run(stored, study, target)


def resumed_here(stored: Path, study: str, target: Path) -> Run:
    """The same in this process, which has loaded torch already."""
    shutil.copytree(stored / study / "paused", target)
    return Run(target, text_as_then(said("run", stored / f"{study}.json", "--workdir", target), target))


def all_runs(stored: Path, target: Path) -> dict[str, Run]:
    """Every paused study resumed, the first one twice, and that one from the start; two of them at a time."""
    with ThreadPoolExecutor(1) as pool:
        made = {name: pool.submit(resumed, stored, "evolution", target / name) for name in ("evolution", "again")}
        made["fresh"] = pool.submit(run, stored, "evolution", target / "fresh")
        here = {study: resumed_here(stored, study, target / study) for study in STUDIES if study not in made}
    return here | {name: future.result() for name, future in made.items()}


def said(*arguments: object) -> str:
    """What a command that succeeds prints; in this process, which has torch already."""
    status, printed, complained = outcome(*arguments)
    assert status == 0, complained
    return printed


def outcome(*arguments: object) -> tuple[int, str, str]:
    """(exit status, stdout, stderr) of a command."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = engine_main([str(part) for part in arguments])
    return status, out.getvalue(), err.getvalue()
