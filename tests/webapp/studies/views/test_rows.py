"""Rows of a study over HTTP."""

from __future__ import annotations

import csv
import io

import pyarrow
import pytest
from django.utils import timezone
from pyarrow import parquet

from engine.rows.columns import COLUMNS
from webapp.studies.models import Event

pytestmark = pytest.mark.django_db
GENERATION = {
    "kind": "generation_finished",
    "front": [0],
    "candidates": [
        {"id": 0, "generation": 0, "architecture": "S-C3", "accuracy": 0.5, "spikes": 10.5, "firing_rate": 0.25,
         "fitness": 0.45, "parameters": 7, "origin": "random", "parents": [], "changed": []}
    ],
}  # fmt: skip


@pytest.fixture
def stored(study):
    Event.objects.create(study=study, seq=100, time=timezone.now(), kind="generation_finished", payload=GENERATION)
    return study


def test_both_forms_hold_what_is_stored(alice, as_user, stored):
    client = as_user(alice)
    answer = client.get(f"/api/studies/{stored.id}/rows/candidates.csv")
    [row] = csv.DictReader(io.StringIO(answer.content.decode()))
    assert (row["architecture"], row["on_front"], row["config_sha256"]) == ("S-C3", "true", stored.config_digest)
    assert f'filename="tiny-{str(stored.id)[:8]}-candidates.csv"' in answer["Content-Disposition"]
    answer = client.get(f"/api/studies/{stored.id}/rows/front.parquet")
    assert parquet.read_table(pyarrow.BufferReader(answer.content)).column("spikes").to_pylist() == [10.5]


def test_the_report_links_every_set_and_others_are_not_found(alice, as_user, stored):
    client = as_user(alice)
    page = client.get(f"/studies/{stored.id}/report").content.decode()
    assert all(f"/rows/{what}.{form}" in page for what in COLUMNS for form in ("csv", "parquet"))
    assert client.get(f"/api/studies/{stored.id}/rows/candidates.xlsx").status_code == 404
    assert client.get(f"/api/studies/{stored.id}/rows/nothing.csv").status_code == 404
