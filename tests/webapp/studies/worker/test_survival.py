"""Failures of workers, broker, database and disk, told by the rows: each failure by its name, and who continues."""

from __future__ import annotations

import errno
import itertools
import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from queue import Queue
from types import SimpleNamespace

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.db.models.functions import Now
from django.utils import timezone

from engine.errors import (
    CheckpointError,
    DataChangedError,
    DataError,
    DivergedError,
    OutOfDiskError,
    OutOfMemoryError,
)
from engine.events import Commit
from engine.storage.atomic import write_metadata
from tests.webapp.fake_engine import FakeEngine, commit, script
from tests.webapp.studies.worker.test_runner import fail_with, turn
from webapp import logs
from webapp.clock import seconds_from_now
from webapp.monitoring import metrics
from webapp.studies import files, services
from webapp.studies.models import Checkpoint, Study, Worker
from webapp.studies.services import scheduling
from webapp.studies.views import durability_numbers
from webapp.studies.worker import cleanup, file_retention, heartbeat, main_process, reaper
from webapp.studies.worker.heartbeat import LeaseKeeper, StallDetector
from webapp.studies.worker.main_process import send_heartbeat
from webapp.studies.worker.reaper import Reaper, release_leases
from webapp.studies.worker.retry import retry_while_unavailable
from webapp.studies.worker.runner import OpenRuns, ProcessHooks, run_slice
from webapp.workers import process_memory
from webapp.workers.process import end_at_once, this_process

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def dead() -> str:
    """A process of this host that is no more."""
    process = subprocess.Popen(
        [sys.executable, "-c", "from webapp.workers.process import this_process; print(this_process())"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=files.Path(__file__).parents[4],
    )
    return process.communicate()[0].strip()


@pytest.fixture
def look(monkeypatch):
    """One look of a reaper; the wake-ups it sends."""
    sent: list[str] = []
    monkeypatch.setattr("webapp.broker.wake._send", lambda task, subject: sent.append(str(subject)))
    monkeypatch.setattr(reaper.wake_the_waiting, "__defaults__", (lambda: 0,))

    def one(oom_kills: int | None = None) -> list[str]:
        sent.clear()
        Reaper(oom_kills).look()
        return list(sent)

    return one


def hanging() -> subprocess.Popen[bytes]:
    """A process that waits for ever; leaving its context ends it."""
    return subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)


@contextmanager
def logging_to_its_file() -> Iterator[None]:
    """As the studio's own configuration does, and nothing else beside it."""
    handler, logger = logs.StudyFile(), logging.getLogger("webapp")
    handler.setFormatter(logs.JsonLines())
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.propagate = True


def fail_with_damage(*args, **options):
    """An engine whose checkpoint cannot be opened."""
    raise CheckpointError("0001-000003.safetensors is damaged")


# --- failures told apart


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (DivergedError("training diverged: the loss is nan in supernet epoch 1, batch 3"), "diverged"),
        (OutOfMemoryError("out of memory: the process had 1.00 GB"), "out_of_memory"),
        (DataError("digits: the file is gone"), "data_gone"),
        (DataChangedError("the data set has changed"), "data_changed"),
        (ValueError("boom"), "unexpected"),
    ],
)
def test_each_failure_has_its_name_and_its_words(study, error, code):
    failed = turn(study, FakeEngine({2: fail_with(error)}))
    assert (failed.state, failed.reason_code) == ("failed", code)
    assert str(error) in failed.reason


def test_a_failure_over_a_file_with_an_odd_name_ends_the_study_and_is_told(study):
    """Neither its log nor its row takes half a surrogate pair, which a name that is no UTF-8 has."""
    with logging_to_its_file(), logs.about(study.id):
        failed = turn(study, FakeEngine({2: fail_with(DataError("cat/\udcff.png and a\0.png are damaged"))}))
    assert (failed.state, failed.reason) == ("failed", r"cat/\udcff.png and a\x00.png are damaged")
    [told] = [json.loads(line) for line in logs.tail(study.id) if "damaged" in line and "ERROR" in line]
    assert told["message"] == "failed: cat/\udcff.png and a\0.png are damaged"


