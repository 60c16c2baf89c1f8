"""Data sets: what may come in, how it is checked, and that what a study uses stays as it is."""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import os
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone
from PIL import Image

from engine.config.catalog import CATALOG, Source
from engine.config.data import DataConfig
from engine.data.splits import validation_split
from tests import hostile
from webapp.datasets import files, services, tasks
from webapp.datasets import worker as data_worker
from webapp.datasets.models import Dataset, State, Task
from webapp.datasets.summaries import data_of
from webapp.studies import services as studies

pytestmark = pytest.mark.django_db
PER_CLASS = 10


def arrays(seed: int = 0) -> bytes:
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, 256, (2 * PER_CLASS, 8, 8), np.uint8), np.arange(2 * PER_CLASS) % 2
    return hostile.zipped({"x.npy": hostile.npy(x), "y.npy": hostile.npy(y)})


def events() -> bytes:
    def one(k: int) -> bytes:
        file = io.BytesIO()
        t = np.arange(64)
        np.savez(file, t=t, x=(t + k) % 8, y=t % 8, p=t % 2)
        return file.getvalue()

    return hostile.zipped({f"{name}/{k}.npz": one(k) for name in "ab" for k in range(4)})


def send(client, name: str, content: bytes, chunk: int = 1_000_000):
    """Upload in chunks and check; the data set, or the answer that refused it."""
    asked = {"source": "upload", "title": "Mine", "file": name, "size": len(content)}
    made = client.post("/api/datasets", json.dumps(asked), content_type="application/json")
    if made.status_code != 201:
        return made
    address = f"/api/datasets/{made.json()['id']}/content"
    for offset in range(0, len(content), chunk):
        part = content[offset : offset + chunk]
        answer = client.put(f"{address}?offset={offset}", part, content_type="application/octet-stream")
        if answer.status_code != 200:
            return answer
    tasks.work(made.json()["id"])
    return Dataset.objects.get(id=made.json()["id"])


@pytest.fixture
def mine(alice, as_user):
    return send(as_user(alice), "mine.npz", arrays())


def test_an_upload_is_checked_and_told(mine, alice, as_user):
    assert (mine.state, mine.reason, mine.dataset) == ("ready", "", "images")
    told = as_user(alice).get(f"/api/datasets/{mine.id}").json()
    assert told["samples"] == {"train": 16, "test": 4}
    assert told["content_sha256"] == mine.content_sha256
    assert told["previewed"] is True
    assert told["report"]["splits"]["train"]["class_counts"] == [8, 8]


def test_chunks_go_on_where_the_last_one_ended(alice, as_user):
    client, content = as_user(alice), arrays()
    made = services.begin_upload(alice, "Mine", "mine.npz", len(content))
    address = f"/api/datasets/{made.id}/content?offset="
    octets = "application/octet-stream"
    assert client.put(f"{address}0", content[:700], content_type=octets).json() == {"received": 700}
    for offset in (0, 600, 701):
        answer = client.put(f"{address}{offset}", content[offset:], content_type=octets)
        assert (answer.status_code, answer.json()["received"]) == (409, 700)
    too_much = client.put(f"{address}700", content, content_type=octets)
    assert too_much.json()["problems"] == [
        {"field": "size", "message": f"more bytes than the {len(content):,} announced"}
    ]
    assert client.put(f"{address}700", content[700:], content_type=octets).status_code == 200
    made.refresh_from_db()
    assert (made.state, made.received) == ("waiting", len(content))
    again = client.put(f"{address}{len(content)}", b"x", content_type=octets)
    assert "no bytes are expected" in again.json()["error"]


def test_an_upload_deleted_beside_a_chunk_is_gone_and_leaves_no_folder(
    alice, as_user, monkeypatch, django_capture_on_commit_callbacks
):
    made = services.begin_upload(alice, "Mine", "mine.npz", 100)
    write = files.write_at

    def deleted_meanwhile(*arguments):
        with django_capture_on_commit_callbacks(execute=True):
            services.remove(made)
        write(*arguments)

    monkeypatch.setattr(files, "write_at", deleted_meanwhile)
    octets = "application/octet-stream"
    answer = as_user(alice).put(f"/api/datasets/{made.id}/content?offset=0", arrays()[:50], content_type=octets)
    assert (answer.status_code, answer.json()) == (404, {"error": "this upload was deleted meanwhile"})
    assert not files.upload_folder(made.id).exists()


