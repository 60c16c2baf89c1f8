"""Refuses a request body larger than MAX_BODY before it is spooled to disk."""

from __future__ import annotations

from typing import Any


class BodyLimit:
    """ASGI middleware around the HTTP application."""

    def __init__(self, application: Any, most: int) -> None:
        self.application, self.most = application, most

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > self.most:
            await _too_large(send)
            return
        taken = 0

        async def bounded() -> Any:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            # for a body without Content-Length that is too long, Django sees a disconnected client
            return {"type": "http.disconnect"} if taken > self.most else message

        await self.application(scope, bounded, send)


async def _too_large(send: Any) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": b"This request is larger than any the server takes."})
