"""Operations and energy of a candidate and of the winner over the API: sums by hand, costs by name and one's own."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from engine.config.presets import PRESETS
from engine.metrics.energy_comparison import beside_ann
from engine.space.architecture import Architecture
from engine.space.shapes import layer_specs
from webapp.studies.models import Candidate, Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def evaluated(study, config):
    """The study with one candidate and a winner, whose every row spikes once a step, and with their layers."""
    architecture = config.space.at(config.space.size - 1)
    layers = layer_specs(config.network.macro, architecture, config.input, config.neuron_parameters)
    ones = np.ones((len(layers), config.network.time_steps), "<f4").tobytes()
    Candidate.objects.create(
        study=study, number=0, generation=0, architecture=architecture.code, accuracy=0.5, spikes=1.0, firing_rate=0.1,
        fitness=0.5, parameters=1, origin="random", spike_map=ones,
    )  # fmt: skip
    finished = {"architecture": architecture.code, "spike_map": base64.b64encode(ones).decode()}
    Event.objects.create(study=study, seq=99, kind="study_finished", payload=finished, time=study.created)
    return study, layers, config.network.time_steps


def ask(client, study, query=""):
    return client.get(f"/api/studies/{study.id}/energy{query}")


def test_the_ledger_sums_to_n_and_to_its_energy(alice, as_user, evaluated):
    study, layers, steps = evaluated
    found = ask(as_user(alice), study, "?candidate=0").json()
    assert [row["name"] for row in found["rows"]] == [row.name for row in layers]
    assert found["spikes"] == len(layers) * steps == sum(row["spikes"] for row in found["rows"])
    assert found["rows"][0]["macs"] == layers[0].macs, "the stem of a static image runs once"
    assert found["macs"] == layers[0].macs
    # the output layer reads the spikes of the row before it: each reaches every output neuron
    last = layers[-1]
    assert found["rows"][-1]["acs"] == pytest.approx(steps * last.macs / layers[-2].output_elements)
    # float32 at 45 nm: 4.6 pJ a MAC, 0.9 pJ an AC
    assert found["energy_nj"] == pytest.approx((4.6 * found["macs"] + 0.9 * found["acs"]) / 1000)
    assert sum(row["energy_nj"] for row in found["rows"]) == pytest.approx(found["energy_nj"])
    assert (found["tag"], found["basis"]) == ("validation, supernet", "estimated")


def test_the_winner_has_its_own_map(alice, as_user, evaluated):
    found = ask(as_user(alice), evaluated[0]).json()
    assert found["tag"] == "test, retrained"
    assert Architecture.from_code(found["architecture"])


def test_costs_by_name_and_ones_own(alice, as_user, evaluated):
    study, _, _ = evaluated
    client = as_user(alice)
    eight = ask(client, study, "?costs=int8-45nm").json()
    assert eight["costs"]["mac_pj"] == 0.23
    own = ask(client, study, "?mac_pj=2&ac_pj=0&source=my%20chip").json()
    assert own["energy_nj"] == pytest.approx(2 * own["macs"] / 1000)
    assert own["costs"]["source"] == "my chip"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?costs=gold", "must be one of float32-45nm"),
        ("?mac_pj=2", "missing: ac_pj, source"),
        ("?mac_pj=x&ac_pj=1&source=s", "must be a number, got 'x'"),
        ("?mac_pj=-1&ac_pj=1&source=s", "must be at least 0"),
        ("?mac_pj=nan&ac_pj=1&source=s", "finite"),
    ],
)
def test_bad_costs_are_refused_with_their_field(alice, as_user, evaluated, query, words):
    response = ask(as_user(alice), evaluated[0], query)
    assert response.status_code == 422
    assert words in " ".join(f"{p['field']} {p['message']}" for p in response.json()["problems"])


def test_others_studies_and_unknown_candidates_are_not_found(alice, bob, as_user, evaluated):
    assert ask(as_user(bob), evaluated[0]).status_code == 404
    for number in ("7", "-1", "x", "9" * 30):
        assert ask(as_user(alice), evaluated[0], f"?candidate={number}").status_code == 404


def test_memory_accesses_stand_beside_an_8_bit_ann_whatever_the_costs(alice, as_user, evaluated):
    study, layers, _ = evaluated
    found = ask(as_user(alice), study, "?candidate=0").json()["memory"]
    assert [row["name"] for row in found["rows"]] == [row.name for row in layers if row.output_elements]
    assert found["ratio"] == pytest.approx(found["snn_int8_nj"]["total"] / found["ann_int8_nj"]["total"])
    assert "Lemaire" in found["source"]
    assert ask(as_user(alice), study, "?candidate=0&costs=int8-45nm").json()["memory"] == found


@pytest.mark.parametrize(
    ("block", "rate"), [("SCB_k3", 0.18), ("SRB_k3", 0.17), ("SIB_k3_e1", 0.23), ("SIB_k3_e3", 0.17)]
)
def test_the_ratios_of_the_docs_are_those_of_the_model(alice, as_user, block, rate):
    study = PRESETS["table-blocks"].config
    arm = next(arm for arm in study.analysis.arms if arm.label == block)
    config, architecture = study.arm_config(arm), Architecture.from_code(arm.architectures[0])
    layers = layer_specs(config.network.macro, architecture, config.input, config.neuron_parameters)
    spikes = np.array([[layer.output_elements * rate] * config.network.time_steps for layer in layers], np.float32)
    found = beside_ann(config, architecture, spikes)
    page = as_user(alice).get("/docs/energy").content.decode()
    cells = f"{rate:.0%}", f"{found['ratio']:.2f}", f"{found['break_even_firing_rate']:.1%}"
    line = "".join(f'<td class="number">{cell.replace("%", " %")}</td>' for cell in cells)
    assert f'<tr><th scope="row">{block}</th>{line}</tr>' in page
