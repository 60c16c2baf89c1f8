"""A broker that hangs, as behind a broken network, is nobody's concern: pages answer, and studies go on."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests.processes.session import Session
from tests.processes.studio import Studio, studio
from tests.processes.test_interruption import config, events, wait_event, wait_succeeded

pytestmark = [pytest.mark.processes, pytest.mark.timeout(900)]


def valkey(running: Studio) -> int:
    [pid] = [pid for pid in running.pids() if b"valkey.sock" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    return pid


def test_a_study_goes_on_while_the_broker_hangs_and_so_do_the_pages(tmp_path):
    with studio(tmp_path / "var") as running:
        session = Session(running)
        study = session.post("/api/studies", {"config": config().model_dump(mode="json")})["id"]
        wait_event(session, running, study, kind="epoch_finished", phase="supernet", epoch=1)
        os.kill(valkey(running), signal.SIGSTOP)
        try:
            began = time.monotonic()
            other = session.post("/api/studies", {"config": config().model_dump(mode="json")})["id"]
            answered = time.monotonic() - began
            session.post(f"/api/studies/{other}/cancel", {})
            wait_event(session, running, study, kind="epoch_finished", phase="supernet", epoch=12)
        finally:
            os.kill(valkey(running), signal.SIGCONT)
        wait_succeeded(session, running, study)
        told = [event["generation"] for event in events(session, study) if event["kind"] == "generation_finished"]
        assert told == [0, 1, 2]
    assert answered < 15, "one wake-up and one announcement were waited for"
