"""Pictures with a table of labels: every usual table, and tables that contradict the folders or themselves."""

import numpy as np
import pytest

from engine.data.files.file_trees import open_tree
from engine.data.readers import image_table, own_images
from engine.errors import DataError
from tests.engine.data.files.test_tree import write_folder, write_zip
from tests.engine.data.readers.test_image_readers import png

PNG = png(np.full((8, 8), 90, np.uint8))


def tree_of(tmp_path, pictures, **tables: str):
    files = dict.fromkeys(pictures, PNG) | {name.replace("__", "."): text.encode() for name, text in tables.items()}
    return open_tree(write_folder(tmp_path / "d", files))


def labels(tree) -> dict[str, tuple[str, str]]:
    found = image_table.find(tree)
    assert found is not None
    return {row.file: (row.label, row.split) for row in found.rows}


ONE = {"pics/1.png": ("cat", "train"), "pics/2.png": ("dog", "train")}
TABLES = {
    "plain": "file,label\n1.png,cat\n2.png,dog\n",
    "a byte order mark": "\ufefffile,label\n1.png,cat\n2.png,dog\n",
    "semicolons": "file;label\n1.png;cat\n2.png;dog\n",
    "Windows line ends": "file,label\r\n1.png,cat\r\n2.png,dog\r\n",
    "without suffixes": "id,breed\n1,cat\n2,dog\n",
    "with folders": "path,class\npics/1.png,cat\npics/2.png,dog\n",
    "with another root": "path,class\n/home/u/set/pics/1.png,cat\n/home/u/set/pics/2.png,dog\n",
    "with backslashes": "path,class\npics\\1.png,cat\npics\\2.png,dog\n",
    "without a header": "1.png,cat\n2.png,dog\n",
    "an index before": ",file,label\n0,1.png,cat\n1,2.png,dog\n",
    "other columns": "file,age,label,sex\n1.png,20,cat,f\n2.png,30,dog,m\n",
    "quoted": 'file,label\n"1.png","cat"\n"2.png","dog"\n',
    "label and number": "file,class_id,class_name\n1.png,0,cat\n2.png,1,dog\n",
    "one-hot": "image,cat,dog\n1,1.0,0.0\n2,0.0,1.0\n",
}


@pytest.mark.parametrize("name", TABLES)
def test_every_usual_table_gives_the_same_labels(name, tmp_path):
    assert labels(tree_of(tmp_path, ["pics/1.png", "pics/2.png"], labels__csv=TABLES[name])) == ONE


def test_tabs_and_other_encodings(tmp_path):
    tree = tree_of(tmp_path, ["pics/1.png", "pics/2.png"], labels__tsv="file\tlabel\n1.png\tcat\n2.png\tdog\n")
    assert labels(tree) == ONE
    for encoding in ("utf-16", "cp1252"):
        files = {"p/1.png": PNG, "p/2.png": PNG, "t.csv": "file,label\n1.png,café\n2.png,dog\n".encode(encoding)}
        found = labels(open_tree(write_zip(tmp_path / f"{encoding}.zip", files)))
        assert found["p/1.png"] == ("café", "train")


SPLITS = {"1.png": "train", "2.png": "validation", "3.png": "test"}


@pytest.mark.parametrize(
    "tables",
    [
        {"all__csv": "file,label,split\n1.png,a,train\n2.png,a,val\n3.png,a,test\n"},
        {"all__csv": "file,label,Subset\n1.png,a,Training\n2.png,a,Validation\n3.png,a,Testing\n"},
        {f"{name}__csv": f"file,label\n{k}.png,a\n" for k, name in enumerate(("train", "val_labels", "Test_meta"), 1)},
    ],
)
def test_a_column_or_the_tables_names_tell_the_splits(tables, tmp_path):
    found = labels(tree_of(tmp_path, [f"p/{name}" for name in SPLITS], **tables))
    assert {name.removeprefix("p/"): split for name, (_, split) in found.items()} == SPLITS


def test_folders_tell_the_splits_and_a_table_beside_its_pictures_means_these(tmp_path):
    pictures = [f"{split}/{k}.png" for split in ("train", "test") for k in (1, 2)]
    inside = {f"{split}/metadata.csv": b"file_name,label\n1.png,a\n2.png,b\n" for split in ("train", "test")}
    tree = open_tree(write_folder(tmp_path / "d", dict.fromkeys(pictures, PNG) | inside))
    assert labels(tree) == {name: ("ab"["2" in name], name.split("/")[0]) for name in pictures}


