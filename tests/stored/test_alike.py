"""A comparison of these tests fails where something told is told no more or is told otherwise."""

from __future__ import annotations

import pytest

from tests.stored.alike import LAST_DIGITS, NAMES, SAME, differences
from tests.stored.files import kept_of_checksums, kept_of_drawing, kept_of_file
from tests.stored.pages import page
from tests.stored.places import stored_answers
from tests.stored.prose import is_prose, told, untold

DOCUMENT = {
    "id": "a1",
    "name": "A first look",
    "layers": [{"spikes": 2.5}, {"spikes": 4}],
    "caption": "The front of 24 judged ones, 0.3 each",
}
PAGE = (
    "<title>Stored: fork · Studio</title><p id='facts'>It judged 24 of 196, C5-R5-C3 at 20.00%</p>"
    "<a href='/studies/1'>open</a><script type='application/json' id='config'>{\"seed\": 5}</script>"
)
DRAWING = (
    "<svg xmlns='http://www.w3.org/2000/svg' width='720' height='514'><title>Front</title><desc>24 judged ones.</desc>"
    "<rect width='720' height='514'/><path d='M408.9 250h-5'/><text x='56' y='392'>2.5</text>"
    "<text x='16' y='454'>24 judged ones.</text><text x='9' y='9'>C5-R5-C3</text></svg>"
)


# --- documents


def test_a_document_is_as_it_was():
    assert differences(DOCUMENT, DOCUMENT) == []


@pytest.mark.parametrize(
    "change",
    [
        {"unit": "mJ"},
        {"caption": "The front of 24 evaluated ones, 0.3 each"},
        {"caption": "New: 0.3 each of the 24, in 4 generations"},
        {"layers": [{"spikes": 2.5, "rate": 0.1}, {"spikes": 4}]},
    ],
)
def test_keys_and_numbers_may_be_added_and_words_may_change(change):
    assert differences(DOCUMENT | change, DOCUMENT) == []


@pytest.mark.parametrize(
    "change",
    [
        {"id": "a2"},
        {"name": "A last look"},
        {"caption": None},
        {"caption": "The front of 25 judged ones, 0.3 each"},
        {"caption": "The front of judged ones, 0.3 each"},
        {"layers": [{"spikes": 2.5}]},
        {"layers": [{"spikes": 2.5}, {"spikes": 4}, {}]},
        {"layers": [{"spikes": 4}, {"spikes": 2.5}]},
        {"layers": [{"spikes": 2.5}, {"spikes": 4.0}]},
        {"layers": [{"spikes": 2.5}, {"rate": 4}]},
    ],
)
def test_a_changed_value_number_or_type_and_a_moved_entry_are_noticed(change):
    assert len(differences(DOCUMENT | change, DOCUMENT)) >= 1


@pytest.mark.parametrize("key", DOCUMENT)
def test_a_removed_key_is_noticed(key):
    rest = {name: value for name, value in DOCUMENT.items() if name != key}
    assert differences(rest, DOCUMENT) == [f".{key}: gone"]


@pytest.mark.parametrize(("tolerance", "noticed"), [(SAME, 1), (LAST_DIGITS, 0)])
def test_a_float_may_differ_by_the_tolerance_alone(tolerance, noticed):
    assert len(differences({"spikes": 2.5 + 1e-12}, {"spikes": 2.5}, tolerance)) == noticed
    assert len(differences({"spikes": 2.5 + 1e-6}, {"spikes": 2.5}, tolerance)) == 1


@pytest.mark.parametrize(("url", "answer"), stored_answers().items())
def test_every_value_of_a_stored_answer_is_held(url, answer):
    """Each is altered, and each alteration is noticed, but of prose that tells no number and no name."""
    assert differences(answer, answer) == []
    assert len(differences(altered(answer), answer)) == held(answer)


def altered(value):
    """Every value in it another of its type; prose tells nothing any more."""
    if isinstance(value, dict):
        return {key: altered(one) for key, one in value.items()}
    if isinstance(value, list):
        return [altered(one) for one in value]
    if isinstance(value, str):
        return "" if is_prose(value) else f"{value}~"
    return not value if isinstance(value, bool | None) else value + 1


def held(value, key=""):
    """How many values in it may not change."""
    if isinstance(value, dict):
        return sum(held(one, name) for name, one in value.items())
    if isinstance(value, list):
        return sum(held(one) for one in value)
    return 1 if not isinstance(value, str) or not is_prose(value) or key in NAMES else bool(told(value))


