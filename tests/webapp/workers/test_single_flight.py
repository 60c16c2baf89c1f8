"""A slot: one at a time, nobody waits for it, and nothing that comes meanwhile is left."""

from __future__ import annotations

import threading

import pytest

from webapp.workers.single_flight import Slot


def test_what_waits_is_worked_off_turn_by_turn():
    waiting, done = [3, 2, 1], []
    Slot().work_off(lambda: bool(waiting), lambda: done.append(waiting.pop()))
    assert done == [1, 2, 3]


def test_a_second_wake_up_ends_at_once_and_the_first_sees_to_what_it_was_about():
    slot, waiting, done = Slot(), ["first"], []
    at_work, go_on = threading.Event(), threading.Event()

    def turn() -> None:
        done.append(waiting.pop())
        at_work.set()
        assert go_on.wait(30)

    first = threading.Thread(target=slot.work_off, args=(lambda: bool(waiting), turn))
    first.start()
    assert at_work.wait(30)
    waiting.append("second")
    slot.work_off(lambda: bool(waiting), lambda: done.append("by another"))
    assert done == ["first"]
    go_on.set()
    first.join()
    assert done == ["first", "second"]


def test_a_turn_that_fails_leaves_the_slot_free():
    slot = Slot()

    def fails() -> None:
        raise ValueError("boom")

    with pytest.raises(ValueError, match="boom"):
        slot.work_off(lambda: True, fails)
    waiting = [1]
    slot.work_off(lambda: bool(waiting), waiting.clear)
    assert not waiting
