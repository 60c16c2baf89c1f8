"""An architecture trained from scratch on request: a study of its own, whose results join the rank correlation."""

from __future__ import annotations

import pytest

from tests.webapp.studies.views.test_api import post
from tests.webapp.studies.worker.test_runner import turn
from webapp.studies import tasks
from webapp.studies.models import Study

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_architecture_retrained_later_joins_the_rank_correlation_of_its_search(searched, alice, as_user):
    client, url = as_user(alice), f"/api/studies/{searched.id}"
    assert client.get(f"{url}/retrained").json() == {"studies": [], "architectures": [], "trust": None, "note": ""}
    codes = list(searched.candidates.values_list("architecture", flat=True)[:3])
    asked = post(client, f"{url}/retrain", {"architectures": codes, "seeds": 2})
    assert asked.status_code == 201
    made = turn(Study.objects.get(id=asked.json()["id"]), tasks.run_engine)
    assert (made.state, made.forked_from, made.config["analysis"]["seeds"]) == ("succeeded", searched, 2)
    found = client.get(f"{url}/retrained").json()
    assert [(one["id"], one["state"]) for one in found["studies"]] == [(str(made.id), "succeeded")]
    estimates = dict(searched.candidates.values_list("architecture", "accuracy"))
    assert [(one["architecture"], one["search_accuracy"], one["seeds"]) for one in found["architectures"]] == [
        (code, estimates[code], [0, 1]) for code in codes
    ]
    assert (found["trust"] or {"n": 3})["n"] == 3
    assert found["trust"] or found["note"]
    assert len(client.get(f"{url}/family").json()["studies"]) == 1  # it has no supernet


@pytest.mark.parametrize(
    ("body", "field", "said"),
    [
        ({}, "architectures", "give 1 to 50 genomes, got 0"),
        ({"architectures": "R3-S"}, "architectures", "must be a list of genomes, such as R5-S-C3"),
        ({"architectures": ["R3-S"], "seeds": "2"}, "seeds", "must be a whole number, got '2'"),
        ({"architectures": ["R3-S"], "epochs": 2}, "", "epochs: is none of architectures, seeds"),
    ],
)
def test_what_cannot_be_retrained_is_refused_by_field(study, alice, as_user, body, field, said):
    answer = post(as_user(alice), f"/api/studies/{study.id}/retrain", body)
    assert (answer.status_code, answer.json()["problems"]) == (422, [{"field": field, "message": said}])
    assert Study.objects.count() == 1
