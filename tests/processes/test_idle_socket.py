"""A socket on which nothing happens for half a minute stays open, and still brings what happens then."""

import json

import pytest
from websockets.sync.client import connect

from tests.processes.session import Session
from tests.processes.studio import studio
from tests.processes.test_interruption import config

pytestmark = [pytest.mark.processes]
IDLE_SECONDS = 32
"""Well past the 5 s after which redis-py 8 dropped idle subscribers (channels_redis issue 422)."""


def test_an_idle_socket_lives(tmp_path):
    with studio(tmp_path / "var") as running:
        session = Session(running)
        study = session.post("/api/studies", {"config": config().model_dump(mode="json")})["id"]
        session.post(f"/api/studies/{study}/pause", {})
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in session.cookies)
        address = f"{running.url.replace('http', 'ws', 1)}/ws/studies/{study}?after=0"
        with connect(address, additional_headers={"Cookie": cookies}, origin=running.url) as socket:
            silence = 0
            while not silence:  # what led to the pause comes first
                try:
                    socket.recv(timeout=IDLE_SECONDS)
                except TimeoutError:
                    silence = IDLE_SECONDS
            session.post(f"/api/studies/{study}/resume", {})
            seen: list[dict] = []
            while not any(row["event"]["kind"] == "epoch_finished" for row in seen):
                frame = json.loads(socket.recv(timeout=60))
                seen += frame.get("events", [])