def test_a_log_that_cannot_be_written_fails_nobody(study, monkeypatch, capsys):
    with logging_to_its_file(), logs.about(study.id):
        logging.getLogger("webapp").error("%d studies", "two")
    assert "Logging error" in capsys.readouterr().err


def test_three_attempts_without_progress_end_it_and_progress_resets_the_count(study, dead, look):
    for _ in range(2):
        services.claim(study.id, dead)
        look()
    lease = services.claim(study.id, dead)
    services.commit_step(lease, [], commit(1))
    look()
    for _ in range(3):
        assert services.claim(study.id, dead)
        look()
    assert services.claim(study.id, dead) is None
    study.refresh_from_db()
    assert (study.state, study.reason_code) == ("failed", "poison")
    assert study.reason == "gave up after 3 attempts without progress; see the log, then retry"


def test_leaving_in_order_is_no_failed_attempt(study):
    for _ in range(10):
        services.end_turn(services.claim(study.id, "a"))
    study.refresh_from_db()
    assert (study.state, study.attempts_since_progress) == ("running", 0)


def test_a_study_that_its_worker_cut_off_at_sigterm_is_no_failed_attempt_either(study, look):
    """However often: a deploy comes while data are loaded, say, and no batch is there to leave after."""
    for _ in range(5):
        with hanging() as process:
            assert services.claim(study.id, this_process().replace(f"/{os.getpid()}/", f"/{process.pid}/"))
            end_at_once([process.pid], seconds=10)
            assert process.poll() is not None, "it is gone, not only told to go"
            release_leases([process.pid])
    study.refresh_from_db()
    assert (study.state, study.holder, study.attempts_since_progress) == ("running", "", 0)


def test_leases_of_other_processes_are_not_released(study):
    services.claim(study.id, this_process())
    release_leases([])
    study.refresh_from_db()
    assert study.holder == this_process()


def test_a_child_killed_for_memory_fails_with_the_number_and_the_setting(study, dead, look, monkeypatch):
    services.claim(study.id, dead)
    Worker.objects.create(
        name="w", host="h", pid=1, started=Now(), heartbeat=Now(), study=study, memory=3_210_000_000
    )  # fmt: skip
    monkeypatch.setattr(process_memory, "oom_kills", lambda: 5)
    monkeypatch.setattr(process_memory, "limit", lambda: 4_000_000_000)
    look(oom_kills=4)
    study.refresh_from_db()
    assert (study.state, study.reason_code) == ("failed", "out_of_memory")
    assert study.reason == (
        "out of memory: the kernel killed the worker process, which last had 3.21 GB of 4.00 GB; "
        "lower supernet.batch_size (now 16) or network.time_steps (now 2)"
    )


def test_a_child_that_died_of_something_else_is_only_freed(study, dead, look, monkeypatch):
    services.claim(study.id, dead)
    monkeypatch.setattr(process_memory, "oom_kills", lambda: 4)
    assert look(oom_kills=4) == [str(study.id)]
    study.refresh_from_db()
    assert (study.state, study.holder) == ("running", "")


def test_the_kernels_count_of_killed_processes_is_read():
    assert process_memory.oom_kills() is None or process_memory.oom_kills() >= 0
    assert process_memory.resident(os.getpid()) > 10_000_000
    assert process_memory.limit() > 100_000_000


def test_the_children_of_every_thread_are_family():
    found: Queue[bool] = Queue()

    def start() -> None:
        with hanging() as child:
            found.put(child.pid in process_memory.family(os.getpid()))

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert found.get_nowait()