# --- texts


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        ("λ = -0.01, N_avg = 1,064.0 (SHA-256 ade7c5903fe0)", ["-0.01", "1,064.0", "256", "ade7c5903fe0"]),
        ("the genome C5-R5-C3 of 3-5, I3x1-S-D5x3 and S-S", ["C5-R5-C3", "3", "5", "I3x1-S-D5x3", "S-S"]),
        ("SNN_1 SCB_k3 as C3 | R5 | D3x3 | skip_connect", ["SNN_1", "SCB_k3", "C3", "R5", "D3x3", "skip_connect"]),
        (r"8$\times$8 at 30\% and 1e-05 in Stored: fork", ["8", "8", "30", "1e-05", "Stored: fork"]),
    ],
)  # fmt: skip
def test_a_text_tells_its_numbers_genomes_blocks_digests_and_names(text, tells):
    assert sorted(told(text).elements()) == sorted(tells)


@pytest.mark.parametrize(
    ("now", "lost"),
    [
        ("24 evaluated, 24 kept, C5-S at -0.5", []),
        ("24 evaluated, C5-S at -0.5", ["24"]),
        ("24 evaluated, 24 kept, C5-S at 0.5", ["-0.5"]),
        ("24 evaluated, 24 kept, C5-C3 at -0.5", ["C5-S"]),
        ("240 evaluated, 24.5 kept, C5-S at -0.5", ["24", "24"]),
    ],
)
def test_a_number_that_is_told_less_often_is_untold(now, lost):
    assert untold(now, "24 judged and 24 kept: C5-S at -0.5") == lost


def test_a_text_file_keeps_what_it_tells_and_another_file_its_bytes():
    card = kept_of_file("MODEL_CARD.md", b"judged on 40 images")
    assert differences(kept_of_file("MODEL_CARD.md", b"evaluated on 40 images"), card) == []
    assert differences(kept_of_file("MODEL_CARD.md", b"evaluated on 41 images"), card) != []
    assert differences(kept_of_file("front.csv", b"a, 40"), kept_of_file("front.csv", b"b, 40")) != []


def test_checksums_keep_those_of_other_files_than_texts_and_list_the_texts():
    listed = kept_of_checksums("ab12  model.safetensors\ncd34  MODEL_CARD.md\n")
    assert differences(kept_of_checksums("ab12  model.safetensors\nef56  MODEL_CARD.md\n"), listed) == []
    assert differences(kept_of_checksums("ab13  model.safetensors\ncd34  MODEL_CARD.md\n"), listed) != []
    assert differences(kept_of_checksums("ab12  model.safetensors\n"), listed) == [".MODEL_CARD.md: gone"]


# --- drawings


@pytest.mark.parametrize(
    ("old", "new"),
    [("judged", "evaluated"), ("514", "529"), ("y='454'", "y='469'"), ("x='9'", "x='8'"), ("</svg>", "<rect/></svg>")],
)
def test_a_drawing_may_have_other_words_in_other_places_and_more_marks(old, new):
    assert differences(kept_of_drawing(DRAWING.replace(old, new)), kept_of_drawing(DRAWING)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [("24", "25"), ("408.9", "409"), ("h-5", "h5"), (">2.5<", ">2.6<"), ("x='56'", "x='57'"), ("C5-R5-C3", "C5-R5-S")],
)
def test_a_moved_mark_and_another_number_of_a_drawing_are_noticed(old, new):
    assert len(differences(kept_of_drawing(DRAWING.replace(old, new)), kept_of_drawing(DRAWING))) >= 1


# --- pages


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("judged", "evaluated"),
        ("· Studio", "— AutoSNN"),
        ("</p>", "</p><p id='more'>1</p><a href='/more'>more</a>"),
        ('{"seed"', '{"kind": "new", "seed"'),
    ],
)
def test_a_page_may_have_other_words_and_more_of_everything(old, new):
    assert differences(page(PAGE.replace(old, new)), page(PAGE)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Stored: fork", "Stored: own images"),
        ("24", "25"),
        ("C5-R5-C3", "C5-R5-S"),
        ("id='facts'", "id='fact'"),
        ("<p id='facts'>", "<p>"),
        ("/studies/1", "/studies/2"),
        ("<a href='/studies/1'>", "<a>"),
        ('"seed": 5', '"seed": 6'),
        ('"seed": 5', '"seeds": 5'),
        (" id='config'", ""),
    ],
)
def test_another_name_number_id_link_or_value_of_a_page_is_noticed(old, new):
    assert len(differences(page(PAGE.replace(old, new)), page(PAGE))) >= 1
