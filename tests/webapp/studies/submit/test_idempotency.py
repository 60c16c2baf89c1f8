"""Idempotency-Key: a launch or a fork said again makes no second study, whether the first is stored or on its way."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tests.webapp.studies.worker.test_runner import turn
from webapp.studies import services, tasks
from webapp.studies.files import workdir
from webapp.studies.models import Launch, Study
from webapp.studies.worker.cleanup import CleanUp
from webapp.workers.periodic import GARBAGE_EVERY

pytestmark = pytest.mark.django_db(transaction=True)


def post(client, path, document, key):
    return client.post(path, json.dumps(document), content_type="application/json", headers={"Idempotency-Key": key})


@pytest.fixture
def document(config):
    return {"config": config.model_dump(mode="json")}


@pytest.fixture
def searched(study):
    return turn(study, tasks.run_engine)


@pytest.fixture
def at_once(monkeypatch):
    """Two posts at the same moment: both have looked for an earlier one before either is stored."""

    def both(module, name, send):
        here, slow = threading.Barrier(2, timeout=60), getattr(module, name)

        def together(*args, **options):
            here.wait()
            return slow(*args, **options)

        monkeypatch.setattr(module, name, together)

        def one(_):
            try:
                return send()
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            return sorted(pool.map(one, range(2)), key=lambda answer: answer.status_code)

    return both


def test_the_same_key_answers_with_the_same_study(alice, as_user, document):
    client = as_user(alice)
    first, again = (post(client, "/api/studies", document, "once") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert (
        first.json()
        == again.json()
        == {"id": str(Study.objects.get().id), "url": Study.objects.get().get_absolute_url()}
    )
    assert post(client, "/api/studies", document, "another").status_code == 201
    assert Study.objects.count() == 2


def test_a_repetition_over_seeds_is_made_once_with_all_its_studies(alice, as_user, document):
    first, again = (post(as_user(alice), "/api/studies", document | {"seeds": 3}, "once") for _ in range(2))
    assert (first.status_code, again.status_code, Study.objects.count()) == (201, 200, 3)
    assert first.json() == again.json()
    assert first.json()["repeat"] == str(Study.objects.first().repeat)


def test_a_key_belongs_to_its_user(alice, bob, as_user, document):
    for user in (alice, bob):
        assert post(as_user(user), "/api/studies", document, "once").status_code == 201
    assert Study.objects.filter(owner=alice).count() == Study.objects.filter(owner=bob).count() == 1


def test_another_request_with_the_same_key_is_refused(study, alice, as_user, document):
    client = as_user(alice)
    post(client, "/api/studies", document, "once")
    other = {"config": document["config"] | {"name": "Another"}}
    for path, body in (("/api/studies", other), (f"/api/studies/{study.id}/fork", document)):
        answer = post(client, path, body, "once")
        (problem,) = answer.json()["problems"]
        assert (answer.status_code, problem["field"]) == (422, "Idempotency-Key")
        assert "was used for another request within a day" in problem["message"]
    assert Study.objects.count() == 2


@pytest.mark.parametrize("key", ["", "k" * 256, "two\tcolumns", "Schlüssel", "\x7f"])
def test_a_key_out_of_bounds_is_refused_with_the_bound(study, alice, as_user, document, key):
    for path, body in (("/api/studies", document), (f"/api/studies/{study.id}/fork", {})):
        answer = post(as_user(alice), path, body, key)
        (problem,) = answer.json()["problems"]
        assert (answer.status_code, problem["field"]) == (422, "Idempotency-Key")
        assert f"must be 1 to 255 printable ASCII characters, got {len(key)}" in problem["message"]
    assert Study.objects.count() == 1


def test_a_refused_launch_leaves_its_key_free(alice, as_user, document, settings):
    client = as_user(alice)
    settings.UNFINISHED_QUOTA = 0
    assert post(client, "/api/studies", document, "once").status_code == 422
    settings.UNFINISHED_QUOTA = 1
    assert post(client, "/api/studies", document, "once").status_code == 201
    assert post(client, "/api/studies", document, "once").status_code == 200  # the quota is full by now


def test_two_posts_at_once_make_one_study(alice, as_user, document, at_once, settings):
    settings.UNFINISHED_QUOTA = 1  # whoever comes second is no study too many
    client = as_user(alice)
    known, made = at_once(services, "create_study", lambda: post(client, "/api/studies", document, "once"))
    assert (known.status_code, made.status_code) == (200, 201)
    assert (
        known.json()
        == made.json()
        == {"id": str(Study.objects.get().id), "url": Study.objects.get().get_absolute_url()}
    )


def test_two_forks_at_once_make_one_study_and_leave_the_files_of_one(searched, alice, as_user, at_once):
    client, path = as_user(alice), f"/api/studies/{searched.id}/fork"
    known, made = at_once(services, "fork", lambda: post(client, path, {"generation": 1}, "once"))
    assert (known.status_code, made.status_code) == (200, 201)
    assert known.json() == made.json()
    fork = Study.objects.exclude(id=searched.id).get()
    assert {path.name for path in workdir(fork.id).parent.iterdir()} == {str(fork.id), str(searched.id)}


def test_keys_are_free_after_a_day_and_are_tidied_away(alice, as_user, document, monkeypatch):
    client = as_user(alice)
    post(client, "/api/studies", document, "once")
    post(client, "/api/studies", document, "recent")
    Launch.objects.filter(key="once").update(made=timezone.now() - timedelta(hours=24, seconds=5))
    clean_up = CleanUp()
    clean_up.garbage.last -= 2 * GARBAGE_EVERY
    clean_up.turn()
    assert list(Launch.objects.values_list("key", flat=True)) == ["recent"]
    Launch.objects.update(made=timezone.now() - timedelta(hours=24, seconds=5))  # and one that is not tidied away yet
    assert post(client, "/api/studies", document, "recent").status_code == 201
    assert Study.objects.count() == 3
