"""The WebSocket of one study. It reads from the database; a channel-layer message only tells it to read again."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID
from weakref import WeakSet

from channels.auth import get_user
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.contrib.auth.models import User

from webapp.studies.models import Study
from webapp.studies.selectors.event_pages import read_events
from webapp.studies.selectors.summaries import detail
from webapp.studies.services import announce

log = logging.getLogger(__name__)
SIGNED_OUT = 4401
NO_SUCH_STUDY = 4404
TOO_MANY = 4429
TRY_AGAIN = 1011
"""Close code of a temporary error: the page connects again after a pause and continues from its cursor."""
FRAME_EVENTS = 200
FRAME_CHARACTERS = 256_000
"""A frame ends with the event that makes it longer than this, so that a page stays responsive while it reads a long
history. No more than a frame is read at a time: all sockets of a process share one reading thread.
"""
MAX_CLIENT_FRAME = 4096
MAX_SOCKETS = 50
"""Sockets of one user in one web process; further pages of that user poll over HTTP."""
POLL_SECONDS = 10.0
RECHECK_SECONDS = 30.0
_SessionStore = import_module(settings.SESSION_ENGINE).SessionStore
_open: WeakSet[StudyConsumer] = WeakSet()
"""Weak references, so that every ended socket is dropped."""


class Disconnected(Exception):
    """The socket must close, with the close code `code`."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class StudyConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels is untyped
    """Sends the events after the page's cursor, then every event stored later, in order and once."""

    async def connect(self) -> None:
        self.study_id: UUID = self.scope["url_route"]["kwargs"]["study_id"]
        self.cursor = _cursor(self.scope["query_string"])
        self.nudged = asyncio.Event()
        self.checked = 0.0
        self.user: User | None = None
        self.summary: dict[str, Any] = {}
        self.pump: asyncio.Task[None] | None = None
        await self.accept()
        try:
            await self._check()
            self._take_seat()
            self.summary = await self._summary()
            await self._listen()
        except Disconnected as end:
            _open.discard(self)
            await self.close(end.code)
            return
        await self._frame(type="hello", last_seq=self.summary["last_seq"], summary=self.summary)
        self.nudged.set()
        self.pump = asyncio.create_task(self._pump())

    async def _listen(self) -> None:
        """Subscribe to the study's messages. Without the channel layer the socket closes and the page polls."""
        listening = self.channel_layer.group_add(announce.group(self.study_id), self.channel_name)
        try:
            await asyncio.wait_for(listening, announce.ANSWER_SECONDS)
        except Exception as error:
            log.warning("channel layer unavailable for study %s: %s: %s", self.study_id, type(error).__name__, error)
            raise Disconnected(TRY_AGAIN) from error

    def _take_seat(self) -> None:
        if sum(other.user == self.user for other in _open) >= MAX_SOCKETS:
            raise Disconnected(TOO_MANY)
        _open.add(self)

    async def disconnect(self, code: int) -> None:
        _open.discard(self)
        if self.pump is not None:
            self.pump.cancel()
            await self.channel_layer.group_discard(announce.group(self.study_id), self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """The page may move its cursor; any other message is ignored."""
        if not text_data or len(text_data) > MAX_CLIENT_FRAME:
            return
        try:
            after = json.loads(text_data)["after"]
        except (ValueError, TypeError, KeyError, RecursionError):
            return
        if isinstance(after, int) and not isinstance(after, bool) and 0 <= after <= 2**53:
            self.cursor = after
            self.nudged.set()

    async def study_nudge(self, message: dict[str, Any]) -> None:
        self.nudged.set()

    async def study_provisional(self, message: dict[str, Any]) -> None:
        await self._frame(type="progress", event=message["event"])

    async def _pump(self) -> None:
        """Send new events after every nudge, and every POLL_SECONDS in case a nudge was lost."""
        try:
            while True:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.nudged.wait(), POLL_SECONDS)
                self.nudged.clear()
                await self._check()
                await self._send_new()
        except Disconnected as end:
            await self.close(end.code)
        except Exception as error:  # e.g. the database: a silent open socket would keep the page from polling
            log.warning("socket of study %s closed: %s: %s", self.study_id, type(error).__name__, error)
            await self.close(TRY_AGAIN)

    async def _send_new(self) -> None:
        while events := await self._events(before := self.cursor):
            if self.cursor != before:
                continue  # the page has moved it meanwhile
            self.cursor = events[-1][0]
            await self.send(text_data=f'{{"type": "events", "events": [{", ".join(text for _, text in events)}]}}')
        latest = await self._summary()
        if latest != self.summary:
            self.summary = latest
            await self._frame(type="summary", summary=latest)

    async def _check(self) -> None:
        """Check the user again: the session may have ended since the socket was opened."""
        if time.monotonic() - self.checked < RECHECK_SECONDS and self.user is not None:
            return
        session = _SessionStore(self.scope["session"].session_key)  # the scope's own was read when the socket opened
        user = await get_user({"session": session})
        if not isinstance(user, User) or not user.is_active:
            raise Disconnected(SIGNED_OUT)
        self.user = user
        self.checked = time.monotonic()

    @database_sync_to_async  # type: ignore[untyped-decorator]
    def _summary(self) -> dict[str, Any]:
        assert self.user is not None
        study = Study.objects.for_user(self.user).select_related("owner").filter(id=self.study_id).first()
        if study is None:
            raise Disconnected(NO_SUCH_STUDY)
        return detail(study, self.user)

    @database_sync_to_async  # type: ignore[untyped-decorator]
    def _events(self, after: int) -> list[tuple[int, str]]:
        """The events of the next frame."""
        return read_events(self.study_id, after, FRAME_EVENTS, FRAME_CHARACTERS)

    async def _frame(self, **content: Any) -> None:
        await self.send(text_data=json.dumps(content))


def _cursor(query: bytes) -> int:
    """The `after` of the socket's URL; 0 (from the beginning) where it is missing or no number."""
    after = parse_qs(query.decode("latin-1")).get("after", ["0"])[0]
    return int(after) if after.isascii() and after.isdigit() and len(after) < 16 else 0
