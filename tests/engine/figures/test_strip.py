"""A genome as a strip of small cells."""

from xml.etree import ElementTree

from engine.figures.strip import CELL, strip_svg


def test_each_layer_has_a_cell_with_its_code_and_colour():
    found = ElementTree.fromstring(strip_svg("R5-S-C3"))
    cells = [part for part in found if part.tag.endswith("rect")]
    words = [part.text for part in found if part.tag.endswith("text")]
    assert words == ["R5", "S", "C3"]
    assert found.get("width") == str(3 * CELL)
    assert len({cell.get("fill") for cell in cells}) == 3


def test_any_text_is_shown_and_nothing_of_it_is_markup():
    found = ElementTree.fromstring(strip_svg('<script>"-&'))
    assert found.get("aria-label") == '<script>"-&'
    assert all(part.tag.rpartition("}")[2] in ("title", "rect", "text") for part in found)
