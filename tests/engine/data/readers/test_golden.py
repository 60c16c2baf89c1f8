"""Files that other programs wrote hold the pixels and labels that these programs were given."""

from pathlib import Path

import numpy as np

from engine.data.files.file_trees import open_tree
from engine.data.readers import own_images, svhn
from tests.engine.data.files.test_tree import write_folder

GOLDEN = Path(__file__).parent / "golden"


def twice(tmp_path, file, name):
    """The file as training and as test split."""
    data = (GOLDEN / file).read_bytes()
    return open_tree(write_folder(tmp_path / "d", {name.format("train"): data, name.format("test"): data}))


def test_parquet_of_hugging_face(tmp_path):
    raw = own_images.read(twice(tmp_path, "datasets_train.parquet", "{}-00000-of-00001.parquet"), 8, None)
    np.testing.assert_array_equal(raw.train.images, np.load(GOLDEN / "pixels.npy").transpose(0, 3, 1, 2))
    assert [raw.class_names[k] for k in raw.train.labels] == ["cat", "zebra", "ant", "ant", "cat", "zebra"]
    assert raw.class_names == ("zebra", "ant", "cat")


def test_matlab_7_3_of_hdf5storage(tmp_path):
    raw = svhn.read(twice(tmp_path, "hdf5storage_32x32.mat", "{}_32x32.mat"))
    np.testing.assert_array_equal(raw.train.images, np.load(GOLDEN / "svhn.npy").transpose(3, 2, 0, 1))
    assert raw.train.labels.tolist() == [1, 0, 3, 9]
