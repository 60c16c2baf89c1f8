"""Pause, resume and cancel at random moments, doubled and raced: the right end, in time, and none stuck."""

from __future__ import annotations

import random
import threading
import time

from tests.chaos.load import Subject, steadily, undisturbed
from tests.chaos.place import Never, Place, linger, wait_for
from tests.chaos.rows import Outcome

REACH = 10.0
LANES = 4
SIZE = (12, 4)
RIGHT = {
    ("pause",): {"paused", "succeeded"},
    ("resume",): {"queued", "running", "succeeded"},
    ("cancel",): {"cancelled", "succeeded"},
    ("pause", "cancel"): {"cancelled", "succeeded"},
    ("resume", "cancel"): {"cancelled", "succeeded"},
    ("pause", "resume"): {"paused", "queued", "running", "succeeded"},
}
"""What was said at once, and where that may end: whichever of a pause and a resume came last, but never in between."""


def raced_actions(place: Place, count: int, rng: random.Random) -> Outcome:
    undisturbed(*SIZE)  # once, before the lanes would each compute it
    found = Outcome()
    lock = threading.Lock()
    shares = [count // LANES + (lane < count % LANES) for lane in range(LANES)]
    lanes = [
        threading.Thread(target=_lane, args=(share, random.Random(rng.random()), found, lock))
        for share in shares
        if share
    ]
    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join()
    return found


def _lane(count: int, rng: random.Random, found: Outcome, lock: threading.Lock) -> None:
    """One study after another; a paused one is resumed, and in the end each is let finish or is cancelled."""
    from django.db import connection

    subject = Subject(*SIZE)
    try:
        for _ in range(count):
            if subject.is_over():
                subject = Subject(*SIZE)
            linger(rng.uniform(0, 1.5))
            said = _choose(subject, rng)
            began = time.monotonic()
            _say_at_once(subject, said * 2)
            problem = _wait_settled(subject, RIGHT[said])
            with lock:
                found.done += 1
                found.seconds.append(time.monotonic() - began)
                found.problems += problem
        _say_at_once(subject, ("resume",))
        if subject.state != "cancelled":
            found.settle(subject)
    except Never as never:
        with lock:
            found.problems.append(f"study {subject.id}: stuck, {never}")
    finally:
        connection.close()


def _choose(subject: Subject, rng: random.Random) -> tuple[str, ...]:
    if subject.state == "paused":
        return rng.choice([("resume",), ("resume",), ("resume", "cancel"), ("cancel",)])
    return rng.choice([("pause",), ("pause",), ("pause", "resume"), ("pause", "cancel"), ("cancel",)])


def _say_at_once(subject: Subject, actions: tuple[str, ...]) -> None:
    """Each from a thread of its own, through the door that page, API and jobs panel use."""
    from django.db import connection

    from webapp.http.errors import InvalidTransition
    from webapp.studies.services.actions import ACTIONS

    gate = threading.Barrier(len(actions))

    def say(action: str) -> None:
        gate.wait()
        try:
            steadily(lambda: ACTIONS[action](subject.id, {}))
        except InvalidTransition:  # another was faster; the state at the end is what counts
            return
        finally:
            connection.close()

    threads = [threading.Thread(target=say, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _wait_settled(subject: Subject, right: set[str]) -> list[str]:
    """A problem where it is not in a right state, with nothing left to apply, within REACH."""

    def settled() -> bool:
        row = subject.row()
        return row.state in right and not row.request

    try:
        seconds = wait_for(settled, "the right state")
    except Never:
        return [f"study {subject.id}: is {subject.state}, not {' or '.join(sorted(right))}"]
    return [f"study {subject.id}: took {seconds:.1f} s"] if seconds > REACH else []
