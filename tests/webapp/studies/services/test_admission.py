"""What a new study is asked: a name that can be shown, and only files its owner may see, claimed in any spelling."""

from __future__ import annotations

import json

import pytest

from engine.config.data import DataConfig
from engine.config.parse import parse_config
from tests.webapp.studies.worker.test_runner import turn
from webapp.datasets.models import Dataset, Source, State
from webapp.studies import tasks
from webapp.studies.models import Study

pytestmark = pytest.mark.django_db(transaction=True)
NOT_YOURS = [{"field": "data.path", "message": "names an upload that is not there, or not yours"}]


@pytest.fixture
def shared(bob, settings) -> Dataset:
    """An upload of Bob's."""
    made = Dataset(owner=bob, title="Bob's", source=Source.UPLOAD, dataset="images", state=State.READY, shared=True)
    made.location = f"uploads/{made.id}/a.npz"
    made.save()
    (settings.DATA_ROOT / made.location).parent.mkdir(parents=True)
    (settings.DATA_ROOT / made.location).touch()
    return made


def reading(config, path: str):
    data = DataConfig(dataset="images", path=path, image_size=8, channels=3, classes=2)
    return config.model_copy(update={"data": data})


def launch(client, config):
    body = json.dumps({"config": config.model_dump(mode="json")})
    return client.post("/api/studies", body, content_type="application/json")


@pytest.mark.parametrize("spelling", ["{path}", "./{path}", "uploads/../{path}", "{root}/{path}", "link/a.npz"])
def test_a_data_set_is_claimed_however_its_path_is_spelt(shared, alice, config, as_user, settings, spelling):
    (settings.DATA_ROOT / "link").symlink_to((settings.DATA_ROOT / shared.location).parent)
    path = spelling.format(path=shared.location, root=settings.DATA_ROOT)
    assert launch(as_user(alice), reading(config, path)).status_code == 201
    assert list(Study.objects.get().datasets.all()) == [shared]


def test_a_registered_folder_elsewhere_is_claimed_however_it_is_spelt(alice, config, as_user, settings, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "ours").mkdir(parents=True)
    settings.DATA_ROOTS = [elsewhere]
    ours = Dataset.objects.create(
        owner=alice, title="Ours", source=Source.PATH, location=f"{elsewhere}/ours", dataset="images", state=State.READY
    )
    assert launch(as_user(alice), reading(config, "../elsewhere/ours")).status_code == 201
    assert list(Study.objects.get().datasets.all()) == [ours]


def test_a_fork_may_read_what_a_new_study_may(shared, alice, config, as_user):
    client, on_shared = as_user(alice), reading(config, shared.location)
    assert launch(client, on_shared).status_code == 201
    address = f"/api/studies/{Study.objects.get().id}/fork"
    assert client.post(address).status_code == 201
    Dataset.objects.update(shared=False)
    for refused in (client.post(address), launch(client, on_shared)):
        assert (refused.status_code, refused.json()["problems"]) == (422, NOT_YOURS)
    assert [list(one.datasets.all()) for one in Study.objects.all()] == [[shared], [shared]]


def test_a_fork_that_goes_on_from_a_checkpoint_asks_as_well(study, shared, alice, as_user, settings):
    turn(study, tasks.run_engine)
    on_unshared = reading(parse_config(study.config), shared.location)
    Study.objects.update(config=on_unshared.model_dump(mode="json"))
    Dataset.objects.update(shared=False)
    answer = as_user(alice).post(f"/api/studies/{study.id}/fork")
    assert (answer.status_code, answer.json()["problems"]) == (422, NOT_YOURS)
    assert [path.name for path in settings.STUDIES_ROOT.iterdir()] == [str(study.id)]


@pytest.mark.parametrize("name", ["a\x08\nb", "a\tb", "\x7f", "a\u2028b", "a\u202eb"])
def test_a_name_that_cannot_be_shown_is_refused_for_launches_and_forks_alike(study, alice, config, as_user, name):
    wanted = [{"field": "name", "message": f"must be 1 to 120 printable characters, got {name!r}"}]
    named = {"config": config.model_dump(mode="json") | {"name": name}}
    for address, body in (
        ("/api/studies", named),
        ("/api/estimate", named),
        (f"/api/studies/{study.id}/fork", {"config": {"name": name}}),
    ):
        answer = as_user(alice).post(address, json.dumps(body), content_type="application/json")
        assert (answer.status_code, answer.json()["problems"]) == (422, wanted)


def test_any_letters_make_a_name(alice, config, as_user):
    assert launch(as_user(alice), config.model_copy(update={"name": "Größe λ → 実験 №1 🧠"})).status_code == 201


def test_an_earlier_study_of_such_a_name_goes_on_and_is_forked(study, alice, as_user):
    Study.objects.update(name="a\tb", config=study.config | {"name": "a\tb"})
    study.refresh_from_db()
    assert turn(study, tasks.run_engine).state == "succeeded"
    assert as_user(alice).post(f"/api/studies/{study.id}/fork").status_code == 201
