"""`python -m tests.chaos [--short] [--only ROW…] --json FILE`: breaks a studio row by row and reports what survived.

Exit status 1 where a row did not reach what it must. With --only, the other rows of FILE stay as they are.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.chaos import actions, rows
from tests.chaos.place import Never, Place, place

SHIPPED_LEASE = 60
SHORT_LEASE = 4
SHIPPED_SLICE = 60
SHORT_SLICE = 5
SEED = 20261124


@dataclass(frozen=True)
class Row:
    """How often in each form, by what, with which reach in words, and in seconds where it has one."""

    title: str
    short: int
    long: int
    run: Callable[[Place, int, random.Random], rows.Outcome]
    reach: str
    seconds: float | None = None
    lease: int = SHORT_LEASE
    hosts: tuple[str, ...] = ("ada", "bob")
    slice_seconds: int = SHORT_SLICE


def _breaking(action: Callable[[Place], None], *, watched: bool = False) -> Callable[..., rows.Outcome]:
    return partial(rows.broken_services, breaking=action, watched=watched)


SAME = "0 generations lost or doubled; weights, population and history identical by SHA-256 to an undisturbed run"
ROWS = {
    "kill": Row("kill -9 of the process at work, inside checkpoint writes too", 2, 100, rows.kills, SAME),
    "sleep": Row(
        "SIGSTOP past the lease, take-over, SIGCONT", 1, 10, rows.sleepers, "the sleeper writes nothing and ends"
    ),
    "sigterm": Row(
        "SIGTERM to the worker at work", 1, 10, rows.farewells,
        "saves and leaves in at most 15 s; another goes on", 15.0,
    ),
    "hang": Row(
        "SIGTERM to a worker whose study hangs, time after time", 1, 4, rows.cut_off,
        "gone in at most 15 s, leaves no lease; another goes on, no attempt counted", 15.0,
    ),
    "duplicate": Row("the same wake-up 20×, to 2 workers", 2, 50, rows.duplicates, "one holder, no double effect"),
    "flushall": Row("FLUSHALL", 1, 10, _breaking(rows.flush), "0 studies, 0 events lost"),
    "valkey": Row("Valkey killed and restarted", 1, 10, _breaking(rows.restart_valkey), "0 studies, 0 events lost"),
    "postgres": Row(
        "PostgreSQL immediate restart", 1, 10, _breaking(rows.restart_postgres), "0 studies, 0 events lost"
    ),
    "web": Row(
        "kill -9 of the web server, a page open", 1, 10, _breaking(rows.kill_web, watched=True),
        "0 studies, 0 events lost; the page recovers by itself",
    ),
    "verbs": Row(
        "pause, resume, cancel at random moments, doubled and raced", 8, 200, actions.raced_actions,
        "the right final state in at most 10 s, none stuck", actions.REACH,
    ),
    "enospc": Row("ENOSPC at any byte of a checkpoint", 1, 20, rows.full_disks, "pauses, then goes on from the last"),
    "damage": Row(
        "newest checkpoint truncated or bit-flipped", 1, 20, rows.damages, "resumes from the last good one, and says so"
    ),
    "loss": Row(
        "loss of a whole worker: seconds to the take-over", 0, 20, rows.losses, "p99 at most 90 s", 90.0,
        lease=SHIPPED_LEASE, slice_seconds=SHIPPED_SLICE, hosts=("ada", "bob", "cem", "dai", "eve", "fay"),
    ),
}  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--short", action="store_true", help="a minute instead of half an hour")
    parser.add_argument("--only", nargs="+", choices=list(ROWS), metavar="ROW", help=f"of {', '.join(ROWS)}")
    parser.add_argument("--json", type=Path, required=True, metavar="FILE")
    arguments = parser.parse_args()
    wanted = {name: ROWS[name] for name in arguments.only or ROWS}
    counts = {name: row.short if arguments.short else row.long for name, row in wanted.items()}
    if not arguments.only:
        arguments.json.unlink(missing_ok=True)
    report = json.loads(arguments.json.read_text()) if arguments.json.exists() else {"rows": {}}
    report |= {"form": "short" if arguments.short else "long", "machine": _machine(), "seed": SEED}
    groups = _by_place(wanted)
    if len(groups) > 1:  # Django knows one database for as long as a process lives
        return max(_in_a_process(names, arguments) for names in groups)
    for names in groups:
        first = wanted[names[0]]
        with place(list(first.hosts), lease=first.lease, slice_seconds=first.slice_seconds) as studio:
            for name in (name for name in names if counts[name]):
                report["rows"][name] = _measure(name, wanted[name], counts[name], studio)
                arguments.json.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    return 0 if all(row["reached"] for row in report["rows"].values()) else 1


def _in_a_process(names: list[str], arguments: argparse.Namespace) -> int:
    command = [sys.executable, "-m", "tests.chaos", "--json", str(arguments.json), "--only", *names]
    return subprocess.run([*command, *(["--short"] if arguments.short else [])], check=False).returncode


def _by_place(wanted: dict[str, Row]) -> list[list[str]]:
    """Rows that can share a studio, together."""
    groups: dict[object, list[str]] = {}
    for name, row in wanted.items():
        if row.short or row.long:
            groups.setdefault((row.hosts, row.lease, row.slice_seconds), []).append(name)
    return list(groups.values())


def _measure(name: str, row: Row, count: int, studio: Place) -> dict[str, Any]:
    began = time.monotonic()
    try:
        outcome = row.run(studio, count, random.Random(f"{SEED}/{name}"))
    except Never as never:
        outcome = rows.Outcome(0, [f"never came: {never}"])
        print(studio.last_words(), file=sys.stderr, flush=True)
    seconds = sorted(outcome.seconds)
    p99 = seconds[min(len(seconds) - 1, int(0.99 * len(seconds)))] if seconds else None
    reached = not outcome.problems and outcome.done >= count
    if row.seconds is not None and p99 is not None:
        reached = reached and p99 <= row.seconds
    found = {
        "title": row.title,
        "reach": row.reach,
        "done": outcome.done,
        "problems": outcome.problems[:20],
        "median_seconds": seconds[len(seconds) // 2] if seconds else None,
        "p99_seconds": p99,
        "max_seconds": seconds[-1] if seconds else None,
        "reached": reached,
        "took_seconds": round(time.monotonic() - began, 1),
    }
    print(json.dumps({name: found}, ensure_ascii=False), flush=True)
    return found


def _machine() -> str:
    return f"{os.cpu_count()} CPU cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main())