@pytest.mark.parametrize(
    ("files_there", "count"),
    [
        ({"proc/self/cgroup": "0::/a/b\n", "cgroup/a/b/memory.events": "oom 9\noom_kill 3\n"}, 3),
        ({"proc/self/cgroup": "7:cpu:/\n4:memory:/x\n", "cgroup/memory/x/memory.oom_control": "oom_kill 2\n"}, 2),
        ({"proc/vmstat": "nr_free 1\noom_kill 7\n"}, 7),
        ({}, None),
    ],
)
def test_the_count_is_found_in_every_kind_of_control_group(tmp_path, monkeypatch, files_there, count):
    for name, text in files_there.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(process_memory, "PROC", tmp_path / "proc")
    monkeypatch.setattr(process_memory, "CGROUPS", tmp_path / "cgroup")
    assert process_memory.oom_kills() == count


def test_a_full_disk_pauses_and_the_study_resumes_by_itself_when_there_is_space(study, settings, look):
    settings.STUDIES_ROOT.mkdir()
    settings.DISK_RETRY_SECONDS = 0
    paused = turn(study, FakeEngine({3: fail_with(OutOfDiskError("no room left on the disk of /x"))}))
    assert (paused.state, paused.reason_code) == ("paused", "out_of_disk")
    assert "no room left" in paused.reason
    settings.SPARE_DISK = 2**60
    look()
    study.refresh_from_db()
    assert study.state == "paused"
    settings.SPARE_DISK = 0
    look()
    study.refresh_from_db()
    assert study.state == "queued"
    assert turn(study, FakeEngine()).state == "succeeded"


def test_a_disk_that_is_full_elsewhere_counts_as_well(study):
    paused = turn(study, FakeEngine({3: fail_with(OSError(errno.ENOSPC, "No space left on device"))}))
    assert (paused.state, paused.reason_code) == ("paused", "out_of_disk")


def test_a_lease_kept_without_progress_is_a_stall(study, settings):
    settings.HEARTBEAT_SECONDS, settings.STALL_SECONDS = 0.01, 300
    settings.REQUEST_WAIT_SECONDS = 0.05
    gone = threading.Event()

    def hang() -> None:
        settings.STALL_SECONDS = 0  # from here on; the step before takes the time it takes
        assert gone.wait(30)

    lease = services.claim(study.id, this_process())
    run_slice(lease, FakeEngine({2: hang}), OpenRuns(), ProcessHooks(leaving=lambda: False, abandon=gone.set))
    study.refresh_from_db()
    assert (study.state, study.holder, study.reason_code) == ("running", "", "stalled")
    assert "stalled: no event for" in study.reason
    assert study.checkpoints.count() == 1
    Study.objects.update(attempts_since_progress=3)
    assert services.claim(study.id, "b") is None
    study.refresh_from_db()
    assert (study.state, study.reason_code) == ("failed", "stalled")
    assert "gave up after 3 attempts without progress" in study.reason
    assert "stalled: no event for" in study.reason


def test_patience_is_ten_usual_steps_and_never_under_its_floor(monkeypatch, settings):
    clock = itertools.count(0.0, 60.0)
    monkeypatch.setattr(heartbeat.time, "monotonic", lambda: next(clock))
    stall = StallDetector()
    assert stall.allowed_seconds == settings.STALL_SECONDS == 300
    for _ in range(5):
        stall.event_seen()
    assert stall.allowed_seconds == 600


# --- who carries on


def test_a_lost_wake_up_is_sent_again_and_one_that_waits_is_not_doubled(study, look, monkeypatch):
    assert look() == [str(study.id)]
    monkeypatch.setattr(reaper.wake_the_waiting, "__defaults__", (lambda: 1,))
    assert look() == []


