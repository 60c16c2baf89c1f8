"""The lease of a data set being checked: it lasts as long as the work, and runs out where nobody can give it back."""

from __future__ import annotations

import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import OperationalError
from django.utils import timezone

from tests.webapp.datasets.test_datasets import arrays
from webapp.datasets import files, lease, sandbox, services, tasks, worker
from webapp.datasets.models import Dataset, Task
from webapp.datasets.sandbox import CheckFailed
from webapp.workers.process import this_process

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(alice) -> Dataset:
    """An upload that is to be checked."""
    content = arrays()
    made = services.begin_upload(alice, "Mine", "mine.zip", len(content))
    services.take_chunk(made, 0, content)
    return Dataset.objects.get(id=made.id)


def let_a_lease_pass() -> None:
    """As if it had been taken so long ago."""
    Dataset.objects.exclude(expires=None).update(expires=timezone.now() - timedelta(seconds=1))


def away(*_, **__):
    raise OperationalError("server closed the connection unexpectedly")


def state_of(dataset: Dataset) -> tuple[str, str]:
    return Dataset.objects.values_list("state", "holder").get(id=dataset.id)


def test_a_check_that_could_not_be_put_back_is_when_its_lease_is_over(waiting, monkeypatch):
    """Its process lives on, so that nothing else tells that nobody works on it."""
    with monkeypatch.context() as outage:
        outage.setattr(services, "renew", away)
        outage.setattr(services, "requeue", away)
        with pytest.raises(OperationalError):
            tasks.work(str(waiting.id))
    assert state_of(waiting) == ("working", this_process())
    worker.reap()
    assert state_of(waiting) == ("working", this_process()), "for all that is known, it is being worked on"
    let_a_lease_pass()
    worker.reap()
    assert state_of(waiting) == ("waiting", "")
    tasks.work(str(waiting.id))
    assert state_of(waiting) == ("ready", "")


def test_what_an_earlier_version_left_without_a_lease_is_put_back(waiting):
    services.claim(waiting.id, "elsewhere/1/2")
    Dataset.objects.update(expires=None)
    worker.reap()
    assert state_of(waiting) == ("waiting", "")


def test_work_that_goes_on_keeps_it(waiting):
    held = services.claim(waiting.id, "elsewhere/1/2")
    let_a_lease_pass()
    services.renew(held.id, held.holder, stage="counting")
    worker.reap()
    assert state_of(waiting) == ("working", "elsewhere/1/2")


def test_whoever_lost_it_stops_at_its_next_word_and_leaves_row_and_files_to_its_successor(waiting):
    lost = services.claim(waiting.id, "elsewhere/1/2")
    let_a_lease_pass()
    worker.reap()
    services.claim(waiting.id, "here/3/4")
    for word in (
        lambda: services.renew(lost.id, lost.holder, stage="counting"),
        lambda: services.refuse(lost, "it is broken"),
        lambda: services.accept(lost, {"content_sha256": "0" * 64, "dataset": "images", "bytes": 1}),
    ):
        with pytest.raises(services.LeaseLost, match="no longer held by elsewhere/1/2"):
            word()
    services.requeue(lost.id, lost.holder)
    assert state_of(waiting) == ("working", "here/3/4")
    assert (files.upload_folder(waiting.id) / "mine.zip").exists()


def test_a_task_that_lost_its_data_set_ends_quietly(waiting, monkeypatch):
    def check(arguments, preview, on_stage):
        let_a_lease_pass()
        worker.reap()
        services.claim(waiting.id, "here/3/4")
        raise CheckFailed("the files went away under it")

    monkeypatch.setattr(tasks, "check", check)
    tasks.work(str(waiting.id))
    assert state_of(waiting) == ("working", "here/3/4")
    assert (files.upload_folder(waiting.id) / "mine.zip").exists()


def test_it_is_renewed_beside_the_work_also_after_an_outage_and_no_longer_than_that(waiting, settings, monkeypatch):
    renewed, calls = threading.Event(), []

    def renew(dataset_id, holder):
        calls.append((dataset_id, holder, threading.current_thread()))
        if len(calls) == 1:
            away()
        renewed.set()

    settings.LEASE_SECONDS = 0.01
    monkeypatch.setattr(services, "renew", renew)
    held = services.claim(waiting.id, "here/3/4")
    with lease.renewing(held):
        assert renewed.wait(60)
    assert {call[:2] for call in calls} == {(waiting.id, "here/3/4")}
    (thread,) = {call[2] for call in calls}
    assert not thread.is_alive()


