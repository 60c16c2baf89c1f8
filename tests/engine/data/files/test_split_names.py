"""Names that mean a split, and names that do not."""

import pytest

from engine.data.files.split_names import is_affix, split_of

MEANT = {
    "train": ["train", "Train", "TRAINING", "train_data", "Train-Data", "trainset", "training_set", "images_train",
              "TrainImages", "train 2017", "01_train", "training.images"],
    "validation": ["val", "valid", "validation", "dev", "val_images", "valset", "Validation Set", "dev_split"],
    "test": ["test", "Testing", "Test_data", "test-set", "testdata", "imgs_test", "TestSet"],
}  # fmt: skip


@pytest.mark.parametrize(("split", "name"), [(split, name) for split, names in MEANT.items() for name in names])
def test_usual_names_of_a_split_mean_it(split, name):
    assert split_of(name) == split


@pytest.mark.parametrize(
    "name",
    [
        *("cat", "trains", "attest", "contest", "testament", "valley", "device", "train_à_grande_vitesse"),
        *("train_test", "freight train", "0", "", "电车 train"),
    ],
)
def test_other_names_mean_none(name):
    assert split_of(name) is None


def test_a_folder_that_only_says_that_data_lie_there():
    assert is_affix("images")
    assert is_affix("Data_Files")
    assert not is_affix("cats")
    assert not is_affix("")
