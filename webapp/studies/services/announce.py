"""Messages to the channel layer: notices of stored events, and provisional events. Losing a message is harmless."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from webapp.broker.best_effort import CircuitBreaker

BREAKER = CircuitBreaker("announcement")
ANSWER_SECONDS = 2.0


def group(study_id: UUID) -> str:
    return f"study.{study_id}"


def nudge(study_id: UUID, last_seq: int) -> None:
    """After the commit, tell open pages that the study is now at event `last_seq`."""
    transaction.on_commit(lambda: _send(study_id, {"type": "study.nudge", "n": last_seq}))


def provisional(study_id: UUID, event: dict[str, Any]) -> None:
    """Send an event that is not stored."""
    _send(study_id, {"type": "study.provisional", "event": event})


def _send(study_id: UUID, message: dict[str, Any]) -> None:
    """Without the channel layer, pages catch up by polling. The engine never waits for it."""
    BREAKER.call(lambda: async_to_sync(_publish)(group(study_id), message))


async def _publish(name: str, message: dict[str, Any]) -> None:
    await asyncio.wait_for(get_channel_layer().group_send(name, message), ANSWER_SECONDS)
