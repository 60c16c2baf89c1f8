"""The lease of a data set being checked: it lasts as long as the work, and runs out where nobody can give it back."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from tests.webapp.test_datasets import arrays
from webapp.datasets import files, lease, services, tasks, worker
from webapp.datasets.models import Dataset
from webapp.datasets.sandbox import CheckFailed
from webapp.process import this_process

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
        outage.setattr(services, "put_back", away)
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
    services.put_back(lost.id, lost.holder)
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
    with lease.kept(held):
        assert renewed.wait(60)
    assert {call[:2] for call in calls} == {(waiting.id, "here/3/4")}
    (thread,) = {call[2] for call in calls}
    assert not thread.is_alive()
