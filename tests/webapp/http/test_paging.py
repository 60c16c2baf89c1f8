"""Lists of the API come in pages after a cursor, at a number of queries that does not grow."""

from __future__ import annotations

import re

import pytest

from engine.events import to_wire
from tests.webapp.fake_engine import commit, generation
from webapp.studies import services
from webapp.studies.models import Event, Study
from webapp.studies.selectors.listing import PAGE

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(study):
    """Two more than a page; each a millisecond older than the one before."""
    rows = [
        Study(owner=study.owner, name=f"{k}", config=study.config, config_digest="", seed=k) for k in range(PAGE + 1)
    ]
    Study.objects.bulk_create(rows)
    return PAGE + 2


def all_pages(client) -> list[str]:
    seen, before = [], ""
    while before is not None:
        page = client.get(f"/api/studies?before={before}").json()
        seen += [row["id"] for row in page["studies"]]
        before = page["next"]
    return seen


def test_pages_of_studies_hold_each_once_and_newest_first(many, study, alice, as_user):
    seen = all_pages(as_user(alice))
    assert len(seen) == len(set(seen)) == many
    assert seen[-1] == str(study.id)


def test_so_do_pages_of_studies_of_one_moment(many, study, alice, as_user):
    Study.objects.update(created=study.created)
    seen = all_pages(as_user(alice))
    assert len(seen) == len(set(seen)) == many


def test_a_cursor_outlives_the_study_it_ends_with(many, alice, as_user):
    client = as_user(alice)
    page = client.get("/api/studies").json()
    rest = client.get(f"/api/studies?before={page['next']}").json()["studies"]
    Study.objects.filter(id=page["studies"][-1]["id"]).delete()
    assert client.get(f"/api/studies?before={page['next']}").json()["studies"] == rest
    assert len(rest) == 2


@pytest.mark.parametrize(
    "before",
    ["nonsense", "00000000-0000-4000-8000-000000000000", "2026-11-26T14:00:00Z,", "2026-11-26T14:00:00Z,x", "Z,\0"],
)
def test_a_cursor_that_cannot_be_read_is_refused(study, alice, as_user, before):
    answer = as_user(alice).get("/api/studies", {"before": before})
    [problem] = answer.json()["problems"]
    assert (answer.status_code, problem["field"]) == (422, "before")
    assert problem["message"].startswith("must be the `next` of another page, got ")
    for archived, beginning in (("", "/"), ("1", "/?archived=1")):
        assert as_user(alice).get("/", {"before": before, "archived": archived}).url == beginning


def test_the_page_leads_to_older_studies(many, alice, as_user):
    page = as_user(alice).get("/").content.decode()
    oldest = as_user(alice).get("/api/studies").json()["next"]
    assert f'href="/?before={oldest}"' in page
    assert re.search("<p hidden><a [^>]*>Older studies", as_user(alice).get(f"/?before={oldest}").content.decode())


def found(client, words: str, **more: str) -> dict:
    return client.get("/api/studies", {"q": words, **more}).json()


def names(client, words: str, **more: str) -> list[str]:
    return [row["name"] for row in found(client, words, **more)["studies"]]


@pytest.fixture
def named(alice, config):
    """A maker of studies by name, in the order of making."""

    def make(*several: str, owner=alice, **fields) -> list[Study]:
        made = [
            Study(owner=owner, name=name, config=config.model_dump(mode="json"), config_digest="", seed=0, **fields)
            for name in several
        ]
        return Study.objects.bulk_create(made)

    return make


def test_words_are_looked_for_in_name_data_set_state_and_owner(named, alice, admin, as_user):
    named("Deep SNN", "deep ANN")
    named("Deep too", state="paused")
    named("Other", owner=admin)
    client = as_user(admin)
    for words, wanted in {
        "deep": ["Deep too", "deep ANN", "Deep SNN"],
        "  DEEP\tpAuSeD ": ["Deep too"],
        "deep snn": ["Deep SNN"],
        "root": ["Other"],
        "alice deep draft optical": ["deep ANN", "Deep SNN"],
        "digits too": ["Deep too"],
        "cifar": [],
        "deep\0": [],
        "": ["Other", "Deep too", "deep ANN", "Deep SNN"],
    }.items():
        assert names(client, words) == wanted, words
    assert names(as_user(alice), "root") == []
    assert found(client, "deep snn") | {"studies": None} == {"studies": None, "next": None, "count": 1, "total": 4}


@pytest.mark.parametrize("word", ["100%", "a_b", "c\\d", "(x", "[y]", "é", "$", ".*", "'", "***="])
def test_a_word_stands_for_itself_alone(named, alice, as_user, word):
    named(f"It is {word}!", "It is nothing: 1000 axb cd xy e")
    assert names(as_user(alice), word) == [f"It is {word}!"]


def test_capitals_are_no_other_letters_in_any_alphabet(named, alice, as_user):
    named("Größe ΔΣ Ж")
    assert names(as_user(alice), "GRÖß δσ ж") == ["Größe ΔΣ Ж"]


def test_a_search_goes_through_all_pages_and_comes_in_pages_itself(many, study, alice, as_user):
    client = as_user(alice)
    assert found(client, "tiny")["studies"][0]["id"] == str(study.id)  # the oldest, on no first page
    Study.objects.exclude(id=study.id).update(name="Plenty")
    first = found(client, "plenty")
    rest = found(client, "plenty", before=first["next"])
    assert (len(first["studies"]), first["count"], first["total"]) == (PAGE, PAGE + 1, many)
    assert (len(rest["studies"]), rest["next"], rest["count"], rest["total"]) == (1, None, PAGE + 1, many)
    assert {row["name"] for row in first["studies"] + rest["studies"]} == {"Plenty"}


def test_the_archive_is_searched_by_itself(named, alice, as_user):
    named("Put away", archived=True)
    named("Put down")
    assert names(as_user(alice), "put") == ["Put down"]
    assert names(as_user(alice), "put", archived="1") == ["Put away"]


def test_what_is_looked_for_has_a_bound(alice, as_user):
    client = as_user(alice)
    assert client.get("/api/studies", {"q": "x" * 200}).status_code == 200
    refused = client.get("/api/studies", {"q": "x" * 201})
    wanted = [{"field": "q", "message": "must be at most 200 characters, got 201"}]
    assert (refused.status_code, refused.json()["problems"]) == (422, wanted)


def test_events_cost_as_many_queries_however_many_there_are(study, alice, as_user, django_assert_max_num_queries):
    lease = services.claim(study.id, "here/1/1")
    services.commit_step(lease, [to_wire(generation(0))], commit(1))
    last = Event.objects.filter(study=study).latest("seq")
    more = [
        Event(study=study, seq=last.seq + k, kind=last.kind, payload=last.payload, time=last.time)
        for k in range(1, 600)
    ]
    Event.objects.bulk_create(more)
    client = as_user(alice)
    for after, expected in ((0, 500), (last.seq + 599 - 3, 3)):
        with django_assert_max_num_queries(8):  # session, user, study, and events five times, ever more of them
            assert len(client.get(f"/api/studies/{study.id}/events?after={after}").json()["events"]) == expected
