"""A study whose worker is killed, and whose server is stopped in its middle, ends as an undisturbed one."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.engine.tiny import tiny_config
from tests.processes.session import Session
from tests.processes.studio import PATIENCE, REPOSITORY, Studio, studio

pytestmark = [pytest.mark.processes, pytest.mark.timeout(900)]


def config():
    """Tiny, but long enough to be caught in each phase."""
    tiny = tiny_config()
    return tiny.model_copy(
        update={
            "supernet": tiny.supernet.model_copy(update={"epochs": 12}),
            "search": tiny.search.model_copy(update={"generations": 3}),
            "retrain": tiny.retrain.model_copy(update={"epochs": 12}),
        }
    )


def undisturbed(folder: Path) -> list[dict]:
    """The durable events of the same config, run headlessly."""
    path = folder / "study.json"
    path.write_text(config().model_dump_json())
    command = [sys.executable, "-m", "engine", "run", path, "--workdir", folder / "work"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stderr
    return [without_maps(json.loads(line)) for line in done.stdout.splitlines()]


def without_maps(event: dict) -> dict:
    """As the web application sends it: candidates' spike maps are fetched by their own address."""
    for candidate in event.get("candidates", []):
        candidate.pop("spike_map", None)
    return event


def events(session: Session, study: str) -> list[dict]:
    stored = session.events(study)
    assert [row["seq"] for row in stored] == list(range(1, len(stored) + 1))
    return [without_maps(row["event"]) for row in stored if row["event"]["kind"] != "state_changed"]


def wait_event(session: Session, running: Studio, study: str, **wanted: object) -> None:
    """Until an event with these values is stored."""
    deadline = time.monotonic() + PATIENCE
    while True:
        state = session.get(f"/api/studies/{study}")  # before its events: they may come with its end
        if any(wanted.items() <= event.items() for event in events(session, study)):
            return
        assert state["state"] in ("queued", "running"), state
        assert time.monotonic() < deadline, f"no event {wanted}: {state}"
        running.pause()


def wait_succeeded(session: Session, running: Studio, study: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while (state := session.get(f"/api/studies/{study}"))["state"] != "succeeded":
        assert state["state"] in ("queued", "running"), state
        assert time.monotonic() < deadline, state
        running.pause()


def test_kills_and_a_restart_change_nothing(tmp_path, capsys):
    expected = undisturbed(tmp_path)
    with studio(tmp_path / "var") as first:
        session = Session(first)
        study = session.post("/api/studies", {"config": config().model_dump(mode="json")})["id"]
        wait_event(session, first, study, kind="epoch_finished", phase="supernet", epoch=2)
        for pid in first.worker_pids():
            os.kill(pid, signal.SIGKILL)
        killed = time.monotonic()
        wait_event(session, first, study, kind="generation_finished", generation=1)
        again = time.monotonic() - killed
        os.kill(max(first.worker_pids()), signal.SIGKILL)  # the pool's process, below a main one that lives on
        wait_event(session, first, study, kind="epoch_finished", phase="retrain", epoch=2)
        stopping = time.monotonic()
        assert first.stop() == 0
        stopped = time.monotonic() - stopping
        assert first.pids() == []
    with studio(tmp_path / "var", port=first.port) as second:
        wait_succeeded(session, second, study)
        assert events(session, study) == expected
    assert stopped < 15
    with capsys.disabled():
        print(f"\nat work again {again:.1f} s after kill -9; a busy server stopped in {stopped:.1f} s")
