"""Parquet of images: classes by the file's own names, splits by file names, and nothing dropped unsaid."""

import io
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engine.data.files.file_trees import open_tree
from engine.data.preview.check import inspect
from engine.data.readers import own_images
from engine.data.readers.parquet import split_named
from engine.errors import DataError
from tests.engine.data.files.test_tree import write_folder, write_zip
from tests.engine.data.readers.test_image_readers import png

NAMES = ("truck", "ant", "cat")
PIXELS = np.random.default_rng(7).integers(0, 256, (12, 8, 8, 3), np.uint8)
LABELS = np.arange(12) % 3


def noted(label="label", names=NAMES, image="image"):
    """What Hugging Face's datasets notes in a file's schema."""
    features = {image: {"_type": "Image"}, label: {"_type": "ClassLabel", "names": list(names)}}
    return {"huggingface": json.dumps({"info": {"features": features}})}


def parquet(
    pixels=PIXELS, labels=LABELS, metadata=None, image="image", label="label", paths=(), packing="snappy", **more
):
    """A file with a struct of bytes and path, and a label, a row."""
    rows = [{"bytes": None if k in paths else png(one), "path": f"{k}.png"} for k, one in enumerate(pixels)]
    table = pa.table({image: rows, label: list(labels), **more})
    file = io.BytesIO()
    noting = noted(label, image=image) if metadata is None else metadata
    pq.write_table(table.replace_schema_metadata(noting), file, compression=packing)
    return file.getvalue()


def splits():
    return {
        "data/train-00000-of-00001-1a2b3c.parquet": parquet(),
        "data/test-00000-of-00001.parquet": parquet(PIXELS[:3], LABELS[:3]),
    }


def read(files, tmp_path, size=8):
    return own_images.read(open_tree(write_folder(tmp_path / "d", files)), size, None)


@pytest.mark.parametrize("packed", [False, True])
def test_every_row_is_a_sample_and_classes_are_as_the_file_orders_them(packed, tmp_path):
    path = write_zip(tmp_path / "d.zip", splits()) if packed else write_folder(tmp_path / "d", splits())
    found = inspect(path).report
    assert (found["dataset"], found["classes"]) == ("images", list(NAMES))
    assert {name: of["class_counts"] for name, of in found["splits"].items()} == {"train": [4, 4, 4], "test": [1, 1, 1]}
    raw = own_images.read(open_tree(path), 8, None)
    np.testing.assert_array_equal(raw.train.images, PIXELS.transpose(0, 3, 1, 2))
    assert raw.train.labels.tolist() == LABELS.tolist()
    assert "labels by column label; 12 training, 3 test" in raw.note


def test_a_file_brings_its_other_splits(tmp_path):
    files = {name.removeprefix("data/").split("-")[0] + ".parquet": data for name, data in splits().items()}
    folder = write_folder(tmp_path / "d", files)
    assert len(own_images.read(open_tree(folder / "train.parquet"), 8, None).test.labels) == 3


@pytest.mark.parametrize(
    ("file", "split"),
    [
        ("data/train-00000-of-00002-feed.parquet", "train"),
        ("default/test/0000.parquet", "test"),
        ("validation.parquet", "validation"),
        ("plain_text/train/0003.parquet", "train"),
        ("all.parquet", None),
    ],
)
def test_names_of_files_and_folders_name_the_split(file, split):
    assert split_named(file) == split


def test_without_splits_a_fixed_fifth_is_held_out(tmp_path):
    pixels, labels = np.concatenate([PIXELS, PIXELS]), np.concatenate([LABELS, LABELS])
    raw = read({"all.parquet": parquet(pixels, labels)}, tmp_path)
    assert "a fixed 20% of every class held out as test" in raw.note
    assert len(raw.train.labels) + len(raw.test.labels) == 24


@pytest.mark.parametrize("labels", [["b", "a"] * 6, [7, 3] * 6, [True, False] * 6])
def test_labels_without_names_are_classes_by_themselves(labels, tmp_path):
    raw = read(
        {"train.parquet": parquet(labels=labels, metadata={}), "test.parquet": parquet(labels=labels, metadata={})},
        tmp_path,
    )
    assert [raw.class_names[k] for k in raw.train.labels] == [str(label) for label in labels]


