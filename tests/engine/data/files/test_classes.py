"""Class and split by path: what people have, and what can be read in two ways."""

import pytest

from engine.data.files.classes import check_trained, lay_out
from engine.data.files.file_trees import open_tree
from engine.errors import DataError
from tests.engine.data.files.test_tree import write_folder, write_zip


def tree_of(tmp_path, *folders: str, each: int = 2, more: dict[str, bytes] | None = None):
    files = {f"{folder}/{k}.png": b"" for folder in folders for k in range(each)}
    return open_tree(write_folder(tmp_path / "d", files | (more or {})))


def laid_out(tree):
    return lay_out(tree, lambda name: name.endswith(".png"), "pictures")


def placed(layout) -> dict[tuple[str, str], int]:
    """(split, class) → files."""
    found: dict[tuple[str, str], int] = {}
    for one in layout.placed:
        found[one.split, one.folder] = found.get((one.split, one.folder), 0) + 1
    return found


CAT_DOG = {("train", "cat"): 2, ("train", "dog"): 2}
BOTH = CAT_DOG | {("test", "cat"): 2, ("test", "dog"): 2}
LAYOUTS = {
    "class folders": (["cat", "dog"], CAT_DOG),
    "below a folder on top": (["own/cat", "own/dog"], CAT_DOG),
    "below two": (["a/b/cat", "a/b/dog"], CAT_DOG),
    "folders in a class": (["cat/day", "cat/night", "dog/day"], {("train", "cat"): 4, ("train", "dog"): 2}),
    "files and folders in a class": (["cat", "cat/more", "dog"], {("train", "cat"): 4, ("train", "dog"): 2}),
    "train only": (["train/cat", "train/dog"], CAT_DOG),
    "train and test": (["train/cat", "train/dog", "test/cat", "test/dog"], BOTH),
    "affixes": (["Train_data/cat", "Train_data/dog", "Test_data/cat", "Test_data/dog"], BOTH),
    "splits below a folder on top": (["own/train/cat", "own/train/dog", "own/test/cat", "own/test/dog"], BOTH),
    "folders in a class of a split": (["train/cat/x", "train/dog", "test/cat", "test/dog/y/z"], BOTH),
    "splits once more inside": (
        ["training_set/training_set/cat", "training_set/training_set/dog", "test_set/test_set/cat",
         "test_set/test_set/dog"], BOTH,
    ),
    "images between": (["train/images/cat", "train/images/dog", "test/images/cat", "test/images/dog"], BOTH),
    "splits in the classes": (["cat/train", "cat/test", "dog/train", "dog/test"], BOTH),
    "a train among vehicles": (["train", "car", "bus"], {("train", name): 2 for name in ("train", "car", "bus")}),
    "validation": (["train/cat", "val/cat", "test/cat"], {(s, "cat"): 2 for s in ("train", "validation", "test")}),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_class_is_the_first_folder_below_the_root_or_the_split(name, tmp_path):
    folders, expected = LAYOUTS[name]
    assert placed(laid_out(tree_of(tmp_path, *folders))) == expected


AMBIGUOUS = {
    "splits hold files directly": (["train", "test"], "test, train hold pictures directly"),
    "a folder beside the splits": (["train/cat", "test/cat", "extra/cat"], "splits: test, train; others: extra"),
    "test beside classes": (["cat", "dog", "test"], "splits: test; others: cat, dog"),
    "train beside one class": (["train", "tram"], "splits: train; others: tram"),
    "the data set in itself": (["own/train/cat", "own/test/cat", "own/own/train/cat"], "others: own"),
    "splits in one class only": (["cat/train", "cat/test", "dog"], "cat/test may be the split 'test' within the class"),
    "splits in folds": (["a/train/cat", "a/test/cat", "b/train/cat", "b/test/cat"], "a/test may be the split"),
}


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_what_can_be_read_in_two_ways_is_refused_with_both(name, tmp_path):
    folders, reason = AMBIGUOUS[name]
    with pytest.raises(DataError, match=reason):
        laid_out(tree_of(tmp_path, *folders))


def test_the_layout_says_which_folders_were_taken_for_what(tmp_path):
    said = laid_out(tree_of(tmp_path, "own/Train_data/cat", "own/Train_data/dog", "own/val/cat", "own/Test/dog")).said
    assert said == (
        "classes by the folders cat, dog in own, "
        "splits by the folders Train_data = training (4), val = validation (2), Test = test (2)"
    )
    assert "train taken for a class" in laid_out(tree_of(tmp_path / "v", "train", "car", "bus")).said


def test_files_beside_the_class_folders_are_strays_and_no_class(tmp_path):
    top = write_zip(
        tmp_path / "a.zip", {f"a/{c}/{k}.png": b"" for c in ("cat", "dog") for k in range(3)} | {"a/x.png": b""}
    )
    layout = laid_out(open_tree(top))
    assert (layout.classes, layout.strays) == (("cat", "dog"), ("a/x.png",))
    inside = laid_out(tree_of(tmp_path, "train/cat", "test/cat", more={"train/sheet.png": b""}))
    assert (inside.classes, inside.strays) == (("cat",), ("train/sheet.png",))


def test_more_strays_than_samples_are_no_data_set(tmp_path):
    with pytest.raises(DataError, match=r"5 of 9 pictures lie in no class folder .* a table of file and label"):
        laid_out(tree_of(tmp_path, "cat", "dog", more={f"{k}.png": b"" for k in range(5)}))


def test_a_test_folder_without_classes_is_left_out_however_large(tmp_path):
    layout = laid_out(tree_of(tmp_path, "train/cat", "train/dog", more={f"test/{k}.png": b"" for k in range(50)}))
    assert placed(layout) == CAT_DOG
    assert len(layout.strays) == 50


def test_composed_and_decomposed_names_are_one_class(tmp_path):
    layout = laid_out(tree_of(tmp_path, "train/caf\u00e9", "test/cafe\u0301"))
    assert layout.classes == ("caf\u00e9",)


def test_folders_without_files_are_told(tmp_path):
    tree_of(tmp_path, "cat", "dog", more={"docs/read.txt": b""})
    (tmp_path / "d" / "bird").mkdir()
    assert laid_out(open_tree(tmp_path / "d")).said.endswith("; no pictures in bird, docs")


def test_a_class_that_is_tested_and_never_trained_is_refused(tmp_path):
    tree = tree_of(tmp_path, "train/cat", "train/dog", "test/bird")
    with pytest.raises(DataError, match=r"class 'bird' has test samples \(test/bird/0\.png\) but no training sample"):
        check_trained(tree.label, laid_out(tree))
