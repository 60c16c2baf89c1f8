"""The configurator's server side: estimates, where a form begins, what presets take."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from django.utils import timezone

from engine.config.presets import PRESETS
from engine.cost.space_statistics import space_statistics
from webapp.studies import services
from webapp.studies.models import Event, Study, Worker
from webapp.studies.worker import main_process

pytestmark = pytest.mark.django_db


def ask(client, document, **more):
    return client.post("/api/estimate", json.dumps({"config": document, **more}), content_type="application/json")


def page_data(client, query: str, key: str):
    page = client.get(f"/studies/new{query}").content.decode()
    return json.loads(page.split(f'<script id="{key}" type="application/json">')[1].split("</script>")[0])


@pytest.mark.parametrize("key", sorted(PRESETS))
def test_an_estimate_says_what_the_engine_says(alice, as_user, key):
    config = PRESETS[key].config
    found = ask(as_user(alice), config.model_dump(mode="json")).json()
    statistics = space_statistics(config)
    assert found["space"]["size"] == str(config.space.size)
    assert 10 ** found["space"]["log10"] == pytest.approx(config.space.size)
    for name in ("parameters", "macs"):
        extent = getattr(statistics, name)
        assert found[name] == {"min": extent.least, "median": extent.median, "max": extent.most}
    synops = found["synops"]
    assert (synops["min"], synops["median"], synops["max"]) == statistics.synops(0.17)
    assert "poster" in synops["firing_rate"]["source"]
    assert found["digest"] == config.digest()
    assert found["nir"]["expressible"] is (config.network.neuron.kind != "relu")


def test_a_space_past_53_bits_keeps_every_digit(alice, as_user):
    document = PRESETS["snn-3"].config.model_dump(mode="json")
    layer = {**document["network"]["macro"]["layers"][0], "channels": 16, "stride": 1}
    document["network"]["macro"]["layers"] = [layer] * 24
    found = ask(as_user(alice), document).json()
    assert found["space"]["size"] == str(5**24)
    assert found["macs"]["median"] is not None


def test_what_a_launch_would_be_refused_for_is_told_before_in_the_same_words(alice, as_user, config, monkeypatch):
    document = config.model_dump(mode="json")
    assert ask(as_user(alice), document).json()["problems"] == []
    for module in ("views.api", "submit.estimates"):
        monkeypatch.setattr(f"webapp.studies.{module}.memory_limit", lambda: 1000)
    told = ask(as_user(alice), document).json()
    body = json.dumps({"config": document})
    refused = as_user(alice).post("/api/studies", body, content_type="application/json")
    assert refused.status_code == 422
    assert told["problems"] == refused.json()["problems"]
    assert "batch_size" in told["problems"][0]["field"]
    assert told["memory"]["bytes"] > 1000


def test_a_firing_rate_of_ones_own_is_taken_and_named(alice, as_user, config):
    document = config.model_dump(mode="json")
    first = ask(as_user(alice), document).json()["synops"]
    own = ask(as_user(alice), document, firing_rate=0.34).json()["synops"]
    assert own["firing_rate"] | {"measured": None} == {
        "value": 0.34, "source": "your own", "poster": 0.17, "measured": None,
    }  # fmt: skip
    assert own["max"] > first["max"]


@pytest.mark.parametrize("rate", [0, -1, 1.5, True, "much", float("nan")])
def test_a_firing_rate_out_of_bounds_is_refused_at_its_field(alice, as_user, config, rate):
    response = ask(as_user(alice), config.model_dump(mode="json"), firing_rate=rate)
    assert response.status_code == 422
    assert response.json()["problems"] == [{"field": "firing_rate", "message": "must be more than 0, at most 1"}]


def finish(study: Study, rate: float) -> None:
    """As the runner leaves a study that succeeded; only what an estimate reads of it."""
    Study.objects.filter(id=study.id).update(state="succeeded", finished=timezone.now())
    payload = {"kind": "study_finished", "firing_rate": rate}
    Event.objects.create(study=study, seq=99, kind="study_finished", payload=payload, time=timezone.now())


def test_a_rate_measured_here_is_the_median_of_ones_own_winners_on_the_same_data(alice, bob, as_user, config):
    for rate in (0.1, 0.2, 0.4):
        finish(services.create_study(alice, config), rate)
    finish(services.create_study(bob, config), 0.9)
    document = config.model_dump(mode="json")
    offered = ask(as_user(alice), document).json()["synops"]["firing_rate"]
    assert offered["measured"] == {"value": 0.2, "studies": 3}
    assert offered["value"] == 0.17
    taken = ask(as_user(alice), document, firing_rate=0.2).json()["synops"]["firing_rate"]
    assert taken["source"] == "median of 3 winners measured here on this data set"
    elsewhere = PRESETS["paper-cifar10"].config.model_dump(mode="json")
    assert ask(as_user(alice), elsewhere).json()["synops"]["firing_rate"]["measured"] is None


def test_a_clone_begins_with_its_parent_and_is_compared_with_it(alice, bob, as_user, study):
    query = f"?from={study.id}"
    assert page_data(as_user(alice), query, "initial") == study.config
    origin = page_data(as_user(alice), query, "origin")
    assert origin == {"title": study.name, "url": f"/studies/{study.id}", "config": study.config}
    assert as_user(bob).get(f"/studies/new{query}").status_code == 404
    assert as_user(alice).get(f"/studies/new?from={uuid4()}").status_code == 404
    assert as_user(alice).get("/studies/new?from=none").status_code == 404


def test_a_clone_of_an_older_study_begins_with_the_rules_of_its_time(alice, as_user, study):
    old = json.loads(json.dumps(study.config)) | {"version": 1}
    del old["search"]["ties"], old["search"]["crossover_cut"], old["supernet"]["unsampled"]
    Study.objects.filter(id=study.id).update(config=old)
    found = page_data(as_user(alice), f"?from={study.id}", "initial")
    assert (found["search"]["ties"], found["search"]["crossover_cut"]) == ("oldest", "searched_layers")
    assert found["supernet"]["unsampled"] == "rest"


def test_a_preset_in_the_address_is_what_the_form_is_compared_with(alice, as_user):
    assert page_data(as_user(alice), "?preset=snn-3", "origin")["title"] == PRESETS["snn-3"].title
    assert page_data(as_user(alice), "", "origin")["title"] == PRESETS["quick-look"].title


def test_every_preset_says_how_long_it_takes_here_once_a_worker_is_measured(alice, as_user):
    assert {p["seconds"] for p in page_data(as_user(alice), "", "presets-data")} == {None}
    main_process.send_heartbeat("celery@here")
    Worker.objects.update(macs_per_second=1e9)
    seconds = {p["key"]: p["seconds"] for p in page_data(as_user(alice), "", "presets-data")}
    assert set(seconds) == set(PRESETS)
    assert seconds["quick-look"] < seconds["cifar10-hour"] < seconds["paper-cifar10"]