def test_a_job_of_a_worker_that_fails_stops_no_other_job(study, look, monkeypatch, caplog):
    """Where the broker is away its wake-ups must wait; what users asked for and the sign of life must not."""
    services.claim(study.id, "a")
    services.cancel(study.id)
    Study.objects.update(expires=Now())

    def away() -> int:
        raise ConnectionError("the broker is away")

    monkeypatch.setattr(scheduling, "runnable", away)
    monkeypatch.setattr(main_process, "run_periodically", lambda turn, *_: turn())
    monkeypatch.setattr(main_process, "_ask_for_calibration", lambda name: None)
    main_process._run_jobs("celery@here")
    study.refresh_from_db()
    assert study.state == "cancelled"
    assert Worker.objects.alive().exists()
    assert "failed, tried again next time: ConnectionError: the broker is away" in caplog.text


def test_a_clean_up_that_takes_its_time_delays_neither_heartbeat_nor_reaper(settings, monkeypatch):
    """With every study that ever ended there is more to look through."""
    settings.REAPER_SECONDS = 0.001
    tidied, over, beats = threading.Event(), threading.Event(), threading.Semaphore(0)
    monkeypatch.setattr(cleanup.CleanUp, "turn", lambda self: tidied.wait())
    monkeypatch.setattr(main_process, "send_heartbeat", lambda name: beats.release())
    monkeypatch.setattr(main_process, "_ask_for_calibration", lambda name: None)
    monkeypatch.setattr(main_process, "_over", over)
    queues = SimpleNamespace(consume_from=[main_process.QUEUE])
    main_process.start(
        SimpleNamespace(hostname="celery@here", app=SimpleNamespace(amqp=SimpleNamespace(queues=queues)))
    )
    threads = [thread for thread in threading.enumerate() if thread.name in ("reaper", "clean-up")]
    try:
        assert all(beats.acquire(timeout=60) for _ in range(3))
    finally:
        over.set()
        tidied.set()
        for thread in threads:
            thread.join()
    assert len(threads) == 2, "and both end with the worker"


def test_a_clean_up_that_fails_is_logged_and_stops_no_other_clean_up(monkeypatch, caplog):
    collected = []

    def broken(*_):
        raise OSError("the disk of the studies is away")

    monkeypatch.setattr(services, "purge", broken)
    monkeypatch.setattr(file_retention, "collect", lambda again: collected.append(again))
    clean_up = cleanup.CleanUp()
    for _ in range(2):
        clean_up.garbage.last = float("-inf")
        clean_up.turn()
    assert collected == [False, True], "all that ever ended is looked through once"
    assert "failed, tried again next time: OSError: the disk of the studies is away" in caplog.text


def test_many_reapers_at_once_do_it_once(study, dead, look):
    services.claim(study.id, dead)
    services.cancel(study.id)
    for _ in range(3):
        look()
    study.refresh_from_db()
    assert study.state == "cancelled"
    assert study.events.filter(payload__state="cancelled").count() == 1


def test_a_write_is_tried_again_while_the_database_is_away_and_counts_once(study, settings, monkeypatch):
    """The connection breaks after the transaction was stored, before the worker heard of it."""
    real, broken = services.commit_step, []

    def breaks_on_the_way_back(*args, **options):
        asked = real(*args, **options)
        if len(broken) < 3:
            broken.append(1)
            raise OperationalError("server closed the connection unexpectedly")
        return asked

    monkeypatch.setattr("webapp.studies.worker.retry.FIRST_PAUSE", 0.01)
    monkeypatch.setattr("webapp.studies.worker.runner.services.commit_step", breaks_on_the_way_back)
    done = turn(study, FakeEngine())
    assert len(broken) == 3
    assert done.state == "succeeded"
    assert done.candidates.count() == 4
    seqs = list(study.events.order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, len(seqs) + 1))
    assert study.events.filter(kind="generation_finished").count() == 2


def test_a_database_that_stays_away_ends_the_turn_not_the_study(study, settings, monkeypatch):
    settings.GIVE_UP_SECONDS = 0

    def away(*args, **options):
        raise OperationalError("could not connect to server")

    monkeypatch.setattr("webapp.studies.worker.runner.services.commit_step", away)
    assert turn(study, FakeEngine()).state == "running"
    with pytest.raises(OperationalError):
        retry_while_unavailable(away)


