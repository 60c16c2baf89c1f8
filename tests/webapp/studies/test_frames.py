"""Frames of the socket: bounded, in order, nothing doubled, and free of spike maps."""

from __future__ import annotations

import json

import pytest
from asgiref.sync import sync_to_async

from engine.events import from_wire, to_wire
from tests.large_study import config as large_config
from tests.large_study import events as large_events
from tests.large_study import store
from tests.webapp.fake_engine import commit, generation
from tests.webapp.studies.test_consumer import connect
from webapp.studies import consumer, services
from webapp.studies.models import Event


@pytest.mark.django_db(transaction=True)
async def test_a_long_past_comes_in_several_frames_each_event_once(study, alice, monkeypatch):
    monkeypatch.setattr(consumer, "FRAME_CHARACTERS", 600)
    lease = await sync_to_async(services.claim)(study.id, "a")
    for number in range(6):
        await sync_to_async(services.commit_step)(lease, [to_wire(generation(number))], commit(number + 1))
    socket = await connect(study.id, alice)
    frames = []
    while sum(len(frame["events"]) for frame in frames) < 8:
        frame = await socket.frame()
        frames += [frame] if frame["type"] == "events" else []
    assert len(frames) > 2
    assert [event["seq"] for frame in frames for event in frame["events"]] == list(range(1, 9))
    assert "spike_map" not in json.dumps(frames)
    await socket.leave()


@pytest.mark.django_db
def test_a_study_of_many_generations_is_stored_whole_and_travels_without_maps(alice, as_user):
    study_id = store("alice", generations=30)
    answer = as_user(alice).get(f"/api/studies/{study_id}/events?limit=500").json()
    assert [event["seq"] for event in answer["events"]] == list(range(1, answer["last_seq"] + 1))
    generations = [e["event"] for e in answer["events"] if e["event"]["kind"] == "generation_finished"]
    assert len(generations) == 30
    assert "spike_map" not in generations[0]["candidates"][0]
    assert Event.objects.filter(study_id=study_id, kind="state_changed").last().payload["state"] == "succeeded"


def test_the_invented_events_have_the_recorded_schema():
    for event in large_events(3):
        from_wire(event)
    assert large_config().space.size == 15_625
