"""The page of the paper's tables: every link fills the form, every command names a preset that is there."""

from __future__ import annotations

import re

import pytest

from engine.config.presets import PRESETS

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
    assert "not measured" not in page


@pytest.mark.parametrize("key", ["table-base", "scaled-blocks", "table-transfer"])
def test_a_link_fills_the_form(key, alice, as_user):
    page = as_user(alice).get(f"/studies/new?preset={key}").content.decode()
    assert f'"name": "{PRESETS[key].config.name}"' in page.split('id="initial"')[1]
