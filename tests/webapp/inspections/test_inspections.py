"""Inspections: asked once, answered with the search's numbers, bounded, and safe from processes that die."""

from __future__ import annotations

import errno
import json
import os
import threading
import time
from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone
from safetensors.numpy import load

from engine.metrics.spike_map import decode_map
from tests.webapp.looked_into import finished_study
from webapp.inspections import files, services, tasks, worker
from webapp.inspections.engine_process import CannotAnswer, EngineProcess
from webapp.inspections.models import Inspection, State
from webapp.studies.models import Candidate
from webapp.workers.process import this_process

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _bench():
    yield
    tasks.ENGINE.close()


@pytest.fixture
def finished(alice, config):
    return finished_study(alice, config)


@pytest.fixture
def post(alice, as_user):
    client = as_user(alice)

    def asked(study, kind="sample", **rest):
        body = {"kind": kind, "architecture": "R5-S", **rest}
        return client.post(f"/api/studies/{study.id}/inspections", json.dumps(body), content_type="application/json")

    asked.get = client.get
    return asked


def test_what_the_search_evaluated_is_answered_at_once_with_its_numbers(finished, post):
    evaluated = Candidate.objects.filter(study=finished).order_by("number").first()
    answer = post(finished, "evaluation", architecture=evaluated.architecture)
    assert answer.status_code == 201
    found = answer.json()
    assert (found["state"], found["data"], found["ahead"]) == ("done", None, None)
    for key in ("accuracy", "spikes", "firing_rate", "fitness", "parameters"):
        assert found["result"][key] == getattr(evaluated, key)
    assert decode_map(found["result"]["spike_map"], 2).tobytes() == bytes(evaluated.spike_map)
    again = post(finished, "evaluation", architecture=evaluated.architecture)
    assert (again.status_code, again.json()["id"]) == (200, found["id"])


@pytest.mark.engine_process
def test_the_engine_answers_what_was_evaluated_alike(finished, post):
    """The same architecture by way of the process, as if the search had not evaluated it."""
    evaluated = Candidate.objects.filter(study=finished).order_by("number").first()
    code = evaluated.architecture
    Candidate.objects.filter(study=finished, architecture=code).delete()
    assert post(finished, "evaluation", architecture=code).json()["state"] == "waiting"
    tasks.work("")
    result = Inspection.objects.get().result
    assert (result["accuracy"], result["spikes"], result["fitness"]) == (
        evaluated.accuracy,
        evaluated.spikes,
        evaluated.fitness,
    )
    assert decode_map(result["spike_map"], 2).tobytes() == bytes(evaluated.spike_map)


@pytest.mark.engine_process
def test_a_sample_is_followed_and_its_tensors_never_change(finished, post, bob, as_user):
    made = post(finished, sample=3)
    assert made.status_code == 201
    assert (made.json()["state"], made.json()["ahead"], made.json()["result"]) == ("waiting", 0, None)
    assert post(finished, sample=3).status_code == 200
    assert post(finished, sample=4).json()["ahead"] == 1
    tasks.work(made.json()["id"])
    found = post.get(f"/api/studies/{finished.id}/inspections/{made.json()['id']}").json()
    assert (found["state"], found["sample"], found["split"], found["weights"]) == ("done", 3, "validation", "supernet")
    data = post.get(found["data"])
    assert data["Cache-Control"].endswith("immutable")
    tensors = load(data.content)
    spikes = sum(int(np.unpackbits(bits).sum()) for name, bits in tensors.items() if name.startswith("spikes/"))
    assert spikes == found["result"]["spikes"]
    assert as_user(bob).get(found["data"]).status_code == 404
    listed = post.get(f"/api/studies/{finished.id}/inspections?kind=sample&architecture=R5-S").json()["inspections"]
    assert {one["sample"] for one in listed} == {3, 4}
    nothing = {"inspections": [], "next": None}
    assert post.get(f"/api/studies/{finished.id}/inspections?kind=evaluation").json() == nothing


@pytest.mark.engine_process
def test_activity_and_the_retrained_winner(finished, post):
    winner = finished.events.get(kind="study_finished").payload
    post(finished, "activity", architecture=winner["architecture"], weights="retrained")
    tasks.work("")
    [found] = Inspection.objects.all()
    assert (found.state, found.split, found.result["spikes"]) == ("done", "test", winner["test_spikes"])
    assert found.result["spike_map"] == winner["spike_map"]
    assert load(files.data_file(finished.id, found.id).read_bytes())["ledger"].sum() == found.result["total"]


