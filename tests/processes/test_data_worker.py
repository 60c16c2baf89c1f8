"""The worker beside the searches: a data set that takes long keeps no question about an architecture waiting."""

import contextlib
import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.tiny import tiny_config
from tests.processes.session import Session
from tests.processes.studio import PATIENCE, Studio, studio
from tests.processes.test_interruption import wait_succeeded

pytestmark = [pytest.mark.processes, pytest.mark.timeout(900)]


def digits(session: Session) -> dict:
    return next(one for one in session.get("/api/datasets")["datasets"] if one["dataset"] == "digits")


@contextlib.contextmanager
def endless_check(session: Session, running: Studio) -> Iterator[None]:
    """A check of a data set whose process sleeps until the context is left."""
    wait_until(running, lambda: digits(session)["state"] == "ready")
    session.post(f"/api/datasets/{digits(session)['id']}/check", {})
    wait_until(running, lambda: checks(running))
    [pid] = checks(running)
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def checks(running: Studio) -> list[int]:
    found = []
    for pid in running.pids():
        with contextlib.suppress(FileNotFoundError):
            if b"engine\0data" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
    return found


def wait_until(running: Studio, true) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        running.pause()


def test_a_question_is_answered_beside_a_data_set_that_takes_for_ever(tmp_path):
    with studio(tmp_path / "var") as running:
        session = Session(running)
        study = session.post("/api/studies", {"config": tiny_config().model_dump(mode="json")})["id"]
        wait_succeeded(session, running, study)
        winner = session.get(f"/api/studies/{study}")["best"]["architecture"]
        with endless_check(session, running):
            asked = {"kind": "sample", "architecture": winner, "weights": "supernet", "sample": 0}
            inspection = session.post(f"/api/studies/{study}/inspections", asked)["id"]
            wait_until(
                running, lambda: session.get(f"/api/studies/{study}/inspections/{inspection}")["state"] == "done"
            )
            assert digits(session)["state"] == "working"
        wait_until(running, lambda: digits(session)["state"] == "ready")


def test_a_check_that_was_cut_off_at_the_end_of_its_worker_is_begun_again_and_refuses_nothing(tmp_path):
    with studio(tmp_path / "var") as first:
        session = Session(first)
        with endless_check(session, first):
            began = time.monotonic()
            assert first.stop() == 0
            assert time.monotonic() - began < 17
        assert first.pids() == []
        with contextlib.closing(sqlite3.connect(first.var / "autosnn.sqlite3")) as database:
            left = database.execute("SELECT state, attempts FROM datasets_dataset WHERE dataset = 'digits'").fetchall()
        assert left == [("working", 0)], "told to end, it does not count the check it cuts off"
    with studio(tmp_path / "var", port=first.port) as second:
        wait_until(second, lambda: digits(session)["state"] == "ready")
