"""Bodies of requests: JSON under any type, nothing dropped in silence, and a word where it is none."""

from __future__ import annotations

import json

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
CURL = "application/x-www-form-urlencoded"


@pytest.fixture
def client(alice) -> Client:
    """As outside of tests: with a CSRF token, for which Django looks into forms."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    client.get("/studies/new")
    client.defaults["HTTP_X_CSRFTOKEN"] = client.cookies["csrftoken"].value
    return client


@pytest.mark.parametrize("sent_as", ["application/json", CURL, "text/plain", ""])
def test_a_verb_takes_its_options_whatever_they_are_sent_as(study, client, sent_as):
    answer = client.post(f"/api/studies/{study.id}/priority", '{"priority": "high"}', content_type=sent_as)
    assert (answer.status_code, answer.json()["priority"]) == (200, "high")


@pytest.mark.parametrize("sent_as", ["application/json", CURL])
def test_an_empty_body_has_no_options(study, client, sent_as):
    assert client.post(f"/api/studies/{study.id}/stop", "", content_type=sent_as).status_code == 200


@pytest.mark.parametrize("action", ["stop", "fork", "pause"])
def test_a_body_that_is_no_json_is_refused_and_nothing_done(study, client, action):
    for body, sent_as in (("retrain=true", CURL), ("{retrain: true}", "application/json")):
        answer = client.post(f"/api/studies/{study.id}/{action}", body, content_type=sent_as)
        [problem] = answer.json()["problems"]
        assert (answer.status_code, problem["field"]) == (422, "")
        assert problem["message"].startswith("body: not valid JSON")
    study.refresh_from_db()
    assert (study.state, study.ending) == ("queued", "")


@pytest.mark.parametrize("path", ["/{}/stop", "/{}/fork", "", "/estimate"])
def test_a_form_in_parts_is_refused_in_words(study, client, path):
    address = "/api/estimate" if path == "/estimate" else f"/api/studies{path.format(study.id)}"
    answer = client.post(address, {"retrain": "true"}, headers={"Idempotency-Key": "once"})
    wanted = [{"field": "", "message": "body: must be a JSON object, got multipart/form-data"}]
    assert (answer.status_code, answer.json()["problems"]) == (422, wanted)


def test_a_launch_and_an_estimate_are_read_whatever_they_are_sent_as(client, config):
    body = json.dumps({"config": config.model_dump(mode="json")})
    assert client.post("/api/estimate", body, content_type=CURL).status_code == 200
    assert client.post("/api/studies", body, content_type=CURL).status_code == 201


@pytest.mark.parametrize("path", ["/api/datasets", "/api/studies/{}/inspections"])
def test_data_sets_and_questions_refuse_a_form_in_parts_too(study, client, path):
    answer = client.post(path.format(study.id), {"kind": "sample"})
    assert answer.status_code == 422
    assert "JSON" in answer.json()["problems"][0]["message"]