@pytest.mark.parametrize("size", [0, -1, 8_000_000_001, True, "1", 1.5, None])
def test_the_size_has_bounds(size, alice, as_user):
    asked = {"source": "upload", "title": "Mine", "file": "a.zip", "size": size}
    answer = as_user(alice).post("/api/datasets", json.dumps(asked), content_type="application/json")
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["message"].startswith("must be 1 to 8,000,000,000 bytes")


def test_chunks_have_bounds(alice, as_user, settings):
    made = services.begin_upload(alice, "Mine", "mine.npz", 100)
    settings.UPLOAD_CHUNK = 50
    for body in (b"", bytes(51)):
        answer = as_user(alice).put(f"/api/datasets/{made.id}/content?offset=0", body, content_type="a/b")
        assert answer.json()["problems"] == [{"field": "content", "message": "must be 1 to 50 bytes at a time"}]


def test_the_quota_of_a_user_is_kept(alice, bob, settings):
    settings.UPLOAD_QUOTA = 1000
    services.begin_upload(alice, "One", "a.zip", 600)
    with pytest.raises(services.Refused, match="take 600 of your 1,000 bytes; this one of 401 does not fit"):
        services.begin_upload(alice, "Two", "b.zip", 401)
    services.begin_upload(alice, "Two", "b.zip", 400)
    services.begin_upload(bob, "Of another", "b.zip", 1000)


def test_a_full_disk_refuses_before_a_byte_is_taken(alice, monkeypatch):
    usage = type("Usage", (), {"free": 1_000_000_099})
    monkeypatch.setattr("webapp.datasets.admission.shutil.disk_usage", lambda _: usage)
    with pytest.raises(services.Refused, match="the server's disk has 1,000,000,099 bytes left"):
        services.begin_upload(alice, "One", "a.zip", 100)


@pytest.mark.engine_process
@pytest.mark.parametrize("name", hostile.NAMES)
def test_a_hostile_upload_is_refused_with_its_reason_and_leaves_nothing(name, alice, as_user, tmp_path, settings):
    canary = tmp_path / "canary"
    file, content = hostile.hostile(canary)[name]
    refused = send(as_user(alice), file, content, chunk=4_000_000)
    if isinstance(refused, Dataset):
        assert refused.state == State.REFUSED, name
        reason = refused.reason
    else:
        assert refused.status_code == 422
        [problem] = refused.json()["problems"]
        assert problem["field"] == "file"
        reason = problem["message"]
    assert REASONS[name.split()[0]] in reason
    assert not canary.exists()
    left = [path for root in (settings.DATA_ROOT, settings.PREVIEWS_ROOT) for path in root.rglob("*") if path.is_file()]
    assert left == []


REASONS = {
    "1": "'../../evil.png' leads out of the archive",
    "2": "'/etc/evil.png' leads out of the archive",
    "3": "is a link or a device",
    "4": "would grow from",
    "5": "it holds the archive 'inner.zip'",
    "6": "at most 150,000",
    "7": "its directory",
    "8": "holds 'cat/x.png' twice",
    "9": "is encrypted",
    "10": "truncated",
    "11a": "is a link or a device",
    "11b": "is a link or a device",
    "12": "data_batch_1",
    "13": "Python objects",
    "14": "declares",
    "15": "would grow from",
    "16": "weights and pickles are not data sets",
    "17": "weights and pickles are not data sets",
    "18": "weights and pickles are not data sets",
    "19": "3600000000 pixels",
    "20a": "must end in one of",
    "20b": "its name says zip, its first bytes do not",
    "20c": "is longer than 255 bytes",
    "20d": "control or direction characters",
    "20e": "control or direction characters",
    "20f": "is reserved on some systems",
    "20g": "must end in one of",
    "20h": "control or direction characters",
}


