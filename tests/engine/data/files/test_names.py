"""One rule for names: what leads out or deceives is refused, what systems leave behind is no data."""

import pytest

from engine.data.files.names import checked_name, composed, listed, natural, system_part
from engine.errors import DataError


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("cat\\1.png", "cat/1.png"),
        ("./cat//1.png", "cat/1.png"),
        ("می\u200cخواهم/1.png", "می\u200cخواهم/1.png"),
        ("👩\u200d🔬.png", "👩\u200d🔬.png"),
        ("🏴\U000e0067\U000e0062\U000e007f/1.png", "🏴\U000e0067\U000e0062\U000e007f/1.png"),
        ("café/1.png", "café/1.png"),
        (" lead/a b.png", " lead/a b.png"),
    ],
)
def test_names_people_use_are_taken(name, path):
    assert checked_name("a.zip", name) == path


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("..\\evil", "leads out"),
        ("C:\\Windows\\evil", "leads out"),
        ("C:/evil", "leads out"),
        ("\\evil", "leads out"),
        ("__MACOSX/../../evil", "leads out"),
        ("a/gnp\u202e.png", "control or direction"),
        ("a\u200b.png", "control or direction"),
        ("a\ufeff.png", "control or direction"),
        ("caf\udce9/1.png", "is not UTF-8; rename it"),
        ("aux/1.png", "reserved on some systems"),
    ],
)
def test_names_that_lead_out_or_deceive_are_refused(name, reason):
    with pytest.raises(DataError, match=reason):
        checked_name("a.zip", name)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("__MACOSX/cat/._1.png", "__MACOSX"),
        ("cat/._1.png", "._1.png"),
        ("cat/.ipynb_checkpoints/1.png", ".ipynb_checkpoints"),
        ("cat/Thumbs.db", "Thumbs.db"),
        ("cat\\desktop.ini", "desktop.ini"),
        ("Icon\r", "Icon\r"),
        (".git/config", ".git"),
    ],
)
def test_what_systems_leave_behind_is_known(name, part):
    assert system_part("a.zip", name) == part


@pytest.mark.parametrize("name", ["cat/1.png", "thumbs/1.png", "macosx.png", "./cat/1.png", "a.b/c.d"])
def test_a_user_s_own_files_are_no_system_files(name):
    assert system_part("a.zip", name) is None


def test_a_system_file_s_path_that_leads_out_is_refused():
    with pytest.raises(DataError, match="leads out"):
        system_part("a.zip", "__MACOSX/../../evil")


def test_one_name_written_in_two_ways_is_one():
    assert composed("cafe\u0301") == composed("café") == "café"


def test_natural_order_counts():
    assert sorted(["b10", "b9", "a", "b1c"], key=natural) == ["a", "b1c", "b9", "b10"]


def test_long_lists_are_cut_and_counted():
    assert listed("ab") == "a, b"
    assert listed(map(str, range(12)), 2) == "0, 1, … (12)"