def test_a_reason_with_an_odd_file_name_is_told_all_the_same(waiting, monkeypatch):
    def check(*_):
        raise CheckFailed("cat/\udcff.png and cat/a\0.png are damaged")

    monkeypatch.setattr(tasks, "check", check)
    tasks.work(str(waiting.id))
    found = Dataset.objects.get(id=waiting.id)
    assert (found.state, found.reason) == ("refused", r"cat/\udcff.png and cat/a\x00.png are damaged")


def dies_at_it(dataset: Dataset) -> str:
    """A worker takes it and is killed; what becomes of it."""
    assert services.claim(dataset.id, "elsewhere/1/2")
    services.requeue(dataset.id, "elsewhere/1/2")
    return state_of(dataset)[0]


def is_not_heard_of_again(dataset: Dataset) -> str:
    assert services.claim(dataset.id, "elsewhere/1/2")
    let_a_lease_pass()
    services.requeue_expired()
    return state_of(dataset)[0]


@pytest.mark.parametrize("end", [dies_at_it, is_not_heard_of_again])
def test_what_has_cost_three_workers_their_lives_is_refused(waiting, end):
    assert [end(waiting) for _ in range(3)] == ["waiting", "waiting", "refused"]
    refused = Dataset.objects.get(id=waiting.id)
    assert refused.reason == (
        "its check was started 3 times, and its process died each time; it may need more memory than this server has"
    )
    assert (refused.holder, refused.expires) == ("", None)
    assert not files.upload_folder(waiting.id).exists()


def test_whoever_asks_for_a_check_gives_it_three_attempts_and_a_check_that_passed_does(settings):
    services.ensure_builtin()
    digits = Dataset.objects.get(dataset="digits")
    for _ in range(2):
        services.ask(digits.id, Task.CHECK)
        assert [dies_at_it(digits) for _ in range(2)] == ["waiting", "waiting"]
        tasks.work(str(digits.id))
        digits.refresh_from_db()
        assert (digits.state, digits.attempts) == ("ready", 0)
    services.ask(digits.id, Task.CHECK)
    assert [dies_at_it(digits) for _ in range(3)] == ["waiting", "waiting", "absent"]
    worker.look_for_builtin()
    assert state_of(digits) == ("absent", ""), "the worker that starts next does not begin anew by itself"
    services.ask(digits.id, Task.CHECK)
    assert state_of(digits) == ("waiting", "")


def test_a_worker_that_leaves_begins_no_further_check_and_the_one_it_cuts_off_does_not_count(waiting, monkeypatch):
    """However often: a deploy comes while a large data set is checked, say."""
    monkeypatch.setattr(worker, "run_periodically", lambda *_: None)  # which returns where its worker leaves
    monkeypatch.setattr(worker, "connection", SimpleNamespace(close=lambda: None))  # the test's own
    for _ in range(5):
        held = services.claim(waiting.id, this_process())
        worker._run_jobs()
        services.requeue(held.id, held.holder)
        assert state_of(waiting) == ("waiting", "")
    monkeypatch.setattr(tasks, "leaving", threading.Event())
    tasks.leaving.set()
    tasks.work(str(waiting.id))
    assert state_of(waiting) == ("waiting", "")


@pytest.mark.parametrize(("error", "attempts"), [(OperationalError, 0), (SystemExit, 0), (ZeroDivisionError, 1)])
def test_for_what_is_no_fault_of_the_data_set_s_no_attempt_counts(waiting, monkeypatch, error, attempts):
    def fail(*_):
        raise error

    monkeypatch.setattr(tasks, "check", fail)
    with pytest.raises(error):
        tasks.work(str(waiting.id))
    assert state_of(waiting) == ("waiting", "")
    assert Dataset.objects.get(id=waiting.id).attempts == attempts


@pytest.mark.parametrize(("there", "bound"), [(2 * 10**9, 2 * 10**9), (2**40, 8 * 10**9), (None, 8 * 10**9)])
def test_a_check_may_take_what_is_set_and_no_more_than_there_is(there, bound, monkeypatch):
    monkeypatch.setattr("webapp.workers.process_memory.limit", lambda: there)
    assert sandbox.memory_bound() == bound
