"""Who may do what at every URL. A URL without a row here fails the test."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from webapp.datasets import services as datasets
from webapp.datasets.models import Dataset
from webapp.studies import services

pytestmark = pytest.mark.django_db
ACTIONS = (
    "pause",
    "resume",
    "stop",
    "cancel",
    "retry",
    "archive",
    "restore",
    "priority",
    "delete",
    "undelete",
    "fork",
    "sweep",
    "retrain",
    "extend",
)
PUBLIC = {"healthz", "readyz", "metrics", "sign-in", "sign-in-link", "sign-out"}
SHARED = {
    "studies": "/",
    "new-study": "/studies/new",
    "docs": "/docs/",
    "docs-chapter": "/docs/data",
    "tables": "/docs/tables",
    "benchmark": "/docs/benchmark",
    "benchmark-file": "/docs/benchmark/table.parquet",
    "api-studies": "/api/studies",
    "password": "/account/password",
    "datasets": "/datasets",
    "api-datasets": "/api/datasets",
    "demo": "/demo",
    "compare": "/compare",
    "api-compare": "/api/compare",
    "api-demo-events": "/api/demo/events",
}
POSTS = {"api-estimate", *(f"api-{action}" for action in ACTIONS)}
OF_A_STUDY = {
    "api-compare-fronts": "/api/compare/fronts.svg?s={id}",
    "study": "/studies/{id}",
    "study-download": "/studies/{id}/download",
    "study-report": "/studies/{id}/report",
    "study-paper-kit": "/studies/{id}/paper-kit",
    "study-figure": "/studies/{id}/figures/method.txt",
    "study-replay": "/studies/{id}/replay",
    "api-study": "/api/studies/{id}",
    "api-events": "/api/studies/{id}/events",
    "api-energy": "/api/studies/{id}/energy",
    "api-retrained": "/api/studies/{id}/retrained",
    "api-family": "/api/studies/{id}/family",
    "api-sampling": "/api/studies/{id}/sampling",
    "api-rows": "/api/studies/{id}/rows/candidates.csv",
    "api-spike-map": "/api/studies/{id}/candidates/0/spike-map",
    "architecture": "/studies/{id}/archs/R5-S",
    "api-inspections": "/api/studies/{id}/inspections",
    "api-inspection": "/api/studies/{id}/inspections/00000000-0000-4000-8000-000000000000",
    "api-inspection-data": "/api/studies/{id}/inspections/00000000-0000-4000-8000-000000000000/data",
    "api-exports": "/api/studies/{id}/exports",
    "api-export": "/api/studies/{id}/exports/00000000-0000-4000-8000-000000000000",
    "api-export-file": "/api/studies/{id}/exports/00000000-0000-4000-8000-000000000000/file",
    **{f"api-{action}": f"/api/studies/{{id}}/{action}" for action in ACTIONS},
}
OF_A_DATASET = {
    "dataset": ("get", "/datasets/{id}"),
    "api-dataset": ("delete", "/api/datasets/{id}"),
    "api-dataset-content": ("put", "/api/datasets/{id}/content?offset=0"),
    "api-dataset-check": ("post", "/api/datasets/{id}/check"),
    "api-dataset-fetch": ("post", "/api/datasets/{id}/fetch"),
    "api-dataset-describe": ("post", "/api/datasets/{id}/describe"),
    "api-dataset-croissant": ("get", "/api/datasets/{id}/croissant.json"),
    "api-dataset-split": ("get", "/api/datasets/{id}/split?seed=0"),
    "api-dataset-frames": ("get", "/api/datasets/{id}/frames?sample=0&time_steps=4&size=8"),
    "api-dataset-samples": ("get", "/api/datasets/{id}/samples/0.png"),
    "api-dataset-augmented": ("get", "/api/datasets/{id}/augmented/none.png"),
}
WRITES = ("delete", "put", "post")


def names() -> set[str]:
    found: set[str] = set()
    for entry in get_resolver().url_patterns:
        if isinstance(entry, URLResolver) and entry.namespace != "admin":
            found |= {pattern.name for pattern in entry.url_patterns if isinstance(pattern, URLPattern)}
        elif isinstance(entry, URLPattern) and entry.name:
            found.add(entry.name)
    return found


def send(client, name: str, path: str):
    return client.post(path) if name in POSTS else client.get(path)


def test_every_url_has_a_row():
    assert names() == PUBLIC | set(SHARED) | set(OF_A_STUDY) | set(OF_A_DATASET) | {"api-estimate", "api-repeat"}


@pytest.mark.parametrize("name", sorted(OF_A_STUDY))
def test_a_stranger_finds_nothing(name, study, bob, as_user):
    assert send(as_user(bob), name, OF_A_STUDY[name].format(id=study.id)).status_code == 404
    study.refresh_from_db()
    assert study.state == "queued"


@pytest.mark.parametrize("name", sorted(SHARED | OF_A_STUDY | {"api-estimate": ""}))
def test_nobody_comes_in_without_signing_in(name, study, client):
    path = (SHARED | OF_A_STUDY | {"api-estimate": "/api/estimate"})[name].format(id=study.id)
    response = send(client, name, path)
    if path.startswith("/api/"):
        assert (response.status_code, list(response.json())) == (401, ["error"])
    else:
        assert response.status_code == 302
        assert response.url.startswith("/sign-in?next=")


def test_a_program_without_a_session_is_told_so_and_not_that_its_token_is_wrong(study):
    client = Client(enforce_csrf_checks=True)
    for path in ("/api/studies", f"/api/studies/{study.id}/stop"):
        answer = client.post(path, "{}", content_type="application/json", headers={"Accept": "*/*"})
        assert (answer.status_code, "your session has ended" in answer.json()["error"]) == (401, True)
    study.refresh_from_db()
    assert study.ending == ""


def test_a_person_who_opens_an_address_of_the_api_is_led_to_sign_in(study, client):
    address = f"/api/studies/{study.id}/events?after=3"
    answer = client.get(address, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (answer.status_code, answer.url) == (302, f"/sign-in?next=/api/studies/{study.id}/events%3Fafter%3D3")


def test_a_user_who_was_shut_out_sees_nothing(study, alice, as_user):
    client = as_user(alice)
    alice.is_active = False
    alice.save()
    assert client.get(f"/api/studies/{study.id}").status_code == 401


def test_owner_and_staff_see_it(study, alice, admin, as_user):
    for user in (alice, admin):
        assert as_user(user).get(f"/api/studies/{study.id}").json()["name"] == "Tiny"


def test_lists_hold_only_ones_own(study, alice, bob, admin, as_user):
    counts = [len(as_user(user).get("/api/studies").json()["studies"]) for user in (alice, bob, admin)]
    assert counts == [1, 0, 1]


def test_only_staff_reach_the_jobs_panel(study, alice, admin, as_user, client):
    assert as_user(alice).get("/admin/studies/study/", follow=True).status_code == 403
    asked = client.get("/admin/studies/study/", follow=True)
    assert asked.redirect_chain[-1][0] == "/sign-in?next=/admin/studies/study/"
    assert as_user(admin).get("/admin/studies/study/").status_code == 200


def test_writes_need_the_token(study, alice):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    refused = client.post(f"/api/studies/{study.id}/cancel")
    assert refused.status_code == 403
    page = refused.content.decode()
    assert "This form is out of date" in page
    assert "Sign out" in page  # with the studio's own bar, not Django's bare page


def test_jobs_panel_acts_through_the_same_transitions(study, admin, as_user):
    client = as_user(admin)
    for action, state in (("pause", "paused"), ("resume", "queued"), ("cancel", "cancelled"), ("retry", "cancelled")):
        data = {"action": action, "_selected_action": [str(study.id)]}
        response = client.post("/admin/studies/study/", data, follow=True)
        assert response.status_code == 200
        study.refresh_from_db()
        assert study.state == state
    assert b"only a failed study" in response.content


def test_jobs_panel_pages_open(study, admin, as_user):
    from webapp.studies.worker import main_process

    main_process.send_heartbeat("celery@here")
    services.claim(study.id, "here/1/1")
    client = as_user(admin)
    assert study.get_absolute_url().encode() in client.get(f"/admin/studies/study/{study.id}/change/").content
    for model in ("worker", "event", "candidate", "checkpoint"):
        assert client.get(f"/admin/studies/{model}/").status_code == 200


@pytest.fixture
def upload(alice):
    return datasets.begin_upload(alice, "Alice's gestures", "gestures.zip", 1000)


@pytest.mark.parametrize("name", sorted(OF_A_DATASET))
def test_a_stranger_finds_no_data_set_of_others(name, upload, bob, as_user):
    method, path = OF_A_DATASET[name]
    assert getattr(as_user(bob), method)(path.format(id=upload.id)).status_code == 404
    upload.refresh_from_db()
    assert (upload.state, upload.received) == ("arriving", 0)


@pytest.mark.parametrize("name", sorted(OF_A_DATASET))
def test_a_shared_data_set_is_seen_by_all_and_written_by_its_owner_alone(name, upload, bob, as_user):
    Dataset.objects.update(shared=True)
    method, path = OF_A_DATASET[name]
    answer = getattr(as_user(bob), method)(path.format(id=upload.id))
    # nothing of it was checked yet, so there is no preview to be seen
    assert answer.status_code == (403 if method in WRITES else 200 if name == "dataset" else 404)
    upload.refresh_from_db()
    assert (upload.state, upload.received) == ("arriving", 0)


@pytest.mark.parametrize("name", sorted(OF_A_DATASET))
def test_nobody_sees_a_data_set_without_signing_in(name, upload, client):
    method, path = OF_A_DATASET[name]
    wanted = 401 if path.startswith("/api/") else 302
    assert getattr(client, method)(path.format(id=upload.id)).status_code == wanted
