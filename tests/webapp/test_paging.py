"""Lists of the API come in pages after a cursor, at a number of queries that does not grow."""

from __future__ import annotations

import pytest

from engine.events import to_wire
from tests.webapp.fake_engine import commit, generation
from webapp.studies import services
from webapp.studies.listing import PAGE
from webapp.studies.models import Event, Study

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(study):
    """Two more than a page; each a millisecond older than the one before."""
    rows = [
        Study(owner=study.owner, name=f"{k}", config=study.config, config_digest="", seed=k) for k in range(PAGE + 1)
    ]
    Study.objects.bulk_create(rows)
    return PAGE + 2


def test_pages_of_studies_hold_each_once_and_newest_first(many, study, alice, as_user):
    client, seen, before = as_user(alice), [], ""
    while before is not None:
        page = client.get(f"/api/studies?before={before}").json()
        seen += [row["id"] for row in page["studies"]]
        before = page["next"]
    assert len(seen) == len(set(seen)) == many
    assert seen[-1] == str(study.id)


def test_a_cursor_that_names_no_study_of_ones_own_begins_at_the_beginning(study, alice, bob, as_user):
    stranger = as_user(bob)
    for before in ("nonsense", str(study.id), "00000000-0000-4000-8000-000000000000"):
        assert stranger.get(f"/api/studies?before={before}").json() == {"studies": [], "next": None}
    assert len(as_user(alice).get("/api/studies?before=nonsense").json()["studies"]) == 1


def test_the_page_leads_to_older_studies(many, alice, as_user):
    page = as_user(alice).get("/").content.decode()
    oldest = as_user(alice).get("/api/studies").json()["next"]
    assert f'href="/?before={oldest}"' in page
    assert "Older studies" not in as_user(alice).get(f"/?before={oldest}").content.decode()


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
        with django_assert_max_num_queries(4):  # session, user, study, events
            assert len(client.get(f"/api/studies/{study.id}/events?after={after}").json()["events"]) == expected
