"""Exports of a study: made once with a proof, refused with a reason, and safe from processes that die."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.webapp.looked_into import finished_study
from webapp.exports import files, services, tasks, worker
from webapp.exports.engine_process import NotMade, make
from webapp.exports.models import Export, State
from webapp.workers.process import this_process

pytestmark = pytest.mark.django_db
REPORT = {"agrees": True, "why": "", "flips": 0, "files": ["tiny.onnx", "tiny.step.onnx"]}


@pytest.fixture
def finished(alice, config):
    return finished_study(alice, config)


@pytest.fixture
def post(alice, as_user):
    client = as_user(alice)

    def asked(study, to="nir"):
        return client.post(f"/api/studies/{study.id}/exports", json.dumps({"to": to}), content_type="application/json")

    asked.get = client.get
    return asked


@pytest.mark.engine_process
def test_an_export_is_made_by_the_engine_and_downloaded(finished, post, bob, as_user):
    made = post(finished)
    assert made.status_code == 201
    assert (made.json()["state"], made.json()["file"]) == ("waiting", None)
    assert (post(finished).status_code, Export.objects.count()) == (200, 1)
    tasks.work(made.json()["id"])
    found = post.get(f"/api/studies/{finished.id}/exports/{made.json()['id']}").json()
    assert (found["state"], found["reason"]) == ("done", "")
    assert (found["report"]["flips"], found["report"]["float64_flips"], found["report"]["agrees"]) == (0, 0, True)
    assert found["report"]["spikes"] == found["report"]["expected_spikes"]
    answer = post.get(found["file"])
    assert answer["Content-Disposition"] == f'attachment; filename="tiny-{str(finished.id)[:8]}.nir"'
    assert b"".join(answer)[:8] == b"\x89HDF\r\n\x1a\n"
    assert as_user(bob).get(found["file"]).status_code == 404


@pytest.mark.engine_process
def test_why_the_engine_makes_none_is_told_in_its_words(tmp_path):
    with pytest.raises(NotMade) as refused:
        make(tmp_path / "nothing.zip", "nir", tmp_path / "net.nir")
    assert str(refused.value) == f"{tmp_path / 'nothing.zip'} does not exist"


def test_the_formats_are_listed_with_why_the_network_cannot_have_one(finished, post):
    listed = post.get(f"/api/studies/{finished.id}/exports").json()
    assert listed["exportable"]
    assert [(one["to"], one["obstacles"]) for one in listed["formats"]] == [
        ("nir", []),
        ("onnx", []),
        ("pt2", []),
        ("spikingjelly", []),
    ]
    finished.config["network"]["neuron"]["reset"] = "soft"
    finished.save()
    [nir, *others] = post.get(f"/api/studies/{finished.id}/exports").json()["formats"]
    assert nir["obstacles"][0].startswith("network.neuron.reset: ")
    assert not any(one["obstacles"] for one in others)
    refused = post(finished)
    assert (refused.status_code, refused.json()["problems"][0]["field"]) == (422, "to")
    assert not Export.objects.exists()


@pytest.mark.parametrize("to", ["tflite", None, ["nir"]])
def test_an_unknown_format_is_refused(finished, post, to):
    problems = post(finished, to).json()["problems"]
    assert problems == [{"field": "to", "message": "must be one of nir, onnx, pt2, spikingjelly"}]


def test_a_study_without_a_retrained_network_has_none(study, post):
    assert post(study).json()["problems"][0]["message"] == "no network was retrained yet; the study is queued"
    assert not post.get(f"/api/studies/{study.id}/exports").json()["exportable"]


def test_what_does_not_agree_is_told_and_may_be_tried_again(finished, post, monkeypatch):
    def disagrees(package, to, out):
        out.write_bytes(b"half")
        raise NotMade("3 of 9 spikes differ in float64; none may", {**REPORT, "agrees": False})

    monkeypatch.setattr(tasks, "make", disagrees)
    first = post(finished, "onnx").json()
    tasks.work(first["id"])
    found = post.get(f"/api/studies/{finished.id}/exports").json()["exports"][0]
    assert (found["state"], found["file"]) == ("failed", None)
    assert found["reason"] == "3 of 9 spikes differ in float64; none may"
    assert not found["report"]["agrees"]
    assert not files.folder(finished.id, Export.objects.get().id).exists()
    assert post.get(f"/api/studies/{finished.id}/exports/{first['id']}/file").status_code == 404
    again = post(finished, "onnx")
    assert (again.status_code, again.json()["id"], again.json()["state"]) == (200, first["id"], "waiting")
    assert again.json()["report"] is None


def test_two_files_are_downloaded_as_one_zip(finished, post, monkeypatch):
    def makes(package, to, out):
        assert package.name == "result"
        for name in REPORT["files"]:
            (out.parent / name).write_bytes(name.encode())
        return REPORT

    monkeypatch.setattr(tasks, "make", makes)
    tasks.work(post(finished, "onnx").json()["id"])
    [found] = post.get(f"/api/studies/{finished.id}/exports").json()["exports"]
    answer = post.get(found["file"])
    assert answer["Content-Disposition"] == 'attachment; filename="tiny.onnx.zip"'
    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    assert packed.namelist() == REPORT["files"]
    (files.folder(finished.id, Export.objects.get().id) / "tiny.onnx").unlink()
    assert post.get(found["file"]).status_code == 404


def test_an_export_whose_process_died_is_made_again_three_times(finished, post):
    post(finished)
    dead = this_process().rpartition("/")[0] + "/0"
    for attempt in (1, 2, 3):
        held = services.claim(services.next_waiting(), dead)
        assert held.attempts == attempt
        worker.reap()
    found = Export.objects.get()
    assert (found.state, found.reason) == (State.FAILED, services.GAVE_UP.format(attempts=3))


def test_a_late_export_is_made_again_and_its_first_worker_changes_nothing(finished, post):
    post(finished)
    held = services.claim(services.next_waiting(), "elsewhere@x/1/1")
    Export.objects.update(expires=timezone.now() - timedelta(seconds=1))
    worker.reap()
    assert Export.objects.get().state == State.WAITING
    services.finish(held, REPORT)
    services.fail(held, "late")
    assert Export.objects.get().state == State.WAITING