@pytest.mark.parametrize(
    ("asked", "field", "message"),
    [
        ({"architecture": "R5-S-S"}, "architecture", "'R5-S-S' has 3 blocks; the space searches 2"),
        ({"architecture": "R5-C7"}, "architecture", "searched layer 2: SCB_k7 is not one of"),
        ({"architecture": None}, "architecture", "must be a genome such as R5-S-C3"),
        ({"sample": 10**9}, "sample", "must be 0 to 9, the validation split has 10, got 1,000,000,000"),
        ({"sample": -1}, "sample", "must be a whole number from 0"),
        ({"kind": "spell"}, "kind", "must be one of evaluation, sample, activity"),
        ({"sample": 0, "weights": "retrained", "split": "test"}, "weights", "only the winner was retrained and kept"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_field_and_bound(finished, post, asked, field, message):
    winner = finished.events.get(kind="study_finished").payload["architecture"]
    answer = post(finished, **{"sample": 0, "architecture": "R5-S" if winner != "R5-S" else "S-R5", **asked})
    assert answer.status_code == 422
    [problem] = answer.json()["problems"]
    assert problem["field"] == field
    assert problem["message"].startswith(message)
    assert not Inspection.objects.exists()


def test_a_supernet_that_is_not_trained_yet_is_told(study, alice, config, post):
    message = "the supernet is not trained yet; the study is queued"
    assert post(study, sample=0).json()["problems"] == [{"field": "weights", "message": message}]
    half = finished_study(alice, config, upto="supernet_finished")
    assert post(half, sample=0).status_code == 201
    retrained = post(half, "evaluation", weights="retrained")
    assert retrained.json()["problems"][0]["message"].startswith("no network was retrained yet")


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"[" * 100_000])
def test_a_request_must_be_a_json_object(finished, alice, as_user, body):
    url = f"/api/studies/{finished.id}/inspections"
    answer = as_user(alice).post(url, body, content_type="application/json")
    assert answer.json()["problems"] == [{"field": "", "message": "the request must be a JSON object"}]


def test_no_more_than_some_may_wait(finished, post, settings):
    settings.MAX_WAITING_INSPECTIONS = 2
    assert [post(finished, sample=k).status_code for k in (0, 1, 2)] == [201, 201, 422]
    assert "at most 2 inspections" in post(finished, sample=2).json()["problems"][0]["message"]
    assert post(finished, sample=1).status_code == 200


def test_work_of_a_dead_process_is_put_back_and_given_up_in_the_end(finished, post):
    made = Inspection.objects.get(id=post(finished, sample=0).json()["id"])
    dead = this_process().replace(f"/{os.getpid()}/", "/999999999/")
    for attempt in (1, 2, 3):
        held = services.claim(made.id, dead)
        assert held.attempts == attempt
        assert services.claim(made.id, "somebody else") is None
        worker.reap()
        made.refresh_from_db()
        assert made.state == ("failed" if attempt == 3 else "waiting")
    assert "died 3 times" in made.reason
    assert post(finished, sample=0).json()["state"] == "waiting"  # asking again tries again
    tasks.work("")
    made.refresh_from_db()
    assert made.state == "done"


def test_work_of_a_living_process_is_left_alone_until_its_time_is_over(finished, post):
    made = post(finished, sample=0).json()["id"]
    held = services.claim(made, this_process())
    worker.reap()
    assert Inspection.objects.get().state == "running"
    Inspection.objects.update(expires=timezone.now() - timedelta(seconds=1))
    worker.reap()
    assert Inspection.objects.get().state == "waiting"
    services.finish(held, {"late": True})  # whoever lost it writes nothing
    assert (Inspection.objects.get().state, Inspection.objects.get().result) == ("waiting", None)


def test_whoever_lost_it_leaves_the_tensors_of_its_successor_alone(finished, post):
    made = post(finished, sample=0).json()["id"]
    slow = services.claim(made, this_process())
    Inspection.objects.update(expires=timezone.now() - timedelta(seconds=1))
    worker.reap()
    tasks.work("")
    services.fail(slow, "too late")
    assert Inspection.objects.get().state == "done"
    assert post.get(f"/api/studies/{finished.id}/inspections/{made}/data").status_code == 200


def test_a_full_disk_is_told_as_such(finished, post, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tasks.ENGINE, "answer", full)
    post(finished, sample=0)
    tasks.work("")
    found = Inspection.objects.get()
    assert (found.state, found.attempts) == ("failed", 1)
    assert found.reason == "the server could not work on it: No space left on device; ask again later"


def test_a_list_looks_at_the_queue_once(finished, post, django_assert_max_num_queries):
    for k in range(8):
        post(finished, sample=k)
    with django_assert_max_num_queries(8):
        listed = post.get(f"/api/studies/{finished.id}/inspections").json()["inspections"]
    assert [one["ahead"] for one in listed] == [7, 6, 5, 4, 3, 2, 1, 0]


def test_a_filter_no_database_takes_finds_nothing(finished, post):
    post(finished, sample=0)
    assert post.get(f"/api/studies/{finished.id}/inspections?kind=%00").json()["inspections"] == []


def test_however_many_there_are_each_is_listed_once_page_by_page(finished, post, monkeypatch):
    monkeypatch.setattr("webapp.inspections.api.PAGE", 3)
    for k in range(7):
        post(finished, sample=k)
    same = Inspection.objects.order_by("asked").first().asked
    Inspection.objects.filter(sample__lt=4).update(asked=same)  # in the same moment, across the end of a page
    post(finished, "activity")
    cursor, pages = "", []
    while cursor is not None:
        page = post.get(f"/api/studies/{finished.id}/inspections?kind=sample&before={cursor}").json()
        pages.append([one["sample"] for one in page["inspections"]])
        cursor = page["next"]
    assert [len(page) for page in pages] == [3, 3, 1]
    assert pages[0] == [6, 5, 4]
    assert sorted(pages[1] + pages[2]) == [0, 1, 2, 3]


def test_a_long_list_may_be_had_without_its_spike_maps(finished, post):
    evaluated = Candidate.objects.filter(study=finished).first()
    post(finished, "evaluation", architecture=evaluated.architecture)
    post(finished, sample=0)
    url = f"/api/studies/{finished.id}/inspections"
    [whole] = post.get(f"{url}?kind=evaluation").json()["inspections"]
    [brief] = post.get(f"{url}?kind=evaluation&brief=1").json()["inspections"]
    del whole["result"]["spike_map"]
    assert brief == whole
    [waiting] = post.get(f"{url}?kind=sample&brief=1").json()["inspections"]
    assert waiting["result"] is None


def test_the_reaper_wakes_once_for_what_waits_unheard(finished, post, monkeypatch):
    woken, queued = [], {"inspections": 0}
    monkeypatch.setattr(
        "webapp.broker.wake.wake_after_commit", lambda task, subject: woken.append((task, str(subject)))
    )
    monkeypatch.setattr("webapp.broker.wake.queue_length", queued.__getitem__)
    longest, _ = (post(finished, sample=k).json()["id"] for k in (0, 1))
    worker.reap()
    assert woken == [(services.WORK, longest)]
    queued["inspections"] = 1
    worker.reap()
    assert len(woken) == 1, "the broker has one already"


def test_an_interrupted_worker_puts_back_what_it_held(finished, post, monkeypatch):
    def leave(*_):
        raise SystemExit

    monkeypatch.setattr(tasks.ENGINE, "answer", leave)
    post(finished, sample=0)
    with pytest.raises(SystemExit):
        tasks.work("")
    assert Inspection.objects.get().state == State.WAITING


def test_a_worker_that_leaves_begins_no_further_question(finished, post, monkeypatch):
    for k in (0, 1):
        post(finished, sample=k)
    monkeypatch.setattr(tasks, "leaving", threading.Event())
    monkeypatch.setattr(tasks, "_answer", lambda held: tasks.leaving.set())
    tasks.work("")
    assert list(Inspection.objects.order_by("asked").values_list("state", flat=True)) == ["running", "waiting"]


@pytest.mark.parametrize(("turn", "order"), [(20, [0, 2, 1]), (0, [0, 1, 2])])
def test_the_open_study_goes_first_for_a_turn_and_then_whoever_waits_longest(
    finished, alice, config, post, settings, monkeypatch, turn, order
):
    """Or a survey of one study would keep the next study waiting to its end."""
    settings.INSPECTION_TURN_SECONDS = turn
    other = finished_study(alice, config)
    asked = [post(study, sample=k).json()["id"] for k, study in enumerate((finished, other, finished))]
    answered = []

    def answer(study_id, question, output):
        if answered == []:
            monkeypatch.setattr(tasks.ENGINE, "study_id", study_id)
            monkeypatch.setattr(tasks.ENGINE, "_opened", time.monotonic())
        answered.append(question["sample"])
        return {}

    monkeypatch.setattr(tasks.ENGINE, "answer", answer)
    tasks.work(asked[0])
    assert answered == order


def test_a_reason_with_an_odd_file_name_is_told_all_the_same(finished, post):
    made = post(finished, sample=0).json()["id"]
    services.fail(services.claim(made, "me"), "\udcff.png is damaged")
    assert (Inspection.objects.get().state, Inspection.objects.get().reason) == ("failed", r"\udcff.png is damaged")


@pytest.mark.engine_process
def test_an_engine_s_refusal_is_the_reason(finished, post):
    post(finished, sample=0)
    for path in files.workdir(finished.id).glob("supernet-*"):
        path.write_bytes(path.read_bytes()[:-1] + b"\x7f")
    tasks.ENGINE.close()
    tasks.work("")
    found = Inspection.objects.get()
    assert found.state == "failed"
    assert "is damaged: its SHA-256" in found.reason
    tasks.ENGINE.close()


def test_a_process_that_dies_or_takes_too_long_is_told(finished, settings, tmp_path):
    engine = EngineProcess()
    asked = {"kind": "sample", "architecture": "R5-S", "sample": 0}
    settings.INSPECTION_SECONDS = 0.05  # opening the study takes longer
    with pytest.raises(CannotAnswer, match=r"ended after 0\.05 s"):
        engine.answer(finished.id, asked, tmp_path / "s")
    settings.INSPECTION_SECONDS, settings.INSPECTION_MEMORY = 60, 50_000_000
    with pytest.raises(CannotAnswer, match=r"memory|ended unexpectedly"):
        engine.answer(finished.id, asked, tmp_path / "s")
    settings.INSPECTION_MEMORY = 16_000_000_000
    assert engine.answer(finished.id, asked, tmp_path / "s")["sample"] == 0
    process = engine._process
    assert engine.answer(finished.id, {**asked, "sample": 1}, tmp_path / "s")["sample"] == 1
    assert engine._process is process  # opened once
    engine.close()
    assert process.poll() is not None


@pytest.mark.engine_process
def test_an_idle_process_is_ended(finished, settings, tmp_path):
    settings.INSPECTION_IDLE_SECONDS = 0
    engine = EngineProcess()
    engine.answer(finished.id, {"kind": "sample", "architecture": "R5-S", "sample": 0}, tmp_path / "s")
    process = engine._process
    assert process is None or process.wait(60) is not None


def test_the_oldest_answers_make_room(finished, post, settings):
    for k in range(4):
        post(finished, sample=k)
    tasks.work("")
    assert {i.state for i in Inspection.objects.all()} == {"done"}
    size = Inspection.objects.first().size
    assert size > 0
    settings.INSPECTION_BYTES = 3 * size
    oldest = Inspection.objects.order_by("finished").first()
    oldest_file = files.data_file(finished.id, oldest.id)
    assert oldest_file.exists()
    Inspection.objects.filter(sample=3).update(state="waiting")
    held = services.claim(Inspection.objects.get(sample=3).id, "me")
    with_commit_hooks(services.finish, held, held.result)
    assert sorted(Inspection.objects.values_list("sample", flat=True)) == [1, 2, 3]
    assert not oldest_file.exists()
    settings.KEPT_INSPECTIONS = 2
    Inspection.objects.filter(sample=3).update(state="waiting")
    services.finish(services.claim(Inspection.objects.get(sample=3).id, "me"), {})
    assert sorted(Inspection.objects.values_list("sample", flat=True)) == [2, 3]


def with_commit_hooks(function, *arguments):
    from django.test import TestCase

    with TestCase.captureOnCommitCallbacks(execute=True):
        function(*arguments)


def test_the_page_holds_everything_it_needs_and_knows_its_space(finished, post):
    evaluated = Candidate.objects.filter(study=finished).first()
    page = post.get(f"/studies/{finished.id}/archs/{evaluated.architecture}")
    assert page.status_code == 200
    assert page.context["page"]["evaluated"]["spikes"] == evaluated.spikes
    assert [row["name"] for row in page.context["page"]["rows"]] == ["stem", "1", "2", "3", "output"]
    assert page.context["page"]["trained"]["samples"] == {"validation": 10, "test": 20}
    for outside in ("X", "R5", "R5-C7", "r5-s"):
        assert post.get(f"/studies/{finished.id}/archs/{outside}").status_code == 404


def test_the_page_opens_before_anything_is_trained(study, post):
    page = post.get(f"/studies/{study.id}/archs/R5-S").context["page"]
    assert (page["evaluated"], page["retrained"], page["others"]) == (None, None, [])
    assert page["trained"]["supernet"] == "the supernet is not trained yet; the study is queued"