def test_pictures_as_plain_bytes_are_read_too(tmp_path):
    table = pa.table({"img": [png(one) for one in PIXELS], "y": LABELS, "id": [f"n{k}" for k in range(12)]})
    file = io.BytesIO()
    pq.write_table(table, file)
    raw = read({"train.parquet": file.getvalue(), "test.parquet": file.getvalue()}, tmp_path)
    np.testing.assert_array_equal(raw.train.images, PIXELS.transpose(0, 3, 1, 2))
    assert "columns not read: id" in raw.note


def test_of_fine_and_coarse_labels_the_fine_ones_are_taken_and_it_is_said(tmp_path):
    features = {"img": {"_type": "Image"}} | {
        name: {"_type": "ClassLabel", "names": list(NAMES)} for name in ("fine_label", "coarse_label")
    }
    metadata = {"huggingface": json.dumps({"info": {"features": features}})}
    data = parquet(metadata=metadata, image="img", label="fine_label", coarse_label=[0] * 12)
    raw = read({"train.parquet": data, "test.parquet": data}, tmp_path)
    assert raw.train.labels.tolist() == LABELS.tolist()
    assert "labels by column fine_label" in raw.note
    assert "columns not read: coarse_label" in raw.note


def test_rows_without_a_label_are_counted(tmp_path):
    labels = [-1, None, *LABELS[2:].tolist()]
    raw = read({"train.parquet": parquet(labels=labels), "test.parquet": parquet(PIXELS[:3], LABELS[:3])}, tmp_path)
    assert "rows without a label: 2" in raw.note
    assert len(raw.train.labels) == 10


def test_parts_that_are_missing_are_said(tmp_path):
    raw = read({"train-00001-of-00004.parquet": parquet(), "test.parquet": parquet(PIXELS[:3], LABELS[:3])}, tmp_path)
    assert "not complete: 1 of 4 files of train are there" in raw.note


def test_other_files_beside_are_named(tmp_path):
    assert "not read: 1 .md (README.md)" in read(splits() | {"README.md": b"# digits"}, tmp_path).note


REFUSED = {
    "two subsets": (
        {"mnist/train.parquet": parquet(), "fashion/train.parquet": parquet()},
        r"Parquet files of 2 subsets \('fashion', 'mnist'\); keep one of them",
    ),
    "other names": (
        {"train.parquet": parquet(), "test.parquet": parquet(metadata=noted(names=("a", "b", "c")))},
        r"train.parquet: has columns or class names that the files before it have not",
    ),
    "a label beyond": (
        {"train.parquet": parquet(labels=[3, *LABELS[1:]])}, r"label is 3; the file names the classes 0 to 2",
    ),
    "a bomb": (
        {"train.parquet": parquet(hole=[bytes([k]) * 900_000 for k in range(12)], packing="zstd")},
        r"unpacks to 10,\d+,\d+ bytes; at most 100 times its size",
    ),
    "paths alone": (
        {"train.parquet": parquet(paths=range(12))}, r"image is struct<.*, not the bytes of encoded pictures",
    ),
    "a path alone": ({"train.parquet": parquet(paths=(1,))}, r"train.parquet, row 2: holds no picture, only its path"),
    "no pictures": (
        {"train.parquet": parquet(metadata={}, image="a", label="b", c=["x"] * 12)},
        r"train.parquet: 2 columns \(b, c\) of labels; name it label \(it has a: struct",
    ),
    "damaged": ({"train.parquet": parquet()[:-9]}, r"train.parquet: not a readable Parquet file, or damaged"),
    "no picture file": (
        {"train.parquet": parquet().replace(b"\x89PNG", b"????")}, r"train.parquet, row \d+: not a readable PNG",
    ),
    "one class": ({"train.parquet": parquet(labels=[0] * 12)}, r"holds 1 label of images; 2 to 10,000 are needed"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_and_why(case, tmp_path):
    files, reason = REFUSED[case]
    with pytest.raises(DataError, match=reason):
        read(files, tmp_path)


def refusal(path):
    """The reason for which it is refused, or the file's name where it is read."""
    try:
        inspect(path)
    except DataError as error:
        return str(error)
    return path.name


def test_damage_ends_in_a_reason_that_names_the_file_or_in_nothing(tmp_path):
    whole, rng = parquet(), np.random.default_rng(1)
    for k in range(30):
        damaged = bytearray(whole)
        for at in rng.integers(0, len(whole), 4):
            damaged[at] = rng.integers(0, 256)
        path = tmp_path / f"{k}.parquet"
        path.write_bytes(damaged[: rng.integers(8, len(whole) + 1)] if k % 2 else damaged)
        assert path.name in refusal(path)
