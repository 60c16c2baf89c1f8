"""What speaks for a data set in a tree whose names suggest it: contents, not names alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from engine.config.catalog import DatasetName
from engine.data.events.decoders import MAX_BYTES, decode, is_event_file
from engine.data.events.looks import looks_like_cifar10_dvs, looks_like_n_mnist
from engine.data.files.names import listed
from engine.data.files.npy import read_npz
from engine.data.files.tree import Tree
from engine.data.readers import cifar10, cifar100, gesture, idx, known_idx, own_images
from engine.data.readers.image_folder import is_picture
from engine.errors import DataError

MAX_FILE = 300_000_000
PICKLED = b"\x80"
WITHOUT_MAGIC = (".bin", ".bs2", ".npy", ".npz", ".dat", ".raw", ".h5", ".hdf5")
"""Endings that files of many kinds bear."""
SAMPLED = 3
WNID = re.compile(r"n\d{8}")
CIFAR10_OPENINGS = ("699411278347729993264366263540", "388066163109579857867049524096")
"""First labels of training and test split."""


@dataclass(frozen=True)
class Evidence:
    """Whether the contents are that data set's, and the words for it.

    `settles`: labels lie where no general reader looks, so what its own reader refuses is refused.
    """

    holds: bool
    words: str
    settles: bool = False


def of_cifar10(tree: Tree) -> Evidence:
    """Six batches are named as no other data set's files; train.npz and test.npz are not, so their labels count."""
    if any(tree.home(f"data_batch_1{suffix}") is not None for suffix in ("", ".bin", ".png")):
        return Evidence(True, "files data_batch_1 to test_batch")
    home = tree.home("train.npz")
    assert home is not None  # its names suggested it
    for name, opening in zip(("train.npz", "test.npz"), CIFAR10_OPENINGS, strict=True):
        if name not in home.names:
            return Evidence(False, f"{name} is missing")
        arrays = read_npz(home.read(name, MAX_FILE), name, ("x", "y"), MAX_FILE)
        if arrays["x"].shape[1:] != (32, 32, 3) or arrays["x"].dtype != np.uint8:
            return Evidence(False, f"x of {name} is {arrays['x'].dtype} {list(arrays['x'].shape)}, not [N, 32, 32, 3]")
        if not _begins(arrays["y"], opening):
            return Evidence(False, f"the labels of {name} do not begin as those of CIFAR-10")
    return Evidence(True, "32×32 RGB arrays whose labels begin as those of CIFAR-10")


def _begins(labels: np.ndarray, opening: str) -> bool:
    first = "".join(map(str, labels.ravel()[: len(opening)].tolist()))
    return len(first) >= known_idx.LEAST and opening.startswith(first)


def of_cifar100(tree: Tree) -> Evidence:
    """Pickles named train, test and meta; or records whose fine labels belong to one coarse label each."""
    home = tree.home("train", "test", "meta")
    if home is not None:
        packed = all(data.startswith(PICKLED) for _, data in home.each(("train", "test", "meta"), MAX_FILE))
        return Evidence(packed, f"train, test and meta are {'pickled batches' if packed else 'no pickles'}")
    home = tree.home("train.bin", "test.bin")
    assert home is not None  # its names suggested it
    for name, data in home.each(("train.bin", "test.bin"), MAX_FILE):
        if not data or len(data) % cifar100.RECORD:
            return Evidence(False, f"{name} is no whole number of {cifar100.RECORD}-byte records")
        pairs = np.unique(np.frombuffer(data, np.uint8).reshape(-1, cifar100.RECORD)[:, :2], axis=0)
        if pairs[:, 0].max() > 19 or pairs[:, 1].max() > 99 or len(np.unique(pairs[:, 1])) != len(pairs):
            return Evidence(False, f"the records of {name} begin with no pair of coarse and fine label")
    return Evidence(True, "records of coarse label, fine label and 32×32 RGB pixels")


def of_svhn(tree: Tree) -> Evidence:
    return Evidence(True, "files train_32x32.mat and test_32x32.mat")


