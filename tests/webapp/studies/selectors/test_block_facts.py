"""What pages tell the browser of blocks, and a user's own family on them: in the form, in a study, in its page."""

from __future__ import annotations

import json

import pytest

from engine.config.parse import parse_config
from engine.config.presets import PRESETS
from engine.space.shapes import layer_specs
from tests.browser_facts import FIXTURE, served
from tests.own_blocks import DILATED, EVERY_OTHER, TWO_PATHS, registered
from webapp.studies.models import Study
from webapp.studies.selectors.block_facts import block_facts, output_elements, stored_output_elements


def page_data(page, key):
    _, after = page.content.decode().split(f'<script id="{key}" type="application/json">')
    return json.loads(after.split("</script>")[0])


def post(client, document):
    return client.post("/api/studies", json.dumps({"config": document}), content_type="application/json")


def naming(config, *candidates, **neuron):
    document = config.model_dump(mode="json")
    document["network"]["candidates"] = list(candidates)
    document["network"]["neuron"] |= neuron
    return document


def test_the_tests_of_the_browser_know_what_pages_tell():
    assert json.loads(FIXTURE.read_text()) == served(), "python -m tests.browser_facts writes it anew"


@pytest.mark.parametrize("key", ["quick-look", "snn-2", "snn-3", "digits-blocks"])
def test_counted_outputs_are_those_of_each_architecture(key):
    config = PRESETS[key].config
    elements = json.loads(json.dumps(output_elements(config)))
    for position in range(0, config.space.size, max(1, config.space.size // 50)):
        architecture = config.space.at(position)
        codes = iter(architecture.code.split("-"))
        chosen = [each if isinstance(each, int) else each[next(codes)] for each in elements]
        layers = layer_specs(config.network.macro, architecture, config.input, config.neuron_parameters)
        assert chosen == [row.output_elements for row in layers]


def test_an_own_family_s_facts_are_served_with_the_others():
    with registered(TWO_PATHS, DILATED, EVERY_OTHER):
        found = block_facts()
        assert {"name": "two_paths", "letter": "T", "label": "k×k and 1×1 side by side"} in found["families"]
        own = {"family": "two_paths", "kernel": 3, "fill": "#aaddaa", "outline": "solid", "arc": True}
        assert {"name": "TPB_k3", "code": "T3", **own} in found["blocks"]
        assert found["neurons"]["every_other"] == "Every other step"
    assert "every_other" not in block_facts()["neurons"]


@pytest.mark.django_db
def test_the_form_offers_an_own_family_and_an_own_neuron(alice, as_user):
    with registered(TWO_PATHS, EVERY_OTHER):
        page = as_user(alice).get("/studies/new")
        defined = page_data(page, "schema")["$defs"]
        assert "TPB_k3" in defined["NetworkConfig"]["properties"]["candidates"]["items"]["enum"]
        assert "every_other" in defined["NeuronConfig"]["properties"]["kind"]["enum"]
        assert "TPB_k3" in [block["name"] for block in page_data(page, "blocks")["blocks"]]


@pytest.mark.django_db
def test_a_study_of_an_own_family_is_launched_and_its_pages_show_it(alice, as_user, config):
    client = as_user(alice)
    with registered(TWO_PATHS):
        document = naming(config, "TPB_k3", "skip_connect")
        estimate = client.post(
            "/api/estimate", json.dumps({"config": document}), content_type="application/json"
        ).json()
        assert estimate["digest"] == parse_config(document).digest() != config.digest()
        assert post(client, document).status_code == 201
        study = Study.objects.get()
        assert study.config["network"]["candidates"] == ["TPB_k3", "skip_connect"]
        page = client.get(study.get_absolute_url())
        assert page_data(page, "study")["config"]["network"]["candidates"][0] == "TPB_k3"
        assert next(list(each) for each in page_data(page, "output-elements") if isinstance(each, dict)) == ["T3", "S"]
        code = "-".join(["T3"] * len(parse_config(document).space.choices))
        architecture = client.get(f"{study.get_absolute_url()}/archs/{code}")
        assert "TPB_k3" in [row["block"] for row in page_data(architecture, "data")["rows"]]
    gone = client.get(study.get_absolute_url())
    assert gone.status_code == 200  # by a web process that does not know the family
    assert page_data(gone, "output-elements") == stored_output_elements(study.config) == []


@pytest.mark.django_db
def test_the_api_says_of_an_unknown_family_what_families_there_are(alice, as_user, config):
    answer = post(as_user(alice), naming(config, "SCB_k3", "TPB_k3"))
    assert answer.status_code == 422
    [problem] = answer.json()["problems"]
    assert problem["field"] == "network.candidates.1"
    assert problem["message"].startswith("must be a block of the families skip (skip_connect), scb (SCB_k3, SCB_k5, ")
    assert problem["message"].endswith(", got TPB_k3")
    assert not Study.objects.exists()
