"""A WebSocket client for consumer tests, on asgiref's communicator (Channels' own needs daphne)."""

from __future__ import annotations

import json
from typing import Any

from asgiref.testing import ApplicationCommunicator

SECONDS = 5


class Socket:
    """One connection to the application; opens it and speaks JSON frames."""

    def __init__(self, application: Any, path: str, query: str, **more: Any) -> None:
        scope = {"type": "websocket", "path": path, "query_string": query.encode(), "headers": [], "subprotocols": []}
        self._wire = ApplicationCommunicator(application, scope | more)

    async def open(self) -> None:
        await self._wire.send_input({"type": "websocket.connect"})
        assert (await self._wire.receive_output(SECONDS))["type"] == "websocket.accept"

    async def frame(self) -> dict[str, Any]:
        return json.loads((await self._wire.receive_output(SECONDS))["text"])

    async def send(self, text: str) -> None:
        await self._wire.send_input({"type": "websocket.receive", "text": text})

    async def seqs(self, count: int) -> list[int]:
        """The numbers of the next `count` events."""
        found: list[int] = []
        while len(found) < count:
            frame = await self.frame()
            if frame["type"] == "events":
                found += [event["seq"] for event in frame["events"]]
        return found

    async def close_code(self) -> int:
        """Skip frames until the server closes."""
        while True:
            message = await self._wire.receive_output(SECONDS)
            if message["type"] == "websocket.close":
                return message["code"]

    async def leave(self) -> None:
        await self._wire.send_input({"type": "websocket.disconnect", "code": 1000})
        await self._wire.wait(SECONDS)
