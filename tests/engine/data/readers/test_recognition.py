"""What a tree is taken for: by what its files hold, never by a name alone; and what is told of it."""

import numpy as np
import pytest

from engine.data.files.file_trees import open_tree
from engine.data.preview.check import inspect
from engine.data.readers.evidence import CIFAR10_OPENINGS, evidence_of
from engine.data.readers.recognition import recognise
from engine.errors import DataError
from tests.engine.data.events.test_event_sets import ONE
from tests.engine.data.files.test_tree import write_folder, write_zip
from tests.engine.data.readers.test_image_readers import class_folders, npz

RNG = np.random.default_rng(32)


def found(path):
    return next(iter(recognise(path)))


def arrays_of(openings: tuple[str, str], side: int = 32) -> dict[str, bytes]:
    files = {}
    for split, opening in zip(("train", "test"), openings, strict=True):
        labels = np.array(list(map(int, opening)))
        files[f"{split}.npz"] = npz(x=RNG.integers(0, 256, (len(labels), side, side, 3), np.uint8), y=labels)
    return files


def test_train_and_test_npz_are_cifar_10_by_their_labels(tmp_path):
    known = found(write_folder(tmp_path / "d", arrays_of(CIFAR10_OPENINGS)))
    assert known.name == "cifar10"
    assert known.why == (
        "recognised as CIFAR-10 by 32×32 RGB arrays whose labels begin as those of CIFAR-10; "
        "could also be your own images"
    )


@pytest.mark.parametrize(
    ("openings", "side", "doubt"),
    [
        (CIFAR10_OPENINGS, 16, r"x of train.npz is uint8 [30, 16, 16, 3], not [N, 32, 32, 3]"),
        (("0123456789" * 3, "0123456789" * 3), 32, "the labels of train.npz do not begin as those of CIFAR-10"),
        ((CIFAR10_OPENINGS[0], "0" * 30), 32, "the labels of test.npz do not begin as those of CIFAR-10"),
    ],
)
def test_other_arrays_of_these_names_are_one_s_own(openings, side, doubt, tmp_path):
    for path in (write_folder(tmp_path / "d", arrays_of(openings, side)), tmp_path / "d" / "train.npz"):
        known = found(path)
        assert known.name == "images"
        assert f"not CIFAR-10: {doubt}" in known.why


def records(coarse: np.ndarray, fine: np.ndarray) -> bytes:
    pixels = RNG.integers(0, 256, (len(fine), 3072), np.uint8)
    return np.concatenate([coarse[:, None], fine[:, None], pixels], 1).astype(np.uint8).tobytes()


def test_cifar_100_is_known_by_pairs_of_labels(tmp_path):
    fine = np.arange(100)
    good = records(fine // 5, fine)
    tree = open_tree(write_folder(tmp_path / "d", {"train.bin": good, "test.bin": good}))
    assert evidence_of("cifar100", tree).holds
    for name, bad in {
        "size": good[:-1], "coarse": records(fine, fine), "pairs": records(fine % 20, fine // 2 * 2),
        "fine": records(fine // 5, fine + 100),
    }.items():  # fmt: skip
        tree = open_tree(write_folder(tmp_path / name, {"train.bin": bad, "test.bin": good}))
        assert not evidence_of("cifar100", tree).holds, name


def test_files_named_train_test_and_meta_are_cifar_100_only_as_pickles(tmp_path):
    tree = open_tree(write_folder(tmp_path / "d", {"train": b"\x80\x02", "test": b"\x80\x02", "meta": b"x"}))
    assert evidence_of("cifar100", tree).words == "train, test and meta are no pickles"


def test_tiny_imagenet_is_known_by_wordnet_ids(tmp_path):
    files = class_folders(3, "train/") | class_folders(3, "val/")
    own = found(write_folder(tmp_path / "d", files | {"wnids.txt": b"cat\ndog\n"}))
    assert own.name == "images"
    assert "not Tiny-ImageNet-200: wnids.txt lists no WordNet ids such as n02124075" in own.why
    elsewhere = found(write_folder(tmp_path / "e", files | {"wnids.txt": b"n02124075\n"}))
    assert "no folder of train is listed in wnids.txt" in elsewhere.why


@pytest.mark.parametrize(
    "more",
    [
        {"cat/features.npz": npz(a=[1])},
        {"dog/weights.bin": bytes(50)},
        {"weights.bin": bytes(50), "features.npz": npz(a=[1])},
        {"train_labels.csv": b"id,label\n0,1\n"},
        {"meta": b"x", "wnids.txt": b"x"},
    ],
    ids=lambda more: next(iter(more)),
)
def test_a_file_beside_pictures_does_not_make_them_another_data_set(more, tmp_path):
    report = inspect(write_folder(tmp_path / "d", class_folders(5) | more)).report
    assert (report["dataset"], report["classes"]) == ("images", ["cat", "dog"])
    named = next(iter(more))
    assert named in report["note"] or named in report["why"]


def test_recordings_with_a_few_pictures_beside_are_events_and_the_pictures_are_named(tmp_path):
    files = {f"{label}/{k}.npz": ONE for label in "uv" for k in range(5)} | {"u/view.png": b"1"}
    report = inspect(write_folder(tmp_path / "d", files)).report
    assert report["dataset"] == "events"
    assert "not read: 1 .png (u/view.png)" in report["note"]
    assert "the 1 picture beside them is not read" in report["why"]


def test_train_zip_beside_test_zip_are_the_splits(tmp_path):
    for split, count in (("train", 4), ("test", 2)):
        files = {name.replace("/", f"/{split}"): data for name, data in class_folders(count).items()}
        write_zip(tmp_path / f"{split}.zip", files)
    report = inspect(tmp_path).report
    assert {name: split["class_counts"] for name, split in report["splits"].items()} == {
        "train": [4, 4],
        "test": [2, 2],
    }


def test_of_archives_that_repeat_each_other_the_ones_not_read_are_named(tmp_path):
    for name in ("a.zip", "b.zip"):
        write_zip(tmp_path / name, class_folders(5))
    assert "not read: the other archives there (b.zip)" in inspect(tmp_path).report["why"]


def test_what_is_nothing_says_what_was_suggested(tmp_path):
    with pytest.raises(
        DataError, match=r"it holds test\.bin, train\.bin; not CIFAR-100: train\.bin is no whole number"
    ):
        inspect(write_folder(tmp_path / "d", {"train.bin": b"12", "test.bin": b"34"}))
