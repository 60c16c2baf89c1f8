"""The overlaid fronts as SVG: whose studies, what stands in it, and names that nobody would draw on purpose."""

from __future__ import annotations

from uuid import uuid4
from xml.etree import ElementTree

import pytest

from tests.recorded import keep
from webapp.compare.figure import NAME_COLUMNS, shortened
from webapp.compare.request import MAX_STUDIES
from webapp.compare.series import COLOURS, series
from webapp.studies.models import Study

pytestmark = pytest.mark.django_db
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def draw(alice, as_user):
    client = as_user(alice)
    return lambda *ids: client.get(f"/api/compare/fronts.svg?s={','.join(str(one) for one in ids)}")


def drawn(answer) -> ElementTree.Element:
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/svg+xml"
    return ElementTree.fromstring(answer.content)


def lines(picture: ElementTree.Element) -> list[str]:
    return [found.text or "" for found in picture.iter(f"{SVG}text")]


def test_axes_legend_and_caption_stand_in_it_in_the_order_asked_for(alice, draw):
    whole, part = keep(alice, "Whole"), keep(alice, "Part", generations=2, seed=3)
    said = lines(drawn(draw(part.id, whole.id)))
    assert {"spikes per image", "accuracy, %", "seed 0", "seed 3"} <= set(said)
    assert said.index("Part") < said.index("Whole")
    assert any(line.startswith("Accuracy and spikes per image") for line in said)
    assert f"config {whole.config_digest[:12]}" in said


def test_every_series_has_line_and_symbols_and_a_winner_is_open(alice, draw):
    whole, part = keep(alice, "Whole"), keep(alice, "Part", generations=2)
    paths = list(drawn(draw(whole.id, part.id)).iter(f"{SVG}path"))
    open_symbols = [path for path in paths if path.get("fill") == "none" and (path.get("d") or "").endswith("z")]
    assert [path.get("stroke") for path in open_symbols] == [COLOURS[0]]  # Part was cancelled before it had one
    for colour in COLOURS[:2]:
        assert sum(path.get("stroke") == colour and "H" in (path.get("d") or "") for path in paths) == 1


def test_a_study_without_a_front_has_its_line_in_the_legend_alone(alice, study, draw):
    said = lines(drawn(draw(study.id)))
    assert "no front" in said
    assert study.name in said


@pytest.mark.parametrize("name", ["<b>&amp;</b>", "日本語の研究" * 20, "שלום עולם", "x" * 120, 'a"b\tc\x0b'])
def test_any_name_can_be_drawn_and_fits(alice, draw, name):
    one = keep(alice, "Named")
    Study.objects.filter(id=one.id).update(config={**one.config, "name": name})
    said = lines(drawn(draw(one.id)))
    beginning = "".join(char if char.isprintable() else " " for char in name)[:8]
    assert any(line.startswith(beginning) for line in said)


def test_a_wide_character_takes_the_room_of_two():
    assert shortened("x" * NAME_COLUMNS, NAME_COLUMNS) == "x" * NAME_COLUMNS
    assert shortened("x" * 50, 10) == "x" * 9 + "…"
    assert shortened("日" * 50, 10) == "日" * 4 + "…"
    assert shortened("e\u0301" * 10, 10) == "e\u0301" * 10


def test_no_two_series_look_alike():
    looks = [series(k) for k in range(MAX_STUDIES)]
    for one in ("symbol", "dash", "colour"):  # each tells them apart by itself: in print, and without colour vision
        assert len({getattr(look, one) for look in looks}) == MAX_STUDIES


def test_what_cannot_be_drawn_is_refused_by_its_field(alice, bob, draw):
    assert draw().json()["problems"][0]["field"] == "s"
    assert draw("nonsense").status_code == 422
    many = [uuid4() for _ in range(MAX_STUDIES + 1)]
    assert f"at most {MAX_STUDIES} studies" in draw(*many).json()["problems"][0]["message"]
    assert draw(keep(bob, "Not alice's").id).status_code == 404


def test_it_costs_the_same_queries_however_many_studies(alice, draw, django_assert_num_queries):
    ids = [keep(alice, f"{k}").id for k in range(4)]
    for some in (ids[:1], ids):
        with django_assert_num_queries(5):
            draw(*some)
