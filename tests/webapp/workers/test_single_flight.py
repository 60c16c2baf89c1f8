"""SingleFlight: one thread drains at a time, no other waits for it, and nothing that arrives meanwhile is left."""

from __future__ import annotations

import threading

import pytest

from webapp.workers.single_flight import SingleFlight


def test_drain_takes_one_turn_after_another():
    waiting, done = [3, 2, 1], []
    SingleFlight().drain(lambda: bool(waiting), lambda: done.append(waiting.pop()))
    assert done == [1, 2, 3]


def test_a_second_drain_returns_at_once_and_the_first_does_its_work():
    single, waiting, done = SingleFlight(), ["first"], []
    at_work, go_on = threading.Event(), threading.Event()

    def turn() -> None:
        done.append(waiting.pop())
        at_work.set()
        assert go_on.wait(30)

    first = threading.Thread(target=single.drain, args=(lambda: bool(waiting), turn))
    first.start()
    assert at_work.wait(30)
    waiting.append("second")
    single.drain(lambda: bool(waiting), lambda: done.append("by another"))
    assert done == ["first"]
    go_on.set()
    first.join()
    assert done == ["first", "second"]


def test_a_turn_that_fails_releases_the_lock():
    single = SingleFlight()

    def fails() -> None:
        raise ValueError("boom")

    with pytest.raises(ValueError, match="boom"):
        single.drain(lambda: True, fails)
    waiting = [1]
    single.drain(lambda: bool(waiting), waiting.clear)
    assert not waiting
