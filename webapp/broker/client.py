"""A connection to the broker for health checks and queue lengths, with short timeouts so that no page hangs."""

from __future__ import annotations

from typing import Any

import redis
from django.conf import settings

QUEUE = "celery"


def ping() -> None:
    """Raises redis.RedisError where the broker does not answer."""
    with _client() as client:
        client.ping()


def queue_length(queue: str = QUEUE) -> int:
    """The number of wake-ups in a queue of the broker, by default the queue of studies."""
    with _client() as client:
        return int(client.llen(queue))


def _client() -> Any:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
