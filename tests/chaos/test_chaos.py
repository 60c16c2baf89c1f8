"""The short form of the chaos, on real PostgreSQL and Valkey: every row of the table "Durability" holds."""

import json
import subprocess
import sys

import pytest

from tests.chaos.__main__ import ROWS
from tests.processes.studio import REPOSITORY, environment

pytestmark = [pytest.mark.processes, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    path = tmp_path_factory.mktemp("chaos") / "report.json"
    command = [sys.executable, "-m", "tests.chaos", "--short", "--json", path]
    done = subprocess.run(command, cwd=REPOSITORY, env=environment(), capture_output=True, text=True)
    assert path.exists(), done.stderr[-4000:]
    return json.loads(path.read_text())["rows"] | {"said": done.stdout[-4000:] + done.stderr[-4000:]}


PROMISES = {
    "kill": "a worker killed at any moment, inside a checkpoint write too, changes nothing of the result",
    "sleep": "a worker that sleeps past its lease writes nothing when it wakes",
    "sigterm": "a worker told to end saves, leaves in time, and another goes on",
    "hang": "a worker told to end while its study hangs leaves in time, and another goes on with nothing lost",
    "duplicate": "the same wake-up twenty times has one effect",
    "flushall": "an emptied broker loses nothing",
    "valkey": "a restarted broker loses nothing",
    "postgres": "a restarted database loses nothing",
    "web": "a killed web server loses nothing, and the open page recovers by itself",
    "verbs": "pause, resume and cancel at random moments, doubled and raced, end right and in time",
    "enospc": "a disk that fills in the middle of a checkpoint pauses the study, which goes on by itself",
    "damage": "a damaged checkpoint is told and gone past",
}


@pytest.mark.parametrize("row", PROMISES, ids=list(PROMISES.values()))
def test_that(report, row):
    assert row in report, report["said"]
    assert report[row]["problems"] == [], report["said"]
    assert report[row]["reached"]


def test_every_row_has_a_promise_or_needs_the_long_form():
    assert {name for name, row in ROWS.items() if row.short} == set(PROMISES)
