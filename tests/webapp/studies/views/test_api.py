"""The API: launching, refusing, estimating, replaying, spike maps, download; health and headers."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.utils import timezone

from engine.cost.memory import gpu_memory, peak_memory
from engine.events import to_wire
from tests.webapp.fake_engine import commit, generation
from webapp.studies import files, services
from webapp.studies.models import Study, Worker
from webapp.studies.worker import main_process

pytestmark = pytest.mark.django_db


def post(client, path, document):
    return client.post(path, json.dumps(document), content_type="application/json")


def test_a_launched_study_waits_in_the_queue(alice, as_user, config):
    response = post(as_user(alice), "/api/studies", {"config": config.model_dump(mode="json")})
    assert response.status_code == 201
    study = Study.objects.get()
    assert response.json() == {"id": str(study.id), "url": f"/studies/{study.id}"}
    assert (study.owner, study.state, study.config_digest) == (alice, "queued", config.digest())


def test_an_arms_own_data_may_not_leave_the_data_folder_either(alice, as_user, config):
    document = config.model_dump(mode="json")
    data = {**document["data"], "path": "../../etc/passwd"}
    code = "-".join(["S"] * len(config.space.choices))
    document["analysis"] = {"arms": [{"label": "x", "architectures": [code], "data": data}]}
    response = post(as_user(alice), "/api/studies", {"config": document})
    assert response.status_code == 422
    assert [problem["field"] for problem in response.json()["problems"]] == ["analysis.arms.0.data.path"]


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (("network", "time_steps"), 0, "network.time_steps"),
        (("network", "time_steps"), 10**9, "network.time_steps"),
        (("search", "population"), "many", "search.population"),
        (("search", "mutations"), 5, "search.population"),
        (("supernet", "learning_rate"), float("nan"), "supernet.learning_rate"),
        (("data", "image_size"), 17, "data.image_size"),
        (("data", "path"), "../../etc/passwd", "data.path"),
        (("data", "path"), "/etc/passwd", "data.path"),
        (("data", "path"), "way/out", "data.path"),
        (("data", "colour"), 1, "data.colour"),
        (("name",), "", "name"),
    ],
)
def test_a_bad_config_is_refused_at_its_field(alice, as_user, config, settings, path, value, field):
    (settings.DATA_ROOT / "way").symlink_to("/")
    document = config.model_dump(mode="json")
    place = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    for url in ("/api/studies", "/api/estimate"):
        response = post(as_user(alice), url, {"config": document})
        assert response.status_code == 422
        assert field in [problem["field"] for problem in response.json()["problems"]]
    assert not Study.objects.exists()


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"config": 3}', b"\xff", b"[" * 50_000])
def test_what_is_no_config_is_refused_as_a_whole(alice, as_user, body):
    response = as_user(alice).post("/api/studies", body, content_type="application/json")
    assert response.status_code == 422
    assert response.json()["problems"][0]["field"] == ""


def test_an_estimate_tells_the_memory_at_the_peak(alice, as_user, config):
    found = post(as_user(alice), "/api/estimate", {"config": config.model_dump(mode="json")}).json()["memory"]
    assert found["bytes"] == peak_memory(config)
    assert found["available"] > 0
    assert found["gpu"] is None
    on_gpu = config.model_copy(update={"runtime": config.runtime.model_copy(update={"device": "cuda"})})
    found = post(as_user(alice), "/api/estimate", {"config": on_gpu.model_dump(mode="json")}).json()["memory"]
    assert found["gpu"] == gpu_memory(on_gpu)


def test_a_study_that_cannot_fit_into_memory_is_refused_with_the_number(alice, as_user, config, monkeypatch):
    monkeypatch.setattr("webapp.studies.views.api.memory_limit", lambda: 10**8)
    answer = post(as_user(alice), "/api/studies", {"config": config.model_dump(mode="json")})
    assert answer.status_code == 422
    (problem,) = answer.json()["problems"]
    assert problem["field"].endswith(".batch_size")
    assert f"{peak_memory(config) / 1e9:.1f} GB of memory, there are 0.1 GB" in problem["message"]
    assert not Study.objects.exists()


def test_a_fork_that_cannot_fit_into_memory_is_refused_as_well(study, alice, as_user, monkeypatch):
    """The engine asks a new study only, and a fork goes on from a checkpoint."""
    monkeypatch.setattr("webapp.studies.services.forking.memory_limit", lambda: 10**8)
    answer = post(as_user(alice), f"/api/studies/{study.id}/fork", {"config": {"retrain": {"batch_size": 64}}})
    assert answer.status_code == 422
    assert "GB of memory, there are 0.1 GB" in answer.json()["problems"][0]["message"]
    assert Study.objects.count() == 1


@pytest.mark.parametrize(
    ("character", "said"), [("\0", "U+0000"), ("\ud800", "U+D800, half of a pair")], ids=["U+0000", "half a pair"]
)
def test_a_name_no_database_stores_is_refused_by_field(study, alice, as_user, config, character, said):
    document = config.model_dump(mode="json") | {"name": f"Tiny{character}"}
    wanted = [{"field": "name", "message": f"must not contain the character {said}"}]
    for path, body in (("", {"config": document}), (f"/{study.id}/fork", {"config": {"name": character}})):
        answer = post(as_user(alice), f"/api/studies{path}", body)
        assert (answer.status_code, answer.json()["problems"]) == (422, wanted)


def test_a_path_no_file_has_is_refused_by_field(alice, as_user, config):
    document = config.model_dump(mode="json")
    document["data"]["path"] = "digits\0"
    for url in ("/api/studies", "/api/estimate"):
        answer = post(as_user(alice), url, {"config": document})
        wanted = [{"field": "data.path", "message": "must not contain the character U+0000"}]
        assert (answer.status_code, answer.json()["problems"]) == (422, wanted)


def test_an_estimate_has_times_once_a_worker_is_measured(alice, as_user, config):
    ask = {"config": config.model_dump(mode="json")}
    first = post(as_user(alice), "/api/estimate", ask).json()
    assert (first["space_size"], first["measured"], first["seconds"]) == (25, False, None)
    assert {"name", "block", "channels", "height", "width", "parameters", "macs", "sites"} == set(first["rows"][0])
    main_process.send_heartbeat("celery@here")
    Worker.objects.update(macs_per_second=1e9)
    second = post(as_user(alice), "/api/estimate", ask).json()
    assert second["measured"]
    assert second["seconds"]["total"] == pytest.approx(
        sum(second["seconds"][p] for p in ("supernet", "search", "retrain"))
    )


def test_events_are_replayed_from_a_cursor(alice, as_user, study):
    lease = services.claim(study.id, "a")
    services.commit_step(lease, [to_wire(generation(0))], commit(1))
    client = as_user(alice)
    rest = client.get(f"/api/studies/{study.id}/events?after=1").json()
    assert [event["seq"] for event in rest["events"]] == [2, 3]
    assert rest["last_seq"] == 3
    assert rest["events"][1]["event"]["kind"] == "generation_finished"
    assert client.get(f"/api/studies/{study.id}/events?after=0&limit=1").json()["events"][0]["seq"] == 1
    assert len(client.get(f"/api/studies/{study.id}/events?after=x&limit=-1").json()["events"]) == 3


def test_a_spike_map_is_a_typed_array(alice, as_user, study):
    services.commit_step(services.claim(study.id, "a"), [to_wire(generation(0))], commit(1))
    response = as_user(alice).get(f"/api/studies/{study.id}/candidates/1/spike-map")
    assert (response["X-Rows"], response["X-Steps"], len(response.content)) == ("2", "2", 16)
    assert "immutable" in response["Cache-Control"]
    assert as_user(alice).get(f"/api/studies/{study.id}/candidates/9/spike-map").status_code == 404


def test_actions_say_why_not(alice, as_user, study):
    client = as_user(alice)
    assert client.post(f"/api/studies/{study.id}/pause").json()["state"] == "paused"
    refused = client.post(f"/api/studies/{study.id}/retry")
    assert refused.status_code == 409
    assert "only a failed study" in refused.json()["error"]


def test_the_download_is_a_zip_of_known_length(alice, as_user, study):
    client = as_user(alice)
    assert client.get(f"/studies/{study.id}/download").status_code == 404
    folder = files.workdir(study.id) / "result"
    folder.mkdir(parents=True)
    for name in files.RESULT_FILES:
        (folder / name).write_text(name)
    services.commit_step(services.claim(study.id, "a"), [], commit(1, "done"))
    offered = client.get(f"/api/studies/{study.id}").json()["downloads"]
    assert offered["bytes"] > 0
    response = client.get(offered["zip"])
    assert response["Content-Disposition"] == f'attachment; filename="{offered["name"]}"'
    body = response.getvalue()
    assert int(response["Content-Length"]) == len(body)
    assert zipfile.ZipFile(io.BytesIO(body)).namelist() == list(files.RESULT_FILES)


def test_health_names_the_dead_part(client, monkeypatch):
    monkeypatch.setattr("webapp.broker.client.ping", lambda: None)
    response = client.get("/healthz")
    assert (response.status_code, response.json()["worker"]) == (503, "none has started yet")
    main_process.send_heartbeat("celery@here")
    assert client.get("/healthz").json() == {"web": "ok", "database": "ok", "broker": "ok", "worker": "ok"}
    Worker.objects.update(heartbeat=timezone.now() - timedelta(seconds=60))
    assert "no heartbeat" in client.get("/healthz").json()["worker"]


def test_health_names_a_dead_broker(client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    main_process.send_heartbeat("celery@here")
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json()["broker"].startswith("not answering")
    assert response.json()["worker"] == "ok"


def test_every_answer_carries_the_headers(client):
    for path in ("/healthz", "/api/studies", "/sign-in/none", "/static/vendor/plotly/plotly.min.js"):
        response = client.get(path)
        policy = response["Content-Security-Policy"]
        assert "script-src 'self';" in policy + ";"
        assert "unsafe-eval" not in policy
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Cross-Origin-Opener-Policy"] == "same-origin"
        assert response["Referrer-Policy"] == "same-origin"
    assert client.get("/healthz")["X-Frame-Options"] == "DENY"
