"""Own parts in the web application: offered by the form, documented, and missed without a failure."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from django.urls import reverse

from engine.config.algorithms import SearchAlgorithm
from engine.config.objectives import Objective
from engine.config.parse import parse_config
from engine.data.preview.check import inspect_usual
from engine.parts.templates import KINDS, template
from engine.schema.own import SOURCES
from tests.engine.data.test_own_dataset import own
from tests.own_blocks import EVERY_OTHER, TWO_PATHS, registered
from webapp.datasets import services as services_of_data
from webapp.datasets.models import Dataset
from webapp.datasets.worker import look_for_builtin
from webapp.studies import services

pytestmark = pytest.mark.django_db
SEARCH = SearchAlgorithm("mine", "my search", ask=lambda _: [])
OBJECTIVE = Objective("priced", "accuracy less a price", lambda one: one.accuracy)
ALL = (TWO_PATHS, EVERY_OTHER, SEARCH, OBJECTIVE, own(name="my_images", title="My images"))


def own_study(config):
    """A study with an own part of each kind, which are registered."""
    document = json.loads(config.canonical())
    document["network"] |= {"candidates": ["TPB_k3"], "neuron": {"kind": "every_other"}}
    document["search"] |= {"algorithm": "mine", "objective": "priced"}
    document["data"] = {"dataset": "my_images", "image_size": 8}
    return parse_config(document)


@pytest.fixture
def with_parts(config):
    """Such a study, while its parts are registered."""
    with registered(*ALL):
        yield own_study(config)


@pytest.fixture
def missed(alice, config):
    """A stored one whose parts are not registered any more."""
    with registered(*ALL):
        return services.create_study(alice, own_study(config))


def test_the_page_holds_the_templates_that_the_engine_s_tests_run(alice, as_user):
    page = as_user(alice).get("/docs/own-parts").content.decode()
    for kind in KINDS:
        [shown] = re.findall(rf'id="template-{kind}"><code>(.*?)</code>', page, re.DOTALL)
        assert html.unescape(shown) == template(kind)


def test_the_form_offers_them_and_the_page_lists_them(alice, as_user, with_parts):
    client = as_user(alice)
    page = client.get("/studies/new").content.decode()
    for name in ("TPB_k3", "every_other", "mine", "priced", "my_images", "My images", "my search"):
        assert f'"{name}"' in html.unescape(page)
    assert f'title="{SOURCES["search.mine"]}"' in client.get("/docs/own-parts").content.decode()


def test_the_launched_study_holds_the_hash_of_each(alice, as_user, with_parts):
    body = {"config": json.loads(with_parts.canonical())}
    made = as_user(alice).post("/api/studies", body, content_type="application/json").json()
    stored = as_user(alice).get(f"/api/studies/{made['id']}").json()
    assert stored["config"]["parts"] == dict(SOURCES)
    page = as_user(alice).get(f"/studies/{made['id']}").content.decode()
    assert "this study’s own objective, <code>priced</code>" in page
    assert re.search(r'id="lambda-slider"[^>]*disabled', page)


def test_a_clone_takes_the_parts_as_they_are_now(alice, as_user, with_parts):
    changed = with_parts.model_copy(update={"parts": with_parts.parts | {"search.mine": "ab" * 32}})
    study = services.create_study(alice, changed)
    page = as_user(alice).get(f"/studies/new?from={study.id}").content.decode()
    assert "ab" * 32 not in page


def test_lists_and_the_study_s_page_show_it_all_the_same(alice, as_user, missed):
    client = as_user(alice)
    assert "my_images" in client.get("/").content.decode()
    assert client.get(f"/studies/{missed.id}").status_code == 200
    assert client.get(f"/api/studies/{missed.id}").json()["dataset_title"] == "my_images"
    assert client.get(f"/studies/new?from={missed.id}").status_code == 200


@pytest.mark.parametrize("name", ["study-replay", "study-report", "study-paper-kit"])
def test_what_needs_its_parts_says_which_are_missing(alice, as_user, missed, name):
    answer = as_user(alice).get(reverse(name, args=[missed.id]))
    assert answer.status_code == 409
    said = html.unescape(answer.content.decode())
    assert "block family 'two_paths' is not registered here; name its file with --parts or AUTOSNN_PARTS" in said


def test_the_api_says_it_as_problems(alice, as_user, missed):
    answer = as_user(alice).get(reverse("api-energy", args=[missed.id]))
    assert answer.status_code == 409
    assert any("search 'mine' is not registered here" in one["message"] for one in answer.json()["problems"])


def test_its_data_set_is_listed_and_checked_and_missed_without_a_failure(alice, as_user):
    client = as_user(alice)
    with registered(replace(own(), name="my_images", title="My images")):
        listed = client.get("/api/datasets").json()["datasets"]
        assert [one["title"] for one in listed if one["dataset"] == "my_images"] == ["My images"]
        look_for_builtin()
    row = Dataset.objects.get(dataset="my_images")
    assert row.state == "waiting"  # for its check, as data sets are whose files are there
    Dataset.objects.filter(id=row.id).update(state="absent")
    look_for_builtin()
    assert client.get("/datasets").status_code == 200
    assert client.get(f"/api/datasets/{row.id}").status_code == 200


def test_a_checked_data_set_has_croissant_metadata(alice, as_user):
    services_of_data.ensure_builtin()
    digits = Dataset.objects.get(dataset="digits")
    address = f"/api/datasets/{digits.id}/croissant.json"
    assert as_user(alice).get(address).status_code == 404  # its files are not checked yet
    report = inspect_usual("digits", Path()).report
    Dataset.objects.filter(id=digits.id).update(report=report, licence="mine alone", state="ready")
    answer = as_user(alice).get(address)
    assert answer["Content-Type"] == "application/ld+json"
    assert (answer.json()["license"], answer.json()["name"]) == ("mine alone", "UCI optical digits")
    assert "Croissant metadata" in as_user(alice).get(f"/datasets/{digits.id}").content.decode()
