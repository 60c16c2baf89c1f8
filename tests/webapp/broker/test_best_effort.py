"""The circuit breaker: a call that fails fast is retried; after a slow failure, calls are skipped for a while."""

from __future__ import annotations

import itertools

import pytest

from webapp.broker import best_effort
from webapp.broker.best_effort import CircuitBreaker


@pytest.fixture
def clock(monkeypatch):
    """Seconds pass where a test says so."""
    now = [100.0]
    monkeypatch.setattr(best_effort.time, "monotonic", lambda: now[0])
    return now


def failing(clock: list[float], seconds: float, sent: list[int]):
    def send() -> None:
        sent.append(1)
        clock[0] += seconds
        raise TimeoutError("no answer")

    return send


def test_after_a_fast_failure_the_next_call_is_made(clock, caplog):
    sent: list[int] = []
    breaker = CircuitBreaker("wake-up")
    for _ in range(3):
        breaker.call(failing(clock, 0.0, sent))
    assert len(sent) == 3
    assert "wake-up not sent: TimeoutError: no answer" in caplog.text


def test_after_a_slow_failure_calls_are_skipped_for_a_while(clock):
    sent: list[int] = []
    breaker = CircuitBreaker("wake-up")
    for _ in range(3):
        breaker.call(failing(clock, 2.0, sent))
    assert len(sent) == 1
    clock[0] += best_effort.QUIET_SECONDS
    counted = itertools.count()
    for _ in range(2):
        breaker.call(lambda: next(counted))
    assert next(counted) == 2, "it answers again"