def of_tiny_imagenet(tree: Tree) -> Evidence:
    """wnids.txt lists WordNet ids, and training pictures lie in folders of these names."""
    home = tree.home("wnids.txt", "train/")
    assert home is not None  # its names suggested it
    listed = set(home.read("wnids.txt", MAX_FILE).decode("utf-8", "replace").split())
    if not listed or not all(WNID.fullmatch(wnid) for wnid in listed):
        return Evidence(False, "wnids.txt lists no WordNet ids such as n02124075")
    folders = {name.split("/")[1] for name in home.names if name.startswith("train/") and name.count("/") > 1}
    if not folders & listed:
        return Evidence(False, "no folder of train is listed in wnids.txt")
    return Evidence(True, "wnids.txt lists the folders of train by WordNet id")


def _of_idx(wanted: known_idx.KnownIdx) -> Callable[[Tree], Evidence]:
    def evidence(tree: Tree) -> Evidence:
        found = idx.identified(tree)
        if found is None:
            return Evidence(False, f"its labels are not those of {wanted.title}")
        return Evidence(found[0] is wanted, found[1])

    return evidence


def of_gesture(tree: Tree) -> Evidence:
    held = gesture.looks_like(tree)
    words = "AEDAT 3.1 named user<number>_<light>"
    return Evidence(
        held,
        f"recordings in {words}, with tables of gestures" if held else f"the recordings are not {words}",
        settles=held,
    )


def of_cifar10_dvs(tree: Tree) -> Evidence:
    held = looks_like_cifar10_dvs(tree, cifar10.CLASSES)
    words = "named cifar10_<class>_<number> in the folder of their class, on 128×128 pixels"
    return Evidence(held, f"recordings {words}" if held else f"the recordings are not {words}")


def of_n_mnist(tree: Tree) -> Evidence:
    held = looks_like_n_mnist(tree)
    words = "numbered, in folders 0 to 9, on 34×34 pixels"
    return Evidence(held, f"recordings {words}" if held else f"the recordings are not {words}")


def of_images(tree: Tree) -> Evidence:
    """What their reader complains of is told when it reads them."""
    return Evidence(True, " and ".join(own_images.suggested(tree)))


def of_events(tree: Tree) -> Evidence:
    """Beside pictures, recordings must be so by what they hold, and as many, or in every folder that has pictures."""
    recordings = [name for name in tree.names if is_event_file(name) and "/" in name]
    seen = [name for name in tree.names if is_picture(name) and "/" in name]
    if not seen:
        return Evidence(True, f"recordings in folders ({listed(recordings, 2)})")
    everywhere = {_folder(name) for name in seen} <= {_folder(name) for name in recordings}
    named = not recordings[0].lower().endswith(WITHOUT_MAGIC)
    if len(recordings) < len(seen) and not (everywhere and named):
        return Evidence(False, f"{len(seen):,} pictures lie beside what may be recordings ({listed(recordings, 2)})")
    for name in {_folder(name): name for name in recordings[:SAMPLED]}.values():
        decode(tree.read(name, MAX_BYTES), name)
    beside = "1 picture beside them is" if len(seen) == 1 else f"{len(seen):,} pictures beside them are"
    return Evidence(True, f"{len(recordings):,} recordings in folders; the {beside} not read")


def _folder(name: str) -> str:
    return name.rpartition("/")[0]


EVIDENCE: Mapping[DatasetName, Callable[[Tree], Evidence]] = {
    "cifar10": of_cifar10,
    "cifar100": of_cifar100,
    "svhn": of_svhn,
    "tiny_imagenet": of_tiny_imagenet,
    "mnist": _of_idx(known_idx.MNIST),
    "fashion_mnist": _of_idx(known_idx.FASHION),
    "dvs128_gesture": of_gesture,
    "cifar10_dvs": of_cifar10_dvs,
    "n_mnist": of_n_mnist,
    "events": of_events,
    "images": of_images,
}


def evidence_of(name: DatasetName, tree: Tree) -> Evidence:
    """What speaks for it; contents that cannot be read speak against it."""
    try:
        return EVIDENCE[name](tree)
    except DataError as error:
        return Evidence(False, str(error))
