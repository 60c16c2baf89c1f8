"""Every action on a study: its effect, its repetition, and what it refuses."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now

from engine.config.parse import parse_config
from engine.events import to_wire
from tests.webapp.fake_engine import commit, generation
from webapp.http.errors import InvalidTransition
from webapp.studies import services
from webapp.studies.files import workdir
from webapp.studies.models import Ending, Priority, Study, Worker
from webapp.studies.services import scheduling
from webapp.studies.services.actions import ACTIONS
from webapp.studies.services.retention import UNDO_GRACE_SECONDS
from webapp.studies.worker.cleanup import remove_folder

pytestmark = pytest.mark.django_db


def fresh(study: Study) -> Study:
    return Study.objects.get(id=study.id)


def in_state(study: Study, state: str) -> Study:
    """The study brought there by transitions alone."""
    if state == "queued":
        return study
    if state == "paused":
        services.pause(study.id)
    elif state == "cancelled":
        services.cancel(study.id)
    else:
        lease = services.claim(study.id, "a")
        services.commit_step(lease, [to_wire(generation(0))], commit(1))
        if state == "failed":
            services.fail(lease, "the loss is nan", "diverged")
        if state == "succeeded":
            services.commit_step(lease, [], commit(2, "done"))
    assert fresh(study).state == state
    return study


ALLOWED = {
    "pause": {"queued": "paused", "running": "running", "paused": "paused"},
    "resume": {"queued": "queued", "running": "running", "paused": "queued"},
    "cancel": {"queued": "cancelled", "running": "running", "paused": "cancelled", "cancelled": "cancelled"},
    "retry": {"queued": "queued", "running": "running", "failed": "queued"},
    "archive": {state: state for state in ("paused", "succeeded", "failed", "cancelled")},
    "delete": {state: state for state in ("paused", "succeeded", "failed", "cancelled")},
    "restore": {state: state for state in ("queued", "running", "paused", "succeeded", "failed", "cancelled")},
    "undelete": {state: state for state in ("queued", "running", "paused", "succeeded", "failed", "cancelled")},
}


@pytest.mark.parametrize("state", ["queued", "running", "paused", "succeeded", "failed", "cancelled"])
@pytest.mark.parametrize("action", sorted(ALLOWED))
def test_an_action_repeated_does_what_it_does_once_or_is_refused_twice(study, action, state):
    in_state(study, state)
    events = study.events.count()
    for _ in range(2):
        if state in ALLOWED[action]:
            ACTIONS[action](study.id, {})
            assert fresh(study).state == ALLOWED[action][state]
        else:
            with pytest.raises(InvalidTransition):
                ACTIONS[action](study.id, {})
            assert fresh(study).state == state
    assert study.events.count() - events <= 1


def test_every_action_of_the_api_is_idempotent(study, alice, as_user):
    client = as_user(alice)
    for action in ("pause", "archive", "restore", "resume", "stop", "cancel", "delete", "undelete"):
        answers = [client.post(f"/api/studies/{study.id}/{action}") for _ in range(1 if action == "delete" else 2)]
        assert [answer.status_code for answer in answers] == [200] * len(answers), (action, answers[-1].content)
    assert client.get(f"/api/studies/{study.id}").json()["state"] == "cancelled"


def test_stop_is_told_to_the_worker_and_ends_as_succeeded(study):
    lease = services.claim(study.id, "a")
    services.commit_step(lease, [], commit(1, "search"))
    services.stop(study.id, Ending.RESULT)
    services.stop(study.id, Ending.RESULT)
    assert services.renew_lease(lease) == ("", "result")
    assert study.events.last().payload["reason"] == "stop requested after this generation; the results so far are kept"
    services.commit_step(lease, [to_wire(generation(0))], commit(2, "search"))
    services.commit_step(lease, [], commit(3, "done"))
    done = fresh(study)
    assert (done.state, done.reason_code) == ("succeeded", "stopped")
    assert done.reason == "stopped after generation 1 of 2, as requested; the results so far are kept"
    services.stop(study.id, Ending.RESULT)
    with pytest.raises(InvalidTransition):
        services.stop(study.id, Ending.RETRAIN)


def test_stop_while_retraining_keeps_the_search_and_says_so(study):
    lease = services.claim(study.id, "a")
    services.commit_step(lease, [to_wire(generation(0)), to_wire(generation(1))], commit(1, "retrain"))
    services.stop(study.id, Ending.RETRAIN)
    assert fresh(study).ending == "", "it is what happens anyway"
    services.stop(study.id, Ending.RESULT)
    services.commit_step(lease, [], commit(2, "done"))
    done = fresh(study)
    assert (done.state, done.reason_code, done.best_architecture) == ("succeeded", "stopped", "S-C3")
    assert done.reason == "stopped before the winner was retrained, as requested; the results so far are kept"


def test_retry_goes_on_from_the_last_good_step(study):
    in_state(study, "failed")
    services.retry(study.id)
    again = fresh(study)
    assert (again.state, again.reason_code, again.attempts_since_progress) == ("queued", "", 0)
    assert study.checkpoints.get().step == 1
    assert study.candidates.count() == 2


def test_a_pause_taken_back_just_before_it_was_obeyed_stays_taken_back(study):
    lease = services.claim(study.id, "a")
    services.pause(study.id)
    services.resume(study.id)
    services.apply_request(lease, "pause")
    assert fresh(study).state == "running"


def test_a_pause_that_became_a_cancel_is_a_cancel(study):
    lease = services.claim(study.id, "a")
    services.pause(study.id)
    services.cancel(study.id)
    services.apply_request(lease, "pause")
    services.apply_overdue_requests()
    assert fresh(study).state == "cancelled"


@pytest.mark.parametrize(("action", "state"), [("pause", "paused"), ("cancel", "cancelled")])
def test_what_no_worker_applies_in_seconds_is_applied_by_the_reaper_and_the_worker_fenced_out(
    study, settings, action, state
):
    lease = services.claim(study.id, "a")
    ACTIONS[action](study.id, {})
    settings.FORCE_SECONDS = 0
    services.apply_overdue_requests()
    assert fresh(study).state == state
    with pytest.raises(services.LeaseLost):
        services.commit_step(lease, [], commit(1))


def test_a_deleted_study_is_gone_at_once_can_be_taken_back_and_is_then_gone_for_good(study, alice, as_user, settings):
    client = as_user(alice)
    in_state(study, "cancelled")
    workdir(study.id).mkdir(parents=True)
    answer = client.post(f"/api/studies/{study.id}/delete")
    assert answer.json() == {"id": str(study.id), "undo_seconds": settings.UNDO_SECONDS}
    assert settings.UNDO_SECONDS >= 10
    assert client.get(f"/api/studies/{study.id}").status_code == 404
    assert client.get("/api/studies").json()["studies"] == []
    services.purge(remove_folder)
    assert client.post(f"/api/studies/{study.id}/undelete").json()["state"] == "cancelled"
    services.delete(study.id)
    Study.objects.update(deleted=Now() - timedelta(seconds=settings.UNDO_SECONDS + 1))
    too_late = client.post(f"/api/studies/{study.id}/undelete")
    assert (too_late.status_code, too_late.json()["error"][:25]) == (409, "it is deleted for good; t")
    Study.objects.update(deleted=Now() - timedelta(seconds=settings.UNDO_SECONDS + UNDO_GRACE_SECONDS))
    services.purge(remove_folder)
    assert not Study.objects.exists()
    assert not workdir(study.id).exists()
    assert client.post(f"/api/studies/{study.id}/undelete").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_files_are_removed_while_no_transaction_keeps_others_from_writing(study):
    in_state(study, "cancelled")
    Study.objects.update(deleted=Now() - timedelta(days=1))
    inside = []
    services.purge(lambda study_id: inside.append(connection.in_atomic_block))
    assert inside == [False]
    assert not Study.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_stop_that_is_clicked_often_is_told_once(study):
    gate = threading.Barrier(4)

    def click() -> None:
        gate.wait()
        services.stop(study.id, Ending.RESULT)
        connection.close()

    clicks = [threading.Thread(target=click) for _ in range(4)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()
    assert study.events.filter(payload__reason__startswith="stop requested").count() == 1


def test_nobody_takes_a_strangers_study_out_of_the_bin(study, bob, as_user):
    in_state(study, "cancelled")
    services.delete(study.id)
    assert as_user(bob).post(f"/api/studies/{study.id}/undelete").status_code == 404
    assert fresh(study).deleted is not None


@pytest.mark.parametrize(("state", "action"), [("paused", "resume"), ("failed", "retry")])
def test_a_study_that_goes_on_comes_back_out_of_the_archive(study, state, action):
    """Or it would be at work and in no list."""
    in_state(study, state)
    services.archive(study.id)
    ACTIONS[action](study.id, {})
    assert (fresh(study).state, fresh(study).archived) == ("queued", False)


def test_an_archived_study_is_listed_apart(study, alice, as_user):
    client = as_user(alice)
    in_state(study, "succeeded")
    services.archive(study.id)
    assert client.get("/api/studies").json()["studies"] == []
    assert [one["id"] for one in client.get("/api/studies?archived=1").json()["studies"]] == [str(study.id)]
    assert b"Archive" in client.get("/?archived=1").content


@pytest.mark.parametrize(
    ("action", "body", "field"),
    [
        ("priority", {"priority": "highest"}, "priority"),
        ("priority", {}, "priority"),
        ("stop", {"retrain": "yes"}, "retrain"),
        ("fork", {"generation": "1"}, "generation"),
        ("fork", {"generation": True}, "generation"),
        ("fork", {"config": []}, "config"),
        ("fork", {"config": {"seed": 3}}, "seed"),
        ("pause", [], ""),
    ],
)
def test_a_bad_option_names_its_field(study, alice, as_user, action, body, field):
    answer = as_user(alice).post(f"/api/studies/{study.id}/{action}", json.dumps(body), content_type="application/json")
    assert answer.status_code == 422
    assert [problem["field"] for problem in answer.json()["problems"]] == [field]


# --- turns and quota


@pytest.fixture
def quick(alice, bob, config):
    """Two studies of Alice's, one of Bob's, all running and free."""
    studies = [services.create_study(owner, config) for owner in (alice, alice, bob)]
    for study in studies:
        services.end_turn(services.claim(study.id, "w"), 0)
    return studies


def turns(count: int) -> dict[str, int]:
    """Slices of a second handed out, by study."""
    had: dict[str, int] = {}
    for _ in range(count):
        lease = services.claim(scheduling.runnable()[0], "w")
        services.end_turn(lease, 1.0)
        had[lease.study_id] = had.get(lease.study_id, 0) + 1
    return had


def test_users_share_a_worker_turn_by_turn_however_many_studies_they_have(quick):
    had = turns(40)
    assert had[quick[2].id] == 20
    assert {had[quick[0].id], had[quick[1].id]} == {10}


def test_priority_is_a_larger_share_and_starves_nobody(quick):
    services.set_priority(quick[0].id, Priority.HIGH)
    services.set_priority(quick[1].id, Priority.LOW)
    had = turns(70)
    assert had[quick[0].id] == pytest.approx(4 * had[quick[1].id], abs=2)
    assert had[quick[1].id] >= 7


def test_a_newcomer_begins_level_with_the_others(quick, alice, config):
    turns(30)
    late = services.create_study(alice, config)
    assert 1 <= turns(12)[late.id] <= 4


def test_a_user_has_a_quota_of_running_studies_and_is_told(alice, bob, config, settings):
    settings.RUNNING_QUOTA = 2
    Worker.objects.create(name="w", host="h", pid=1, started=Now(), heartbeat=Now())
    studies = [services.create_study(alice, config) for _ in range(3)]
    others = services.create_study(bob, config)
    assert scheduling.runnable() == [studies[0].id, studies[1].id, others.id]
    for study in studies[:2]:
        services.end_turn(services.claim(study.id, "w"), 1.0)
    assert services.claim(studies[2].id, "w") is None
    assert "waits: alice already has 2 running, the quota" in scheduling.Queue().place(fresh(studies[2])).why
    assert scheduling.Queue().place(fresh(others)).why == "next in the queue"
    assert "1 before it, one worker" in scheduling.Queue().place(fresh(studies[0])).why
    services.cancel(studies[0].id)
    assert services.claim(studies[2].id, "w") is not None


def test_a_user_has_a_quota_of_unfinished_studies_for_launches_and_forks_alike(study, bob, config, as_user, settings):
    settings.UNFINISHED_QUOTA = 1
    client = as_user(study.owner)
    launch = {"config": config.model_dump(mode="json")}
    for path, body in (("", launch), ("", launch | {"seeds": 2}), (f"/{study.id}/fork", {})):
        answer = client.post(f"/api/studies{path}", json.dumps(body), content_type="application/json")
        assert answer.status_code == 422
        assert answer.json()["problems"][0]["message"].startswith("at most 1 of your studies may be unfinished")
    assert services.create_study(bob, config), "others have their own"
    services.cancel(study.id)
    assert client.post("/api/studies", json.dumps(launch), content_type="application/json").status_code == 201
    assert Study.objects.filter(owner=study.owner).count() == 2


def test_without_a_worker_the_queue_says_so(study, alice, as_user):
    assert as_user(alice).get(f"/api/studies/{study.id}").json()["waits"] == "waits: no worker is alive"


# --- on the command line and in the database


def test_the_command_line_has_the_same_actions(study):
    said = StringIO()
    call_command("study", "pause", str(study.id), stdout=said)
    assert json.loads(said.getvalue())["state"] == "paused"
    with pytest.raises(CommandError, match="only a failed study is retried; it is paused"):
        call_command("study", "retry", str(study.id))
    call_command("study", "stop", str(study.id), "--retrain", stdout=StringIO())
    assert fresh(study).ending == "retrain"
    call_command("study", "priority", str(study.id), "--priority", "high", stdout=StringIO())
    assert fresh(study).priority == Priority.HIGH
    said = StringIO()
    call_command("study", "fork", str(study.id), stdout=said)
    assert parse_config(Study.objects.get(id=json.loads(said.getvalue())["id"]).config).digest() == study.config_digest


@pytest.mark.parametrize(
    "broken", [{"priority": 7}, {"request": "pause"}, {"ending": "soon"}, {"deleted": Now()}, {"request": "dance"}]
)
def test_the_database_refuses_what_no_transition_makes(study, broken):
    with pytest.raises(IntegrityError), transaction.atomic():
        Study.objects.filter(id=study.id).update(**broken)
