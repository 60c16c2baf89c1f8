"""Every transition, the lease and its fence, and the atomicity of a step."""

from __future__ import annotations

import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now

from engine.events import to_wire
from tests.webapp.fake_engine import commit, generation
from webapp.http.errors import InvalidTransition
from webapp.studies import services
from webapp.studies.models import Candidate, Checkpoint, Event, Study
from webapp.studies.services import Lease, LeaseLost, scheduling

pytestmark = pytest.mark.django_db


def state(study: Study) -> str:
    study.refresh_from_db()
    return study.state


def test_a_study_begins_queued_with_its_first_event(study):
    assert (study.state, study.last_seq) == ("queued", 1)
    assert study.events.get().payload == {"kind": "state_changed", "state": "queued", "reason": ""}


def test_only_one_claim_wins_and_says_so(study):
    lease = services.claim(study.id, "a")
    assert lease == Lease(study.id, 1)
    assert services.claim(study.id, "b") is None
    assert state(study) == "running"


def test_an_expired_lease_can_be_claimed_and_shuts_out_the_earlier_holder(study):
    first = services.claim(study.id, "a")
    Study.objects.update(expires=Now())
    second = services.claim(study.id, "b")
    assert second.fence == first.fence + 1
    for act in (
        lambda: services.renew_lease(first),
        lambda: services.end_turn(first),
        lambda: services.fail(first, "x"),
    ):
        with pytest.raises(LeaseLost):
            act()
    with pytest.raises(LeaseLost):
        services.commit_step(first, [to_wire(generation(0))], commit(1))
    assert not Candidate.objects.exists()
    assert not Checkpoint.objects.exists()
    assert Event.objects.count() == 2


def test_a_step_is_stored_whole(study):
    lease = services.claim(study.id, "a")
    services.commit_step(lease, [to_wire(generation(0))], commit(1), seconds=2.5, progress=0.4)
    study.refresh_from_db()
    assert list(study.events.values_list("seq", flat=True)) == [1, 2, 3]
    assert study.last_seq == 3
    assert (study.phase, study.generation, study.progress, study.compute_seconds) == ("search", 1, 0.4, 2.5)
    assert study.best_architecture == "S-C3"
    assert study.candidates.count() == 2
    assert bytes(study.candidates.first().spike_map)[:4] == b"\x00\x00\x80?"
    assert "spike_map" not in study.events.last().payload["candidates"][0]
    assert study.checkpoints.get().events == 1


@pytest.mark.django_db(transaction=True)
def test_a_step_that_cannot_be_stored_leaves_nothing(study):
    lease = services.claim(study.id, "a")
    services.commit_step(lease, [to_wire(generation(0))], commit(1))
    before = Study.objects.values().get()
    with pytest.raises(IntegrityError):
        services.commit_step(lease, [to_wire(generation(0))], commit(2))
    assert Study.objects.values().get() == before
    assert Event.objects.count() == 3


def test_the_last_step_ends_the_study(study):
    lease = services.claim(study.id, "a")
    services.commit_step(lease, [], commit(1, "done"))
    assert state(study) == "succeeded"
    assert study.finished is not None
    assert study.events.last().payload["state"] == "succeeded"


def test_pause_and_cancel_of_an_idle_study_happen_at_once(study):
    services.pause(study.id)
    assert state(study) == "paused"
    assert services.claim(study.id, "a") is None
    services.resume(study.id)
    assert state(study) == "queued"
    services.cancel(study.id)
    assert state(study) == "cancelled"
    with pytest.raises(InvalidTransition, match="only a paused study"):
        services.resume(study.id)


def test_a_busy_study_is_asked(study):
    lease = services.claim(study.id, "a")
    services.pause(study.id)
    assert services.renew_lease(lease) == ("pause", "")
    services.resume(study.id)
    assert services.renew_lease(lease) == ("", "")
    services.cancel(study.id)
    with pytest.raises(InvalidTransition):
        services.pause(study.id)
    services.apply_request(lease, "cancel")
    assert state(study) == "cancelled"


def test_a_dead_workers_request_is_settled(study):
    services.claim(study.id, "a")
    services.cancel(study.id)
    services.apply_overdue_requests()
    assert state(study) == "running", "its worker has some seconds to do it"
    Study.objects.update(expires=Now())
    services.apply_overdue_requests()
    assert state(study) == "cancelled"


def test_three_attempts_without_progress_fail_and_can_be_retried(study):
    for _ in range(3):
        assert services.claim(study.id, "a")
        Study.objects.update(expires=Now())
    assert services.claim(study.id, "a") is None
    assert state(study) == "failed"
    assert "3 attempts" in study.reason
    services.retry(study.id)
    assert services.claim(study.id, "a")


def test_who_had_no_turn_yet_is_next(study, alice, config):
    other = services.create_study(alice, config)
    services.end_turn(services.claim(study.id, "a"))
    assert scheduling.runnable() == [other.id, study.id]


@pytest.mark.parametrize(
    "broken",
    [{"state": "thinking"}, {"state": "running", "expires": None}, {"state": "failed", "finished": None}],
)
def test_the_database_refuses_impossible_states(study, broken):
    with pytest.raises(IntegrityError), transaction.atomic():
        Study.objects.filter(id=study.id).update(**broken)


@pytest.mark.django_db(transaction=True)
def test_of_many_claims_at_once_one_wins(study):
    won: list[Lease] = []
    gate = threading.Barrier(6)

    def race() -> None:
        gate.wait()
        try:
            if lease := services.claim(study.id, "racer"):
                won.append(lease)
        finally:
            connection.close()

    threads = [threading.Thread(target=race) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert list(study.events.values_list("seq", flat=True)) == [1, 2]
