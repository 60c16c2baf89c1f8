"""Report, paper kit and replays: what they hold, how few queries they need, and what is not there yet."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest

from webapp.demo import recording
from webapp.studies.selectors.records import record_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def recorded(alice):
    from tests.recorded import keep

    return keep(alice, "A <b>bold</b> study")


def test_the_stored_study_draws_what_the_events_alone_draw(recorded):
    from engine.figures.record import of_events

    assert record_of(recorded) == of_events(record_of(recorded).config, recording.events())


def test_the_kit_is_a_zip_of_everything_and_each_file_has_an_address(recorded, alice, as_user):
    client = as_user(alice)
    answer = client.get(f"/studies/{recorded.id}/paper-kit")
    assert 'filename="a-bbold' in answer["Content-Disposition"]
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    names = archive.namelist()
    assert {"front.svg", "front.tex", "front.csv", "winner.svg", "references.bib", "method.tex"} <= set(names)
    for name in names:
        one = client.get(f"/studies/{recorded.id}/figures/{name}")
        assert one.content == archive.read(name), name
        assert one["Content-Disposition"].startswith("attachment")
        assert one["X-Content-Type-Options"] == "nosniff"
    assert json.loads(archive.read("study.json"))["name"] == recorded.name
    assert recorded.config_digest.encode() in archive.read("front.csv")


@pytest.mark.parametrize("name", ["nothing.svg", "winner.png", "genome-C3-C3.svg", "genome-<script>.svg", "..%2fx.svg"])
def test_what_the_kit_does_not_hold_is_not_found(recorded, alice, as_user, name):
    assert as_user(alice).get(f"/studies/{recorded.id}/figures/{name}").status_code == 404


def test_a_evaluated_architecture_off_the_front_has_its_picture_too(recorded, alice, as_user):
    record = record_of(recorded)
    off = next(one for one in record.evaluated if one not in record.front)
    assert as_user(alice).get(f"/studies/{recorded.id}/figures/genome-{off.architecture}.svg").status_code == 200


def test_the_report_says_everything_with_few_queries(recorded, alice, as_user, django_assert_max_num_queries):
    client = as_user(alice)
    with django_assert_max_num_queries(7):
        page = client.get(f"/studies/{recorded.id}/report").content.decode()
    record = record_of(recorded)
    for part in (
        recorded.config_digest, record.started.data_digest, record.finished.sha256, "validation, supernet",
        "test, retrained", f"{record.finished.test_accuracy:.2%}", "search.population",
        "python -m engine run study.json",
        "A &lt;b&gt;bold&lt;/b&gt; study",
    ):  # fmt: skip
        assert part in page
    assert "<b>bold</b>" not in page
    assert page.count('<tr class="fittest">') == 1


def test_the_report_keeps_each_picture_s_place_until_it_comes(recorded, alice, as_user):
    client = as_user(alice)
    page = client.get(f"/studies/{recorded.id}/report").content.decode()
    places = re.findall(r'src="(/studies/[^"]+\.svg)" width="(\d+)" height="(\d+)"', page)
    assert len(places) == 2 + len(record_of(recorded).front)
    for address, width, height in places:
        assert f'width="{width}" height="{height}" role="img"' in client.get(address).content.decode()


def test_a_report_of_a_study_that_has_just_begun(study, alice, as_user):
    page = as_user(alice).get(f"/studies/{study.id}/report").content.decode()
    assert "This study is queued" in page
    assert "No architecture has been evaluated yet" in page
    assert "front.svg" not in page


def test_an_analysis_has_its_arms_on_paper(study, alice, as_user):
    from webapp.studies.models import Event

    spread = {"n": 3, "mean": 0.5, "deviation": 0.01, "minimum": 0.4, "maximum": 0.6}
    arm = {"arm": "R3-R3", "seeds": [0, 1, 2], "epochs": 2, "accuracy": spread, "spikes": spread | {"mean": 1234.5}}
    Event.objects.create(
        study=study, seq=99, kind="analysis_finished", payload={"kind": "analysis_finished", "arms": [arm]},
        time=study.created,
    )  # fmt: skip
    page = as_user(alice).get(f"/studies/{study.id}/report").content.decode()
    assert "50.00 ± 1.00 %" in page
    assert "1,234.5 ± 0.0" in page


def test_replays_come_with_what_the_browser_needs(recorded, study, alice, as_user):
    client = as_user(alice)
    own = client.get(f"/studies/{recorded.id}/replay").context["replay"]
    assert own["events"] == f"/api/studies/{recorded.id}/events"
    assert own["running"] is False
    assert client.get(f"/studies/{study.id}/replay").context["replay"]["running"] is True
    demo = client.get("/demo").context["replay"]
    assert demo["events"] == "/api/demo/events"
    assert "Try it: Quick look" in client.get("/demo").content.decode()


def test_the_recording_is_a_whole_study_and_small(alice, as_user):
    client = as_user(alice)
    answer = client.get("/api/demo/events").json()
    kinds = [row["event"]["kind"] for row in answer["events"]]
    assert kinds[0] == "study_started"
    assert kinds[-1] == "study_finished"
    assert [row["seq"] for row in answer["events"]] == list(range(1, answer["last_seq"] + 1))
    assert client.get(f"/api/demo/events?after={answer['last_seq']}").json()["events"] == []
    assert client.get("/api/demo/events?after=-1").json()["last_seq"] == answer["last_seq"]
    assert answer["events"][0]["event"]["config_digest"] == recording.config().digest()
    assert recording.EVENTS.stat().st_size < 300_000


def test_the_recording_s_numbers_agree_with_one_another():
    record_config, told = recording.config(), recording.events()
    from engine.figures.record import of_events

    record = of_events(record_config, told)
    last = [event for event in told if event["kind"] == "generation_finished"][-1]
    assert [one.number for one in record.front] == last["front"]
    assert record.fittest.number == last["best"] == record.finished.candidate
    assert sum(record.winner_spikes()) == pytest.approx(record.finished.test_spikes, abs=1e-9)


def test_a_first_visit_offers_the_replay_and_a_quick_look(alice, as_user):
    page = as_user(alice).get("/").content.decode()
    assert "No study yet" in page
    assert 'href="/studies/new?preset=quick-look"' in page
    assert 'href="/demo"' in page
