"""Warnings of a stored study: from its rows alone, in few queries, on its page, in the API and over the socket."""

from __future__ import annotations

import json
import re

import pytest
from asgiref.sync import sync_to_async

from engine.events import GenerationFinished, SupernetFinished, to_wire
from engine.figures.facts import warnings_of as warnings_of_record
from engine.figures.record import of_events
from tests.recorded import keep
from tests.webapp.fake_engine import commit, generation
from tests.webapp.studies.test_consumer import connect
from webapp.demo import recording
from webapp.studies import services
from webapp.studies.models import Candidate, Event, Study
from webapp.studies.selectors.warnings import warnings_of

pytestmark = pytest.mark.django_db


def silenced(study: Study) -> Study:
    """The study as if no neuron had ever fired."""
    Candidate.objects.filter(study=study).update(accuracy=0.1, spikes=0.0, fitness=0.0)
    for event in Event.objects.filter(study=study, kind__in=("supernet_finished", "study_finished")):
        quiet = {"average_spikes": 0.0, "test_spikes": 0.0, "test_accuracy": 0.1}
        event.payload |= {key: value for key, value in quiet.items() if key in event.payload}
        event.save()
    return study


def codes(study: Study) -> list[str]:
    return [one["code"] for one in warnings_of(study)]


def test_a_good_study_has_none(alice):
    assert codes(keep(alice)) == []


def test_a_silent_study_says_so_in_three_queries(alice, django_assert_max_num_queries):
    study = silenced(keep(alice))
    with django_assert_max_num_queries(4):  # events, config, candidates, the fittest
        found = warnings_of(study)
    assert [one["code"] for one in found] == ["silent", "tied"]
    assert "the supernet (N_avg), the fittest of the search and the retrained winner" in found[0]["message"]
    assert "network.neuron.threshold" in found[0]["advice"]
    with django_assert_max_num_queries(0):  # stored events never change
        assert warnings_of(study) == found


def test_rows_and_events_give_the_same_warnings(alice):
    """The command line reads events, the page reads rows; before there is a winner both look into the fittest."""
    for generations in (None, 2):
        study = keep(alice, generations=generations)
        told = recording.events()[: study.last_seq]
        record = of_events(recording.config(), told)
        assert [one.code for one in warnings_of_record(record)] == codes(study)


def test_dead_layers_of_the_fittest_are_told_before_there_is_a_winner(alice):
    study = keep(alice, generations=2)
    best = Candidate.objects.filter(study=study).order_by("-fitness", "number")[0]
    best.spike_map = bytes(16) + bytes(best.spike_map)[16:]  # T = 4: the stem
    best.save()
    [found] = warnings_of(study)
    assert (found["code"], "stem of the fittest of the search" in found["message"]) == ("dead_layers", True)


def test_page_and_api_have_them_and_a_list_asks_for_none(alice, as_user, django_assert_max_num_queries):
    client = as_user(alice)
    study = silenced(keep(alice))
    page = client.get(f"/studies/{study.id}").content.decode()
    section = page[page.index('<section id="warnings"') : page.index('<nav id="tabs"')]
    assert "Silent network: N = 0" in section
    assert "hidden" not in section.split(">")[0]
    assert [one["code"] for one in client.get(f"/api/studies/{study.id}").json()["warnings"]] == ["silent", "tied"]
    for number in range(3):
        silenced(keep(alice, f"More {number}"))
    with django_assert_max_num_queries(8):
        client.get("/api/studies")


def test_the_section_is_hidden_where_nothing_is_the_matter(alice, as_user):
    page = as_user(alice).get(f"/studies/{keep(alice).id}").content.decode()
    assert re.search(r'<section id="warnings"[^>]* hidden>', page)


def test_report_kit_and_comparison_say_it(alice, as_user):
    client = as_user(alice)
    study, other = silenced(keep(alice, "Quiet")), keep(alice, "Loud")
    assert "Silent network: N = 0" in client.get(f"/studies/{study.id}/report").content.decode()
    assert "Silent network" not in client.get(f"/studies/{other.id}/report").content.decode()
    assert "Warnings: Silent network" in client.get(f"/studies/{study.id}/figures/method.txt").content.decode()
    told = client.get(f"/api/compare?s={study.id},{other.id}").json()["warnings"]
    assert [one["message"].split(":")[0] for one in told if one["kind"] == "silent"] == ["Quiet"]


def test_no_number_of_a_silent_study_is_infinite(alice, as_user):
    client, study = as_user(alice), silenced(keep(alice))
    for address in (f"/api/studies/{study.id}", f"/api/studies/{study.id}/events", f"/api/compare?s={study.id}"):
        assert not re.search(r"NaN|Infinity", client.get(address).content.decode())


@pytest.mark.django_db(transaction=True)
async def test_an_open_page_hears_of_them_when_a_generation_finishes(study, alice):
    socket = await connect(study.id, alice)
    assert (await socket.frame())["summary"]["warnings"] == []
    lease = await sync_to_async(services.claim)(study.id, "a")
    quiet = [c.model_copy(update={"spikes": 0.0, "fitness": 0.0, "accuracy": 0.1}) for c in generation(0).candidates]
    told: GenerationFinished = generation(0).model_copy(update={"candidates": tuple(quiet)})
    events = [to_wire(SupernetFinished(average_spikes=0.0)), to_wire(told)]
    await sync_to_async(services.commit_step)(lease, events, commit(1))
    while True:
        frame = await socket.frame()
        if frame["type"] == "summary" and frame["summary"]["warnings"]:
            break
    assert [one["code"] for one in frame["summary"]["warnings"]] == ["silent", "tied"]
    assert "NaN" not in json.dumps(frame)
    await socket.leave()
