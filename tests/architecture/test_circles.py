"""No circle of files or of folders, at any depth; and the functions that find one."""

import pytest

from tests.architecture.circles import circle, floors, reduced
from tests.architecture.drawing import TOPS
from tests.architecture.imports import Import, between_children, files_of, folders_of, imports_of

FOLDERS = [folder for top in (*TOPS, "autosnn") for folder in folders_of(files_of(top))]


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_files_and_folders_in_a_folder_import_one_another_in_no_circle(folder):
    arrows = between_children(folder, imports_of(folder.split("/")[0]))
    found = circle(arrows)
    assert not found, [arrows[a, b] for a, b in zip(found[1:], found, strict=False) if (a, b) in arrows] or found


def test_a_circle_is_found_and_told():
    assert set(circle([("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")])) == {"a", "b", "c"}
    assert circle([("a", "b"), ("a", "c"), ("b", "c")]) == []


def test_a_room_stands_one_floor_above_the_highest_that_it_imports():
    assert floors("abcd", [("a", "b"), ("b", "c"), ("a", "c")]) == [["c", "d"], ["b"], ["a"]]


def test_an_arrow_that_a_longer_way_says_is_not_drawn():
    assert reduced([("a", "b"), ("b", "c"), ("a", "c"), ("a", "d")]) == [("a", "b"), ("a", "d"), ("b", "c")]


def test_imports_inside_folders_do_not_count_between_them():
    inside, across = Import("e/x/a.py", "e/x/b.py"), Import("e/x/a.py", "e/y.py")
    assert between_children("e", [inside, across]) == {("x", "y.py"): [across]}
    assert between_children("e/x", [inside, across]) == {("a.py", "b.py"): [inside]}