def test_a_table_without_labels_leaves_its_pictures_out_and_is_named(tmp_path):
    pictures = [f"{split}/{k}.png" for split in ("train", "test") for k in range(10)]
    rows = "".join(f"{k}.png,{k % 2}\n" for k in range(10))
    tree = tree_of(tmp_path, pictures, train__csv="id,label\n" + rows, test__csv="id\n" + "0.png\n1.png\n")
    raw = own_images.read(tree, 8, 1)
    assert (len(raw.train.labels) + len(raw.test.labels), raw.class_names) == (10, ("0", "1"))
    assert "in no class folder: 10 pictures (test/0.png" in raw.note
    assert "1 .csv (test.csv)" in raw.note


def test_what_a_table_lacks_is_counted_and_named(tmp_path):
    rows = "file,label\n1.png,a\n2.png,b\n3.png,a\n4.png,b\n9.png,a\n5.png,\n"
    raw = own_images.read(tree_of(tmp_path, [f"p/{k}.png" for k in range(7)], labels__csv=rows), 8, 1)
    assert "rows whose pictures are not there: 1 (9.png)" in raw.note
    assert "rows without a label: 1" in raw.note
    assert "3 pictures (p/0.png, p/5.png, p/6.png)" in raw.note


REFUSED = {
    "two labels for one": ("file,label\n1.png,a\n1.png,b\n2.png,b\n", "p/1.png is 'b' .* 'a' .*one label, one split"),
    "two splits for one": (
        "file,label,split\n1.png,a,train\n1.png,a,test\n2.png,b,train\n", r"\(test\) here and 'a' \(train\) before",
    ),
    "several columns": ("file,dx,age\n1.png,a,20\n2.png,b,30\n", "which of its columns is the label: dx, age"),
    "one label": ("file,label\n1.png,a\n2.png,a\n", "holds 1 label of images; 2 to 10,000 are needed"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_table_that_cannot_be_taken_says_why(name, tmp_path):
    table, reason = REFUSED[name]
    with pytest.raises(DataError, match=reason):
        own_images.read(tree_of(tmp_path, ["p/1.png", "p/2.png"], labels__csv=table), 8, 1)


def test_a_label_that_is_tested_and_never_trained_is_refused(tmp_path):
    table = "file,label,split\n1.png,a,train\n2.png,b,train\n3.png,c,test\n"
    with pytest.raises(DataError, match=r"the class 'c' \(p/3\.png\) has no training sample"):
        own_images.read(tree_of(tmp_path, [f"p/{k}.png" for k in (1, 2, 3)], labels__csv=table), 8, 1)


# --- tables beside class folders ---

FOLDERS = [f"{name}/{k}.png" for name in ("cat", "dog") for k in range(5)]


def table_of(label, split="") -> str:
    rows = "".join(f"{name},{label(name)}{split and f',{split(name)}'}\n" for name in FOLDERS)
    return f"file,label{',split' if split else ''}\n{rows}"


def test_a_table_that_names_no_picture_leaves_the_folders_alone(tmp_path):
    raw = own_images.read(tree_of(tmp_path, FOLDERS, train_labels__csv="id,label\n0,1\n"), 8, 1)
    assert raw.class_names == ("cat", "dog")
    assert "1 .csv (train_labels.csv)" in raw.note


@pytest.mark.parametrize("label", [lambda name: name[:3], lambda name: int(name[0] == "d")], ids=["names", "numbers"])
def test_folders_name_the_classes_where_a_table_tells_the_same_and_its_splits_are_taken(label, tmp_path):
    table = table_of(label, lambda name: "test" if name.endswith("4.png") else "train")
    raw = own_images.read(tree_of(tmp_path, FOLDERS, labels__csv=table), 8, 1)
    assert raw.class_names == ("cat", "dog")
    assert (len(raw.train.labels), len(raw.test.labels)) == (8, 2)
    assert "classes by the folders cat, dog, splits by labels.csv" in raw.note


def test_a_table_and_folders_that_tell_different_classes_are_refused_with_both(tmp_path):
    table = table_of(lambda name: name[-5])
    with pytest.raises(DataError, match=r"column 'label' of labels\.csv would make 5 classes, the folders 2 others"):
        own_images.read(tree_of(tmp_path, FOLDERS, labels__csv=table), 8, 1)
