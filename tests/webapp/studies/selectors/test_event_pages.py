"""The past of a study in pieces: bounded by count and length, in order, each event once."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from webapp.studies.models import Event
from webapp.studies.selectors import event_pages
from webapp.studies.selectors.event_pages import read_events
from webapp.studies.views import api

pytestmark = pytest.mark.django_db


@pytest.fixture
def long_past(study):
    """After the first event, which says that the study is queued, 99 of 1,000 characters each."""
    [first] = study.events.all()
    payload = {"kind": "state_changed", "reason": "x" * 1000}
    more = [Event(study=study, seq=k, kind=first.kind, payload=payload, time=first.time) for k in range(2, 101)]
    Event.objects.bulk_create(more)
    type(study).objects.filter(id=study.id).update(last_seq=100)
    return study


def numbers(*asked) -> list[int]:
    return [seq for seq, _ in read_events(*asked)]


def test_a_piece_ends_with_the_event_that_makes_it_too_long(long_past):
    assert numbers(long_past.id, 1, 500, 3000) == [2, 3, 4]
    assert numbers(long_past.id, 4, 500, 3000) == [5, 6, 7]
    assert numbers(long_past.id, 4, 2, 3000) == [5, 6]


def test_a_piece_has_an_event_however_long_that_is(long_past):
    assert numbers(long_past.id, 1, 500, 10) == [2]


def test_a_piece_without_an_end_by_length_is_all_there_is(long_past):
    assert numbers(long_past.id, 0, 500, 10**9) == list(range(1, 101))
    assert numbers(long_past.id, 0, 42, 10**9) == list(range(1, 43))
    assert numbers(long_past.id, 100, 500, 10**9) == []


def test_what_is_read_beyond_a_piece_is_bounded(long_past, monkeypatch):
    read: list[int] = []
    monkeypatch.setattr(
        event_pages, "wire", lambda event: read.append(event.seq) or {"reason": event.payload["reason"]}
    )
    with CaptureQueriesContext(connection) as asked:
        assert numbers(long_past.id, 1, 500, 3000) == read == [2, 3, 4]
    limits = [int(query["sql"].rsplit("LIMIT ", 1)[1]) for query in asked]
    assert limits == [2, 8], "however many there are"


def test_a_page_of_the_api_is_bounded_and_the_cursor_leads_through_all(long_past, alice, as_user, monkeypatch):
    monkeypatch.setattr(api, "EVENTS_CHARACTERS", 20_000)
    client, seen, pages = as_user(alice), [], 0
    while True:
        answer = client.get(f"/api/studies/{long_past.id}/events?after={len(seen)}")
        assert answer["Content-Type"] == "application/json"
        assert len(answer.content) < 22_000
        seen += [row["seq"] for row in answer.json()["events"]]
        pages += 1
        if seen[-1] == answer.json()["last_seq"]:
            break
    assert seen == list(range(1, 101))
    assert pages == 6


def test_a_piece_is_what_the_wire_has(study):
    [(seq, text)] = read_events(study.id, 0, 1, 1)
    assert seq == 1
    assert json.loads(text) == {
        "seq": 1,
        "time": study.events.get().time.isoformat(),
        "event": {"kind": "state_changed", "state": "queued", "reason": ""},
    }
