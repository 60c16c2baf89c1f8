"""The table of the documentation page "Durability": each row causes a failure so many times and records the result."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.chaos.load import Subject, steadily
from tests.chaos.place import Place, linger, wait_for
from webapp.workers.process import host_and_pid

HASTY = 2
"""So many kills in a row may come before any progress; three are a poisoned study, by design."""


@dataclass
class Outcome:
    """What was done how often, what went wrong, and what was measured in seconds."""

    done: int = 0
    problems: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def settle(self, subject: Subject) -> None:
        self.problems += [f"study {subject.id}: {problem}" for problem in subject.problems()]


def on_studies(count: int, once: Callable[[Subject, Outcome], bool], **size: int) -> Outcome:
    """Do it so often, to one study after the other, each until it ends; `once` says whether it was done."""
    found = Outcome()
    while found.done < count:
        subject = Subject(**size)
        while not subject.is_over() and found.done < count:
            found.done += once(subject, found)
        found.settle(subject)
    return found


def kills(place: Place, count: int, rng: random.Random) -> Outcome:
    """kill -9 of the process at work at random moments, every third inside a checkpoint write, every tenth of all."""
    fruitless = 0

    def once(subject: Subject, found: Outcome) -> bool:
        nonlocal fruitless
        subject.wait_held()
        before = subject.steps()
        if fruitless >= HASTY or rng.random() < 0.5:
            subject.wait_step()
        began = time.monotonic()
        if found.done % 3 == 2:
            killed = _kill_inside_a_write(place, subject, rng)
        else:
            linger(rng.uniform(0, 0.6))
            killed = _kill_holder(place, subject, everything=found.done % 10 == 9)
        if killed:
            fruitless = 0 if subject.steps() > before else fruitless + 1
            subject.wait_held()
            found.seconds.append(time.monotonic() - began)
        return killed

    return on_studies(count, once)


def _kill_inside_a_write(place: Place, subject: Subject, rng: random.Random) -> bool:
    _, pid = subject.holder()
    if not pid:
        return False
    place.arm(f"kill {rng.randrange(1, 40_000)}")
    wait_for(lambda: subject.is_over() or subject.holder()[1] != pid, "the kill inside a write")
    return not (place.var / "faults").exists()


def _kill_holder(place: Place, subject: Subject, *, everything: bool) -> bool:
    host, pid = subject.holder()
    if not pid:
        return False
    if everything:
        place.machines[host].lose()
        place.machines[host].start()
        return True
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def sleepers(place: Place, count: int, rng: random.Random) -> Outcome:
    """SIGSTOP of a worker past its lease, take-over by the other, SIGCONT: the sleeper must write nothing and end."""
    from webapp.studies.models import Checkpoint, Worker

    def once(subject: Subject, found: Outcome) -> bool:
        subject.wait_step()
        fence, host = subject.row().fence, subject.holder()[0]
        if not host:
            return False
        written = Checkpoint.objects.filter(study_id=subject.id, attempt=fence).count
        at_work = Worker.objects.filter(host=host, study_id=subject.id).exists
        place.machines[host].signal_all(signal.SIGSTOP)
        began = time.monotonic()
        wait_for(lambda: subject.is_over() or subject.row().fence > fence, "a take-over")
        found.seconds.append(time.monotonic() - began)
        subject.wait_step()
        before = steadily(written)
        place.machines[host].signal_all(signal.SIGCONT)
        wait_for(lambda: subject.is_over() or subject.holder()[0] == host or not steadily(at_work), "the sleeper's end")
        if steadily(written) > before:
            found.problems.append(f"the sleeper with fence {fence} wrote after its lease was taken")
        return True

    return on_studies(count, once)


def farewells(place: Place, count: int, rng: random.Random) -> Outcome:
    """SIGTERM to the worker at work: it saves, is gone in time, and the other goes on from what it saved."""

    def once(subject: Subject, found: Outcome) -> bool:
        subject.wait_held()
        linger(rng.uniform(0, 0.6))
        host, before = subject.holder()[0], subject.row()
        machine = place.machines.get(host)
        if machine is None or machine.process is None:
            return False
        began = time.monotonic()
        machine.process.terminate()
        machine.process.wait()
        found.seconds.append(time.monotonic() - began)
        machine.lose()
        machine.start()
        subject.wait_step()
        after = subject.row()
        if not subject.is_over() and (after.fence <= before.fence or after.attempts_since_progress > 1):
            found.problems.append(f"study {subject.id}: {after.attempts_since_progress} attempts, fence {after.fence}")
        return True

    return on_studies(count, once)


def cut_off(place: Place, count: int, rng: random.Random) -> Outcome:
    """SIGTERM to a worker whose study hangs in a write, each successor hanging in its first one: the worker is gone in
    time, leaves no lease behind, and however often it happens, that is no failed attempt.
    """

    def once(subject: Subject, found: Outcome) -> bool:
        subject.wait_held()
        if not (place.var / "faults").exists():
            place.arm(f"hang {rng.randrange(1, 40_000)}")
        if not place.wait_faulted(subject.is_over):
            return False
        host = subject.holder()[0]
        machine = place.machines[host]
        assert machine.process is not None
        if found.done + 1 < count:
            place.arm(f"hang {rng.randrange(1, 40_000)}")
        began = time.monotonic()
        machine.process.terminate()
        machine.process.wait()
        found.seconds.append(time.monotonic() - began)
        if subject.holder()[0] == host:
            found.problems.append(f"study {subject.id}: {host} is gone and still holds it")
        machine.lose()
        machine.start()
        return True

    return on_studies(count, once)


def duplicates(place: Place, count: int, rng: random.Random) -> Outcome:
    """The same wake-up twenty times, to two workers: one holder at a time, no effect twice."""
    from celery import current_app

    from webapp.studies.services.wake import ADVANCE

    found = Outcome()
    while found.done < count:
        batch = [Subject(epochs=2, generations=2) for _ in range(min(5, count - found.done))]
        for _ in range(20):
            for subject in batch:
                current_app.send_task(ADVANCE, args=[str(subject.id)], retry=False)
        for subject in batch:
            found.settle(subject)
            if (states := subject.states()) != ["queued", "running", "succeeded"]:
                found.problems.append(f"study {subject.id}: told {states}")
        found.done += len(batch)
    return found


def broken_services(
    place: Place, count: int, rng: random.Random, breaking: Callable[[Place], None], *, watched: bool = False
) -> Outcome:
    """Break a service under two studies, one running and one whose turn comes; both must go on, and an open page."""
    from tests.chaos.page import open_page

    found = Outcome()
    subjects = [Subject(epochs=36 if count > 1 else 12) for _ in range(2)]
    with open_page(place, subjects[0], wanted=watched) as page:
        while found.done < count:
            for lane, subject in enumerate(subjects):
                if subject.is_over():
                    found.settle(subject)
                    subjects[lane] = Subject()
            found.seconds.append(_break_once(place, subjects, breaking, rng))
            found.done += 1
        place.wait_healthy()
        for subject in subjects:
            found.settle(subject)
        found.problems += page.problems()
    return found


def _break_once(place: Place, subjects: list[Subject], breaking: Callable[[Place], None], rng: random.Random) -> float:
    """Seconds from the break until a step is stored again."""
    wait_for(lambda: any(one.is_held() or one.is_over() for one in subjects), "a worker at work")
    linger(rng.uniform(0, 0.5))
    began = time.monotonic()
    breaking(place)
    steps = sum(one.steps() for one in subjects)
    wait_for(
        lambda: sum(one.steps() for one in subjects) > steps or all(one.is_over() for one in subjects),
        "work after the break",
    )
    return time.monotonic() - began


def flush(place: Place) -> None:
    import redis

    with redis.Redis.from_url(place.valkey.url) as client:
        client.flushall()


def restart_valkey(place: Place) -> None:
    place.valkey.stop(signal.SIGKILL)
    place.valkey.start()


def restart_postgres(place: Place) -> None:
    place.postgres.stop(signal.SIGQUIT)
    place.postgres.start()


def kill_web(place: Place) -> None:
    place.kill_web()
    place.start_web()
    place.wait_healthy()


def full_disks(place: Place, count: int, rng: random.Random) -> Outcome:
    """ENOSPC at a random byte of a checkpoint: paused with the reason, and it goes on by itself."""

    def once(subject: Subject, found: Outcome) -> bool:
        subject.wait_held()
        place.arm(f"enospc {rng.randrange(40_000)}")
        began = time.monotonic()
        wait_for(lambda: subject.is_over() or subject.row().reason_code == "out_of_disk", "a pause for want of disk")
        if subject.is_over():
            (place.var / "faults").unlink(missing_ok=True)
            return False
        subject.wait_step()
        found.seconds.append(time.monotonic() - began)
        return True

    return on_studies(count, once)


def damages(place: Place, count: int, rng: random.Random) -> Outcome:
    """The newest checkpoint truncated, or one bit of it flipped: the one before is taken, and that is told."""
    from webapp.http.errors import InvalidTransition
    from webapp.studies import services
    from webapp.studies.files import workdir
    from webapp.studies.models import Checkpoint, Event

    def once(subject: Subject, found: Outcome) -> bool:
        subject.wait_step(2)
        try:
            steadily(lambda: services.pause(subject.id))
        except InvalidTransition:  # it has ended meanwhile
            return False
        wait_for(lambda: subject.is_over() or subject.state == "paused", "the pause")
        if subject.is_over():
            return False
        newest = steadily(lambda: Checkpoint.objects.filter(study_id=subject.id).order_by("-step").first())
        path = workdir(subject.id) / "checkpoints" / newest.path
        path.write_bytes(_damaged(path.read_bytes(), rng, cut=found.done % 2 == 1))
        steadily(lambda: services.resume(subject.id))
        told = Event.objects.filter(study_id=subject.id, payload__reason__icontains=f"{newest.path} is damaged").exists
        wait_for(lambda: steadily(told) or subject.steps() > newest.step, "the word of the damaged checkpoint")
        return steadily(told)  # a worker that still has the run open does not need the file

    return on_studies(count, once)


def _damaged(data: bytes, rng: random.Random, *, cut: bool) -> bytes:
    """Cut off somewhere, or with one bit the other way round."""
    at = rng.randrange(len(data))
    if cut:
        return data[:at]
    return data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]


def losses(place: Place, count: int, rng: random.Random) -> Outcome:
    """A whole machine gone, with the lease as shipped: seconds until another one holds the study."""
    found = Outcome()
    lanes = max(1, len(place.machines) // 2)
    while found.done < count:
        subjects = [Subject(epochs=3000, generations=1) for _ in range(min(lanes, count - found.done))]
        for subject in subjects:
            subject.wait_held()
            subject.wait_step()
        rows = {subject.id: subject.row() for subject in subjects}
        began = time.monotonic()
        lost = [place.machines[host_and_pid(row.holder)[0]] for row in rows.values()]
        for machine in lost:
            machine.lose()
        waiting = list(subjects)

        def look(rows: dict = rows, waiting: list = waiting, began: float = began) -> bool:
            for subject in list(waiting):
                row = subject.row()
                if row.fence > rows[subject.id].fence and row.holder:
                    found.seconds.append(time.monotonic() - began)
                    waiting.remove(subject)
            return not waiting

        wait_for(look, "a take-over after a loss")
        found.done += len(subjects)
        for subject in subjects:
            before = rows[subject.id].last_seq
            if subject.row().last_seq < before:
                found.problems.append(f"study {subject.id}: events lost")
            _cancel(subject)
        for machine in lost:
            machine.start()
    return found


def _cancel(subject: Subject) -> None:
    from webapp.studies import services

    steadily(lambda: services.cancel(subject.id))
    wait_for(lambda: subject.state == "cancelled", "the end of the study", 30)