def test_a_folder_on_the_server_is_registered_where_it_lies(alice, as_user, settings):
    (settings.DATA_ROOT / "mine.npz").write_bytes(arrays())
    asked = {"source": "path", "title": "Ours", "path": "mine.npz", "shared": True}
    made = as_user(alice).post("/api/datasets", json.dumps(asked), content_type="application/json").json()
    tasks.work(made["id"])
    found = Dataset.objects.get(id=made["id"])
    assert (found.state, found.location, found.shared) == ("ready", "mine.npz", True)
    services.remove(found)
    assert (settings.DATA_ROOT / "mine.npz").exists(), "the files stay"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/etc/passwd", "must lie below"),
        ("../secret", "must lie below"),
        ("nowhere", "there is no such file or folder"),
        (".frames", "belongs to the server itself"),
        ("uploads", "belongs to the server itself"),
        (".", "is the whole root"),
        ("", "must name a file or folder"),
        ("a\0b", "must name a file or folder"),
        (7, "must name a file or folder"),
        ("link", "must lie below"),
        ("\ud800", "must name a file or folder"),
        ("misnamed", "leads to a name that is not UTF-8"),
    ],
)
def test_a_path_must_lie_below_an_allowed_root(path, reason, alice, settings):
    (settings.DATA_ROOT / ".frames").mkdir()
    (settings.DATA_ROOT / "uploads").mkdir()
    (settings.DATA_ROOT / "link").symlink_to("/etc")
    (settings.DATA_ROOT / os.fsdecode(b"\xff")).mkdir()
    (settings.DATA_ROOT / "misnamed").symlink_to(os.fsdecode(b"\xff"))
    with pytest.raises(services.Refused, match=reason):
        services.register_path(alice, "Ours", path)


