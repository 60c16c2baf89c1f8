"""Hints: one that is refused is forgotten; after one that took long in vain, nobody waits for the next."""

from __future__ import annotations

import itertools

import pytest

from webapp.broker import best_effort
from webapp.broker.best_effort import Hints


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


def test_what_is_refused_at_once_is_tried_again_at_once(clock, caplog):
    sent: list[int] = []
    line = Hints("wake-up")
    for _ in range(3):
        line.send(failing(clock, 0.0, sent))
    assert len(sent) == 3
    assert "wake-up not sent: TimeoutError: no answer" in caplog.text


def test_what_hangs_is_let_be_for_a_while(clock):
    sent: list[int] = []
    line = Hints("wake-up")
    for _ in range(3):
        line.send(failing(clock, 2.0, sent))
    assert len(sent) == 1
    clock[0] += best_effort.QUIET_SECONDS
    counted = itertools.count()
    for _ in range(2):
        line.send(lambda: next(counted))
    assert next(counted) == 2, "it answers again"