def test_a_worker_told_to_end_saves_first(study):
    engine = FakeEngine()
    turn(study, engine, hooks=ProcessHooks(leaving=lambda: True, abandon=lambda: None))
    assert engine.control.hurry
    assert (study.state, study.holder, study.checkpoints.count()) == ("running", "", 1)


def test_a_worker_that_lost_its_lease_and_hangs_is_ended(study, settings):
    settings.HEARTBEAT_SECONDS, settings.REQUEST_WAIT_SECONDS = 0.01, 0.02
    ended = threading.Event()
    keeper = LeaseKeeper(services.claim(study.id, "a"), StallDetector(), ended.set)
    Study.objects.update(fence=99)
    keeper.start()
    assert ended.wait(30)
    assert keeper.lost
    keeper.stop()


def test_a_sleeper_past_its_lease_writes_nothing(study):
    """As after SIGSTOP and SIGCONT: its next word finds the fence gone."""
    sleeper = services.claim(study.id, "asleep")
    Study.objects.update(expires=Now())
    awake = services.claim(study.id, "awake")
    services.commit_step(awake, [], commit(1))
    before = Study.objects.values().get()
    for write in (
        lambda: services.renew_lease(sleeper),
        lambda: services.commit_step(sleeper, [], commit(2)),
        lambda: services.end_turn(sleeper),
        lambda: services.apply_request(sleeper, "pause"),
        lambda: services.fail(sleeper, "x"),
        lambda: services.wait_for_disk(sleeper, "x"),
        lambda: services.give_up_stalled(sleeper, "x"),
        lambda: services.drop_damaged_checkpoint(sleeper, "x", "checkpoint"),
    ):
        with pytest.raises(services.LeaseLost):
            write()
    assert Study.objects.values().get() == before
    assert Checkpoint.objects.count() == 1


def test_two_damaged_checkpoints_are_gone_past_and_recorded(study, settings):
    settings.SLICE_SECONDS = 0
    engine = FakeEngine()
    for _ in range(3):
        turn(study, engine)
    for _ in range(2):
        turn(study, fail_with_damage)
    assert list(study.checkpoints.values_list("step", flat=True)) == [1]
    told = [e.payload["reason"] for e in study.events.filter(kind="state_changed") if "damaged" in e.payload["reason"]]
    assert [words.partition("; ")[2] for words in told] == ["resuming from step 2", "resuming from step 1"]
    while study.state == "running":
        turn(study, engine)
    assert (study.state, study.reason) == ("succeeded", "")
    assert study.events.filter(kind="generation_finished").count() == 2
    assert study.candidates.count() == 4


def test_a_step_that_is_computed_again_is_not_told_again_where_commits_fall_elsewhere(study, settings):
    """Commits follow the clock: the second time, one may fall before an event that the first time it followed."""
    settings.SLICE_SECONDS = 0
    engine = FakeEngine()
    for _ in range(2):
        turn(study, engine)
    turn(study, fail_with_damage)
    assert study.checkpoints.get().step == 1
    earlier = iter([commit(2, "supernet", attempt=4)])
    turn(study, lambda *args, **options: earlier)
    turn(study, lambda *args, **options: iter([*script()[3:4], commit(3, "supernet", attempt=5)]))
    assert study.events.filter(kind="epoch_finished").count() == 1


def test_a_run_kept_open_knows_what_another_worker_told_meanwhile(study, settings):
    settings.SLICE_SECONDS = 0
    engine, runs = FakeEngine(), OpenRuns()
    for _ in range(2):
        turn(study, engine, runs)
    turn(study, FakeEngine())  # another worker stores the next step, whose checkpoint is damaged then
    turn(study, fail_with_damage)
    while study.state == "running":
        turn(study, engine, runs)
    assert engine.calls == [0], "the run that was kept open"
    assert (study.state, study.reason) == ("succeeded", "")
    assert study.candidates.count() == 4


