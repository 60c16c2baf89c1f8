"""The page of the paper's tables: every link fills the form, every command names a preset that is there."""

from __future__ import annotations

import re

import pytest

from engine.config.presets import PRESETS
from webapp.studies.views import paper_tables

pytestmark = pytest.mark.django_db


def test_every_link_and_command_names_a_preset(alice, as_user):
    page = as_user(alice).get("/docs/tables").content.decode()
    linked = re.findall(r"/studies/new\?preset=([\w.-]+)", page)
    assert len(linked) > 15
    assert set(linked) <= set(PRESETS)
    assert set(re.findall(r"engine config ([\w.-]+) &gt;", page)) == set(linked)


def test_the_papers_numbers_and_the_measured_directions_stand_on_it(alice, as_user):
    page = as_user(alice).get("/docs/tables").content.decode()
    for text in (
        "86.93",
        "154,000",
        "global average pooling fires more",
        "inverted bottlenecks fire more",
        "R5-R5-S-R3-R5",
    ):
        assert text in page


def test_what_carries_no_evidence_and_what_has_no_interval_is_told(alice, as_user):
    """On CIFAR-10 the networks behind an average pool stayed at 50 of 500: p = 0.1, limit 0.1 + 2·√(0.09/500)."""
    page = as_user(alice).get("/docs/tables").content.decode()
    assert "no evidence: SNN_4 SCB_k3 is at chance level: 10.00% on 500 samples, limit 12.68%" in page
    assert "no evidence: SRB_k3 λ_reg 1 is at chance level" in page
    assert "same direction, no interval" in page


@pytest.mark.parametrize(
    ("row", "interval"), [({"low": 1.234, "high": 2.5}, "1.23 to 2.50"), ({"low": None, "high": None}, "–")]
)
def test_an_interval_is_written_out(row, interval):
    assert paper_tables._interval(row) == interval


def test_a_winner_that_was_not_retrained_is_not_measured_and_one_training_has_no_deviation():
    assert paper_tables._spread(None, None, ".1%") == "not measured"
    assert paper_tables._spread(0.9123, None, ".1%") == "91.2%"
    assert paper_tables._spread(4461.2, 100.4, ",.0f") == "4,461 ± 100"


@pytest.mark.parametrize("key", ["table-base", "scaled-blocks", "table-transfer"])
def test_a_link_fills_the_form(key, alice, as_user):
    page = as_user(alice).get(f"/studies/new?preset={key}").content.decode()
    assert f'"name": "{PRESETS[key].config.name}"' in page.split('id="initial"')[1]