def test_the_admin_allows_further_roots(alice, settings, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine.npz").write_bytes(arrays())
    settings.DATA_ROOTS = [elsewhere]
    made = services.register_path(alice, "Ours", str(elsewhere / "mine.npz"))
    tasks.work(str(made.id))
    made.refresh_from_db()
    assert (made.state, made.location) == ("ready", str(elsewhere / "mine.npz"))


def on(config, dataset):
    return config.model_copy(update={"data": DataConfig.model_validate({**data_of(dataset), "train_samples": None})})


def test_a_data_set_that_a_study_uses_cannot_be_deleted(
    mine, alice, config, as_user, django_capture_on_commit_callbacks
):
    study = studies.create_study(alice, on(config, mine))
    assert list(study.datasets.all()) == [mine]
    answer = as_user(alice).delete(f"/api/datasets/{mine.id}")
    assert (answer.status_code, "used by 1 study" in answer.json()["error"]) == (409, True)
    study.delete()
    with django_capture_on_commit_callbacks(execute=True):
        assert as_user(alice).delete(f"/api/datasets/{mine.id}").status_code == 204
    assert not files.upload_folder(mine.id).exists()
    assert not files.preview_folder(mine.id).exists()


def test_an_upload_of_another_user_cannot_be_named_by_its_path(mine, alice, bob, config, as_user):
    body = json.dumps({"config": on(config, mine).model_dump(mode="json")})
    answer = as_user(bob).post("/api/studies", body, content_type="application/json")
    assert answer.json()["problems"] == [
        {"field": "data.path", "message": "names an upload that is not there, or not yours"}
    ]
    assert as_user(alice).post("/api/studies", body, content_type="application/json").status_code == 201


def test_changed_files_are_another_version_and_the_old_one_stays_with_its_studies(alice, config, settings):
    path = settings.DATA_ROOT / "mine.npz"
    path.write_bytes(arrays(0))
    first = services.register_path(alice, "Ours", "mine.npz")
    tasks.work(str(first.id))
    first.refresh_from_db()
    study = studies.create_study(alice, on(config, first))
    path.write_bytes(arrays(1))
    services.ask(first.id, Task.CHECK)
    tasks.work(str(first.id))
    first.refresh_from_db()
    second = Dataset.objects.get(version=2)
    assert (first.state, second.state) == ("changed", "ready")
    assert first.content_sha256 != second.content_sha256
    assert list(study.datasets.all()) == [first]
    assert files.preview_folder(first.id).exists()
    assert files.preview_folder(second.id).exists()
    # the new files belong to the second version, however often one looks
    services.ask(first.id, Task.CHECK)
    tasks.work(str(first.id))
    assert Dataset.objects.filter(location="mine.npz").count() == 2
    assert list(studies.create_study(alice, on(config, second)).datasets.all()) == [second]


def test_built_in_sets_are_found_in_their_place_and_the_digits_always(alice, as_user, settings):
    listed = as_user(alice).get("/api/datasets").json()["datasets"]
    assert [one["dataset"] for one in listed] == [name for name in CATALOG if name not in ("images", "events")]
    assert {one["state"] for one in listed} == {"absent"}
    data_worker.look_for_builtin()
    tasks.work("")
    states = {one["dataset"]: one["state"] for one in as_user(alice).get("/api/datasets").json()["datasets"]}
    assert [name for name, state in states.items() if state == "ready"] == ["digits"]
    digits = Dataset.objects.get(dataset="digits")
    assert digits.report["splits"]["train"]["samples"] == 1438
    with pytest.raises(services.InvalidTransition, match="built-in data sets cannot be deleted"):
        services.remove(digits)


def test_without_a_network_a_download_says_what_to_do_by_hand(monkeypatch, settings):
    closed = Source("cifar-10-python.tar.gz", "http://127.0.0.1:9/cifar-10-python.tar.gz", 10, "0" * 32)
    monkeypatch.setattr(tasks, "CATALOG", {**CATALOG, "cifar10": replace(CATALOG["cifar10"], sources=(closed,))})
    services.ensure_builtin()
    cifar = Dataset.objects.get(dataset="cifar10")
    services.ask(cifar.id, Task.FETCH)
    tasks.work(str(cifar.id))
    cifar.refresh_from_db()
    assert cifar.state == "absent"
    assert "could not be downloaded" in cifar.reason
    assert f"place it at {settings.DATA_ROOT}/cifar10/cifar-10-python.tar.gz" in cifar.reason


def test_a_set_without_a_direct_address_says_where_people_find_it(settings):
    services.ensure_builtin()
    gesture = Dataset.objects.get(dataset="dvs128_gesture")
    services.ask(gesture.id, Task.FETCH)
    tasks.work(str(gesture.id))
    gesture.refresh_from_db()
    assert "ibm.ent.box.com" in gesture.reason


def test_a_check_whose_worker_died_is_put_back(mine, monkeypatch):
    held = {"state": State.WORKING, "holder": "here/1/2", "expires": timezone.now() + timedelta(days=1)}
    Dataset.objects.filter(id=mine.id).update(**held)
    monkeypatch.setattr(data_worker, "is_dead_here", lambda holder: holder == "here/1/2")
    data_worker.reap()
    mine.refresh_from_db()
    assert (mine.state, mine.holder) == ("waiting", "")


def test_the_reaper_wakes_once_for_what_waits_unheard(alice, settings, monkeypatch):
    woken, queued = [], {"datasets": 0}
    for name in "ab":
        (settings.DATA_ROOT / name).mkdir()
        services.register_path(alice, name, name)
    monkeypatch.setattr("webapp.broker.wake.wake_after_commit", lambda task, subject: woken.append((task, subject)))
    monkeypatch.setattr("webapp.broker.wake.queue_length", queued.__getitem__)
    data_worker.reap()
    assert woken == [(services.WORK, Dataset.objects.get(location="a").id)]
    queued["datasets"] = 1
    data_worker.reap()
    assert len(woken) == 1, "the broker has one already"


@pytest.mark.engine_process
def test_a_check_that_needs_too_much_memory_is_ended_and_says_so(alice, as_user, settings):
    settings.CHECK_MEMORY = 300_000_000
    x = np.zeros((3_000_000, 64), np.uint8).reshape(-1, 8, 8)
    y = np.arange(len(x)) % 2
    refused = send(
        as_user(alice), "a.zip", hostile.zipped({"x.npy": hostile.npy(x), "y.npy": hostile.npy(y)}), 4_000_000
    )
    assert (refused.state, refused.reason[:39]) == ("refused", "reading it needs more than the 300,000,")


def test_unfinished_uploads_are_forgotten_after_a_week(alice, settings, django_capture_on_commit_callbacks):
    made = services.begin_upload(alice, "Mine", "mine.npz", 10_000)
    services.take_chunk(made, 0, arrays()[:100])
    services.delete_stale_uploads()
    assert Dataset.objects.filter(id=made.id).exists()
    settings.UPLOAD_DAYS = 0
    with django_capture_on_commit_callbacks(execute=True):
        services.delete_stale_uploads()
    assert not Dataset.objects.filter(id=made.id).exists()
    assert not files.upload_folder(made.id).exists()


def test_refused_uploads_are_forgotten_after_a_week_and_nothing_else_that_was_refused(alice, as_user, settings):
    refused = send(as_user(alice), "mine.zip", hostile.zipped({"x.npy": b"no array"}))
    assert refused.state == State.REFUSED
    (settings.DATA_ROOT / "odd").mkdir()
    registered = services.register_path(alice, "Odd", "odd")
    tasks.work(str(registered.id))
    Dataset.objects.update(touched=timezone.now() - timedelta(days=settings.UPLOAD_DAYS - 1))
    services.delete_stale_uploads()
    assert Dataset.objects.filter(state=State.REFUSED).count() == 2
    Dataset.objects.update(touched=timezone.now() - timedelta(days=settings.UPLOAD_DAYS + 1))
    services.delete_stale_uploads()
    assert Dataset.objects.get(state=State.REFUSED) == registered, "which can be looked at again"


def test_no_number_of_other_data_sets_hides_the_built_in_ones(alice, bob, as_user, monkeypatch):
    monkeypatch.setattr("webapp.datasets.listing.PAGE", 2)
    made = [services.begin_upload(alice, f"No. {k}", "mine.zip", 100) for k in range(5)]
    services.begin_upload(bob, "Bob's", "mine.zip", 7)
    first = as_user(alice).get("/api/datasets").json()
    assert [one["title"] for one in first["datasets"][:2]] == ["No. 4", "No. 3"]
    assert {one["source"] for one in first["datasets"][2:]} == {"builtin"}
    assert len(first["datasets"]) == 2 + len(CATALOG) - len(services.OWN)
    assert first["quota"]["used"] == 500, "whatever is on this page"
    second = as_user(alice).get(f"/api/datasets?before={first['next']}").json()
    third = as_user(alice).get(f"/api/datasets?before={second['next']}").json()
    assert [[one["title"] for one in page["datasets"]] for page in (second, third)] == [["No. 2", "No. 1"], ["No. 0"]]
    assert (second["next"], third["next"]) == (str(made[1].id), None)
    assert as_user(alice).get("/api/datasets?before=nonsense").json() == first
    page = as_user(alice).get("/datasets").content.decode()
    assert f'href="/datasets?before={first["next"]}"' in page


def test_its_owner_describes_it(mine, alice, as_user):
    say = {"title": "Ours", "licence": "CC0", "citation": "Me, 2026", "shared": True}
    told = as_user(alice).post(f"/api/datasets/{mine.id}/describe", json.dumps(say), content_type="application/json")
    assert {key: told.json()[key] for key in say} == say
    wrong = as_user(alice).post(
        f"/api/datasets/{mine.id}/describe", json.dumps({"licence": "x" * 201}), content_type="application/json"
    )
    assert wrong.json()["problems"] == [{"field": "licence", "message": "must be text of at most 200 characters"}]


def test_text_that_no_database_stores_is_refused_by_field(mine, alice, as_user):
    for field, text in itertools.product(("title", "licence", "citation"), ("\ud800", "a\0b")):
        said = json.dumps({field: text})
        answer = as_user(alice).post(f"/api/datasets/{mine.id}/describe", said, content_type="application/json")
        assert answer.status_code == 422
        [problem] = answer.json()["problems"]
        assert problem["field"] == field
        assert problem["message"].startswith(("must be text that can be stored", "must be 1 to 120 printable"))


def test_the_samples_shown_are_those_stored(mine, alice, as_user):
    answer = as_user(alice).get(f"/api/datasets/{mine.id}/samples/1.png")
    image = np.asarray(Image.open(io.BytesIO(answer.content)))
    assert image.shape == (9, 8 * 9, 4)
    stored = np.load(files.preview_folder(mine.id) / "samples.npy")
    np.testing.assert_array_equal(image[:8, :8, 0], stored[8, 0])
    assert (image[8, :, 3] == 0).all(), "a clear line after each"
    assert as_user(alice).get(f"/api/datasets/{mine.id}/samples/2.png").status_code == 404
    assert as_user(alice).get(f"/api/datasets/{mine.id}/augmented/evil.png").status_code == 404


def test_the_split_shown_is_the_one_a_study_draws(mine, alice, as_user):
    told = as_user(alice).get(f"/api/datasets/{mine.id}/split?kind=stratified&fraction=0.25&seed=5").json()
    labels = np.load(files.preview_folder(mine.id) / "train_labels.npy").astype(np.int64)
    rest, held = validation_split(labels, "stratified", 0.25, 5)
    assert told["splits"]["validation"] == np.bincount(labels[held]).tolist() == [2, 2]
    assert told["splits"]["train"] == np.bincount(labels[rest]).tolist()
    assert told["validation_sha256"] == hashlib.sha256(held.astype("<i8").tobytes()).hexdigest()
    for query, field in (("seed=x", "seed"), ("seed=0&fraction=0.6", "fraction"), ("seed=0&kind=odd", "kind")):
        wrong = as_user(alice).get(f"/api/datasets/{mine.id}/split?{query}")
        assert (wrong.status_code, wrong.json()["problems"][0]["field"]) == (422, field)


@pytest.mark.engine_process
def test_the_frames_played_are_those_the_network_sees(alice, as_user):
    from engine.data.load import read_raw

    found = send(as_user(alice), "events.zip", events())
    assert (found.state, found.reason) == ("ready", "")
    data = DataConfig.model_validate(data_of(found))
    raw = read_raw(data, files.uploads().parent, 4)
    answer = as_user(alice).get(f"/api/datasets/{found.id}/frames?sample=0&time_steps=4&size={data.image_size}")
    shown = np.frombuffer(answer.content, "<u2").reshape(4, 2, data.image_size, data.image_size)
    np.testing.assert_array_equal(shown, raw.train.images[0])
    assert answer.headers["X-Events"] == "64"
    for query, field in (("sample=99", "sample"), ("sample=0&time_steps=65", "time_steps")):
        wrong = as_user(alice).get(f"/api/datasets/{found.id}/frames?{query}")
        assert wrong.json()["problems"][0]["field"] == field


@pytest.mark.engine_process
def test_ready_made_frames_are_played_with_their_own_number_of_steps(alice, as_user):
    def one(k: int) -> bytes:
        file = io.BytesIO()
        np.savez(file, frames=np.full((4, 2, 8, 8), k + 1, np.float32))
        return file.getvalue()

    found = send(as_user(alice), "frames.zip", hostile.zipped({f"{c}/{k}.npz": one(k) for c in "ab" for k in range(4)}))
    assert (found.state, found.reason) == ("ready", "")
    address = f"/api/datasets/{found.id}/frames?sample=0&size=34&time_steps="
    shown = np.frombuffer(as_user(alice).get(f"{address}4").content, "<u2").reshape(4, 2, 34, 34)
    assert (shown[:, :, :8, :8] == 1).all()
    wrong = as_user(alice).get(f"{address}5")
    [problem] = wrong.json()["problems"]
    assert (wrong.status_code, problem["field"]) == (422, "time_steps")
    assert "ready made with T = 4" in problem["message"]