def test_a_run_kept_open_is_let_go_where_another_worker_stored_the_same_step_elsewhere(study, settings):
    """Steps follow the clock, so that step 2 of one run need not be step 2 of another."""
    settings.SLICE_SECONDS = 0
    engine, runs = FakeEngine(), OpenRuns()
    for _ in range(2):
        turn(study, engine, runs)
    turn(study, fail_with_damage)
    turn(study, lambda *args, **options: iter([commit(2, "supernet", attempt=4)]))
    turn(study, engine, runs)
    assert engine.calls == [0, 2]


def test_a_write_said_twice_gives_up_one_damaged_checkpoint(study, settings, monkeypatch):
    """The connection breaks after the fall back was stored, before the worker heard of it."""
    settings.SLICE_SECONDS = 0
    for _ in range(3):
        turn(study, FakeEngine())
    real, broken = services.drop_damaged_checkpoint, []

    def breaks_on_the_way_back(*args, **options):
        real(*args, **options)
        if not broken:
            broken.append(1)
            raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr("webapp.studies.worker.retry.FIRST_PAUSE", 0.01)
    monkeypatch.setattr("webapp.studies.worker.runner.services.drop_damaged_checkpoint", breaks_on_the_way_back)
    turn(study, fail_with_damage)
    assert broken
    assert list(study.checkpoints.values_list("step", flat=True)) == [1, 2]


# --- what is kept


class Writing(FakeEngine):
    """Leaves a real file for every checkpoint."""

    def __call__(self, config, workdir, **options):
        (workdir / "checkpoints").mkdir(exist_ok=True)
        for item in super().__call__(config, workdir, **options):
            if isinstance(item, Commit):
                (workdir / "checkpoints" / item.checkpoint).write_text("x")
            yield item


def test_garbage_is_what_no_row_names(study, settings):
    settings.SLICE_SECONDS = 0
    turn(study, Writing())
    folder = files.workdir(study.id) / "checkpoints"
    zombies, newer = folder / "0000-000009.safetensors", folder / "0009-000002.safetensors"
    for path in (zombies, newer, folder / ".0001-000001.safetensors.7.tmp"):
        path.write_text("left behind")
    assert file_retention.collect() == 0, (
        "all may be about to be stored: a run kept open writes under its first lease's name"
    )
    a_lease_ago = time.time() - settings.LEASE_SECONDS - 1
    for path in (zombies, newer):
        os.utime(path, (a_lease_ago, a_lease_ago))
    assert file_retention.collect() == 1, "what an earlier lease left"
    assert newer.exists()
    settings.GARBAGE_SECONDS = -1
    assert file_retention.collect() == 2
    assert [path.name for path in folder.iterdir()] == ["1-1.safetensors"]


def test_a_study_that_ended_keeps_its_newest_checkpoint_alone(study):
    turn(study, Writing())
    assert study.checkpoints.count() == 3
    file_retention.collect()
    assert [path.name for path in (files.workdir(study.id) / "checkpoints").iterdir()] == ["1-5.safetensors"]
    assert study.checkpoints.get().step == 5


def test_what_ended_a_day_ago_is_not_looked_through_again(study, monkeypatch):
    turn(study, Writing())
    looked = []
    monkeypatch.setattr(file_retention, "collect_one", lambda one: looked.append(one.id) or 0)
    for seconds, times in ((3600, 1), (file_retention.SETTLED_SECONDS + 60, 1)):
        Study.objects.update(finished=seconds_from_now(-seconds))
        file_retention.collect(again=True)
        assert len(looked) == times
    file_retention.collect()
    assert len(looked) == 2


