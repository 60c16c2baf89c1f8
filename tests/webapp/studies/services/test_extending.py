"""A search extended by generations in its own study, and what is refused."""

from __future__ import annotations

import pytest

from engine.config.parse import parse_stored
from engine.run.extension import extended_config
from engine.sweep.plan import searches
from tests.webapp.studies.views.test_api import post
from tests.webapp.studies.worker.test_runner import turn
from webapp.studies import services, tasks

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_search_without_retraining_is_extended_in_its_own_study(searched, alice, as_user):
    one = searches(parse_stored(searched.config), [-0.08])[0].config
    made = turn(services.search_again(alice, searched, [one])[0], tasks.run_engine)
    whole = turn(services.search_again(alice, searched, [extended_config(one, 4)])[0], tasks.run_engine)
    client, url = as_user(alice), f"/api/studies/{made.id}/extend"
    assert post(client, url, {"generations": 2}).status_code == 422
    answer = post(client, url, {"generations": 4})
    assert (answer.status_code, answer.json()["state"], answer.json()["generations"]) == (200, "queued", 4)
    made.refresh_from_db()
    assert (made.config_digest, made.config) == (whole.config_digest, whole.config | {"name": made.name})
    done = turn(made, tasks.run_engine)
    assert (done.state, done.generation) == ("succeeded", 4)
    told = [event.payload for event in done.events.order_by("seq")]
    assert [event["kind"] for event in told].count("study_extended") == 1
    events = [
        [e.payload for e in study.events.filter(kind="generation_finished").order_by("seq")] for study in (done, whole)
    ]
    assert events[0][2:] == events[1][2:]
    assert list(done.candidates.values_list("architecture", "fitness")) == list(
        whole.candidates.values_list("architecture", "fitness")
    )


def test_a_retrained_winner_keeps_its_study_and_is_forked_instead(searched, alice, as_user):
    answer = post(as_user(alice), f"/api/studies/{searched.id}/extend", {"generations": 9})
    said = "its winner is retrained, and its result stays as it is; fork it at its last generation"
    assert (answer.status_code, answer.json()["problems"]) == (422, [{"field": "generations", "message": said}])
    searched.refresh_from_db()
    assert (searched.state, searched.generations) == ("succeeded", 2)
    assert services.fork(alice, searched, None, {"search": {"generations": 9}}).generations == 9


def test_a_study_at_work_is_not_extended(study, alice, as_user):
    answer = post(as_user(alice), f"/api/studies/{study.id}/extend", {"generations": 9})
    assert (answer.status_code, "only a paused or finished search is extended" in answer.json()["error"]) == (409, True)
