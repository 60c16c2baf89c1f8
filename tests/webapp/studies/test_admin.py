"""The jobs panel: what staff see of every study and worker, and that its actions are the same transitions."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.db.models.functions import Now

from engine.events import to_wire
from tests.webapp.fake_engine import commit, generation
from webapp import logs
from webapp.http.durations import in_words
from webapp.studies import services
from webapp.studies.models import Candidate, Study, Worker

pytestmark = pytest.mark.django_db


@pytest.fixture
def panel(admin, as_user):
    return as_user(admin)


def act(panel, action: str, *studies: Study) -> str:
    data = {"action": action, "_selected_action": [str(study.id) for study in studies]}
    query = "?bin=1" if action == "undelete" else ""
    return panel.post(f"/admin/studies/study/{query}", data, follow=True).content.decode()


def test_a_study_at_work_is_told_in_full(panel, study):
    lease = services.claim(study.id, "ada@cc7317fe-ec6f-4ed5.4026531836/4711/99")
    services.commit_step(lease, [to_wire(generation(0))], commit(1), progress=0.4)
    services.renew_lease(lease, 0.4, 75.0)
    Worker.objects.create(
        name="worker@ada", host="ada", pid=1, started=Now(), heartbeat=Now(), study=study, memory=1_234_000_000,
        device="CPU, 2 threads", macs_per_second=3.2e9,
    )  # fmt: skip
    listed = panel.get("/admin/studies/study/").content.decode()
    for words in (
        "Tiny",
        "running",
        "search",
        "40 %",
        "about 1 min 15 s",
        "normal",
        "alice",
        "ada, pid 4711",
        "renewed",
    ):
        assert words in listed, words
    assert f'href="/studies/{study.id}"' in listed
    assert 'href="/admin/studies/worker/?q=ada"' in listed
    workers = panel.get("/admin/studies/worker/").content.decode()
    for words in ("worker@ada", "1.23 GB", "CPU, 2 threads", "3.2", f"/admin/studies/study/{study.id}/change/"):
        assert words in workers, words


def test_numbers_read_as_on_the_pages(panel, study):
    where = f"/admin/studies/study/{study.id}/change/"
    assert panel.get(where).content.decode().count('<div class="readonly">–</div>') >= 2  # nothing is known yet
    Study.objects.filter(pk=study.pk).update(best_accuracy=0.868055555, best_spikes=12345.678901)
    page = panel.get(where).content.decode()
    for words in ("Best accuracy:", "86.8 %", "Best spikes:", "12,345.68"):
        assert words in page, words
    assert "0.868055555" not in page


def test_candidates_are_sorted_by_the_number_not_by_its_words(panel, study):
    for number, (accuracy, spikes) in enumerate(((0.95, 9_000.0), (0.0912, 12_000.5), (0.5, 800.0))):
        Candidate.objects.create(
            study=study, number=number, generation=0, architecture="S-C3", accuracy=accuracy, spikes=spikes,
            firing_rate=0.1, fitness=0.5, parameters=7, origin="random", spike_map=b"",
        )  # fmt: skip
    for column, words in (("accuracy", ["9.1 %", "50.0 %", "95.0 %"]), ("spikes", ["800", "9,000", "12,000.5"])):
        columns = panel.get("/admin/studies/candidate/").context["cl"].list_display
        listed = panel.get(f"/admin/studies/candidate/?o={columns.index(f'{column}_shown')}").content.decode()
        assert re.findall(rf'field-{column}_shown">([^<]+)<', listed) == words


def test_the_queue_tells_each_place_and_why(panel, study, alice, config, settings):
    settings.RUNNING_QUOTA = 1
    Worker.objects.create(name="w", host="h", pid=1, started=Now(), heartbeat=Now())
    services.create_study(alice, config)
    listed = panel.get("/admin/studies/study/?state__exact=queued").content.decode()
    assert "1. next in the queue" in listed
    services.claim(study.id, "h/1/1")
    assert "waits: alice already has 1 running, the quota" in panel.get("/admin/studies/study/").content.decode()


def test_the_log_is_served_as_it_is_written(panel, study, alice, as_user):
    where = f"/admin/studies/study/{study.id}/log"
    assert panel.get(where).json() == {"text": ""}
    logs.study_log(study.id).parent.mkdir(parents=True)
    logs.study_log(study.id).write_text("<b>first</b>\nsecond\n")
    assert panel.get(where).json() == {"text": "<b>first</b>\nsecond"}
    page = panel.get(f"/admin/studies/study/{study.id}/change/").content.decode()
    assert f'data-log="{where}"' in page
    assert "&lt;b&gt;first" in page
    assert 'type="module"' in page
    assert as_user(alice).get(where).status_code == 302


def test_every_action_is_in_the_panel(panel, study):
    for action, state in (
        ("pause", "paused"),
        ("resume", "queued"),
        ("stop_and_retrain", "queued"),
        ("priority_high", "queued"),
    ):
        assert "accepted" in act(panel, action, study)
        study.refresh_from_db()
        assert study.state == state
    assert (study.ending, study.priority) == ("retrain", 1)
    assert "a study at work cannot be archived" in act(panel, "archive", study)
    act(panel, "cancel", study)
    act(panel, "archive", study)
    act(panel, "delete", study)
    study.refresh_from_db()
    assert (study.state, study.archived, study.deleted is not None) == ("cancelled", True, True)
    assert "Tiny" not in panel.get("/admin/studies/study/").content.decode().partition("result_list")[2]
    act(panel, "undelete", study)
    act(panel, "restore", study)
    study.refresh_from_db()
    assert (study.archived, study.deleted) == (False, None)
    act(panel, "fork", study)
    assert Study.objects.filter(forked_from=study).count() == 1


@pytest.mark.parametrize("query", ["q=tiny", "q=alice", "reason_code__exact=poison", "priority__exact=0", "bin=1"])
def test_filters_and_search_answer(panel, study, query):
    assert panel.get(f"/admin/studies/study/?{query}").status_code == 200


def test_the_list_costs_as_many_queries_for_many_studies(panel, study, alice, config, django_assert_max_num_queries):
    for _ in range(10):
        services.create_study(alice, config)
    with django_assert_max_num_queries(30):
        panel.get("/admin/studies/study/")


def test_the_api_s_list_costs_as_many_queries_for_many_studies(
    study, alice, as_user, config, django_assert_max_num_queries
):
    client = as_user(alice)
    for _ in range(10):
        services.create_study(alice, config)
    with django_assert_max_num_queries(10):
        assert len(client.get("/api/studies").json()["studies"]) == 11


DURATIONS = json.loads((Path(__file__).parents[2] / "frontend" / "durations.json").read_text())


@pytest.mark.parametrize(("seconds", "said"), DURATIONS)
def test_durations_read_as_on_the_pages(seconds, said):
    assert in_words(seconds) == said