def test_of_a_study_that_ended_the_supernet_of_its_checkpoint_stays_and_no_file_is_read_whole(
    study, settings, monkeypatch
):
    turn(study, Writing())
    settings.GARBAGE_SECONDS = -1
    folder = files.workdir(study.id)
    newest = folder / "checkpoints" / study.checkpoints.last().path
    kept, other = folder / "supernet-4.safetensors", folder / "supernet-3.safetensors"
    other.write_text("x")
    write_metadata(newest, {"state": {"supernet_file": kept.name}})
    monkeypatch.setattr("engine.storage.atomic.hashlib.file_digest", lambda *_: pytest.fail("it took its SHA-256"))
    file_retention.collect()
    assert other.exists(), "the name may be damaged: nothing has it"
    kept.write_text("x")
    file_retention.collect()
    assert (kept.exists(), other.exists()) == (True, False)


def test_rows_of_workers_long_silent_and_of_sessions_that_ended_go(study):
    send_heartbeat("celery@silent for a week")
    send_heartbeat("celery@silent for long")
    send_heartbeat("celery@here")
    for name, days in (("celery@silent for a week", 6.9), ("celery@silent for long", 7.1)):
        silent = seconds_from_now(-86_400 * days)
        Worker.objects.filter(name=name).update(heartbeat=silent, study=study)
    for days in (-1, 1):
        Session.objects.create(session_key=f"day {days}", expire_date=timezone.now() + timedelta(days=days))
    cleanup.CleanUp().turn()
    assert set(Worker.objects.values_list("name", flat=True)) == {"celery@here", "celery@silent for a week"}
    assert Session.objects.get().session_key == "day 1"
    assert Study.objects.exists()


# --- what is told to machines


def test_metrics_are_for_staff_or_the_token(study, client, alice, admin, as_user, settings, config):
    assert client.get("/metrics").status_code == 403
    assert as_user(alice).get("/metrics").status_code == 403
    services.commit_step(services.claim(services.create_study(alice, config).id, "a"), [], commit(1))
    settings.METRICS_TOKEN = "a token of twenty-four"
    assert client.get("/metrics", headers={"Authorization": "Bearer a token of twenty-for"}).status_code == 403
    text = client.get("/metrics", headers={"Authorization": "Bearer a token of twenty-four"}).content.decode()
    assert 'autosnn_studies{state="queued"} 1\n' in text
    assert as_user(admin).get("/metrics")["Content-Type"] == metrics.CONTENT_TYPE
    for line in text.splitlines():
        assert line.startswith("#") or float(line.rpartition(" ")[2]) >= 0


def test_ready_is_told_apart_from_healthy(client, monkeypatch):
    assert client.get("/readyz").json() == {"web": "ok", "database": "ok", "migrations": "ok"}
    assert client.get("/healthz").status_code == 503
    monkeypatch.setattr("django.db.migrations.executor.MigrationExecutor.migration_plan", lambda *a: [1, 2])
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["migrations"]) == (503, "2 not applied yet")


def test_a_worker_tells_its_memory(db):
    send_heartbeat("celery@here")
    assert Worker.objects.get().memory > 10_000_000


def test_the_page_durability_shows_settings_and_measurements(client, alice, as_user, settings, tmp_path, monkeypatch):
    settings.UNDO_SECONDS = 77
    row = {"title": "kill -9", "reach": "nothing lost", "done": 9, "problems": [], "reached": True,
           "median_seconds": 1.25, "max_seconds": None}  # fmt: skip
    report = tmp_path / "chaos.json"
    report.write_text(json.dumps({"form": "long", "machine": "2 CPU cores", "rows": {"kill": row}}))
    monkeypatch.setattr(durability_numbers, "MEASURED", report)
    durability_numbers._measured.cache_clear()
    page = as_user(alice).get("/docs/durability").content.decode()
    durability_numbers._measured.cache_clear()
    for words in (
        "It can be undone for 77 s",
        "At most 1000 may be unfinished",
        "may have 50 pages with a live connection",
        "out_of_memory",
        "kill -9",
        "1.3 s",
        "the long form on 2 CPU cores",
    ):
        assert words in page, words
