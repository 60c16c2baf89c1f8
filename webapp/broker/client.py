"""A plain connection to the broker, for asking how it is. Short timeouts: a question must not hang a page."""

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
    """How many wake-ups wait in the broker, by default of studies."""
    with _client() as client:
        return int(client.llen(queue))


def _client() -> Any:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
