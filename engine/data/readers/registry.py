"""Each data set's reader: how its files are recognised by name, and what they hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from engine.config.catalog import CATALOG, DatasetName
from engine.config.data import DataConfig
from engine.data.events.event_set import EventSet
from engine.data.files.locate import Recognises, locate
from engine.data.files.tree import Tree
from engine.data.images import Raw
from engine.data.readers import (
    cifar10,
    cifar100,
    digits,
    event_folder,
    gesture,
    idx,
    own_dataset,
    own_images,
    svhn,
    tiny_imagenet,
)
from engine.errors import DataChangedError

Read = Callable[[Tree, DataConfig], Raw | EventSet]
CIFAR10_DVS_TEST = 0.1
"""Of every class the last tenth, as the reference code of Na et al. 2022 splits (ratio 0.9)."""


@dataclass(frozen=True)
class Reader:
    """`read` gives images whole, and events undecoded."""

    recognises: Recognises
    read: Read


def _n_mnist(tree: Tree, config: DataConfig) -> EventSet:
    return event_folder.read(tree, config.sensor, "N-MNIST", [str(digit) for digit in range(10)])


def _cifar10_dvs(tree: Tree, config: DataConfig) -> EventSet:
    found = event_folder.read(tree, config.sensor, "CIFAR10-DVS", cifar10.CLASSES, CIFAR10_DVS_TEST)
    return replace(found, turned=True)


def _own_events(tree: Tree, config: DataConfig) -> EventSet:
    return event_folder.read(tree, config.sensor, f"events of {tree.label}")


READERS: Mapping[DatasetName, Reader] = {
    "cifar10": Reader(cifar10.recognises, lambda tree, _: cifar10.read(tree)),
    "cifar100": Reader(cifar100.recognises, lambda tree, _: cifar100.read(tree)),
    "svhn": Reader(svhn.recognises, lambda tree, _: svhn.read(tree)),
    "tiny_imagenet": Reader(tiny_imagenet.recognises, lambda tree, _: tiny_imagenet.read(tree)),
    "mnist": Reader(idx.recognises, lambda tree, _: idx.read(tree, "MNIST", idx.DIGITS)),
    "fashion_mnist": Reader(idx.recognises, lambda tree, _: idx.read(tree, "Fashion-MNIST", idx.FASHION)),
    "images": Reader(own_images.recognises, lambda tree, of: own_images.read(tree, of.image_size, of.channels)),
    "n_mnist": Reader(event_folder.recognises, _n_mnist),
    "cifar10_dvs": Reader(event_folder.recognises, _cifar10_dvs),
    "dvs128_gesture": Reader(gesture.recognises, lambda tree, _: gesture.read(tree)),
    "events": Reader(event_folder.recognises, _own_events),
}
"""All but the digits, which come with a package, and those that a function of one's own loads."""


def open_data(config: DataConfig, data_root: Path) -> tuple[Raw | EventSet, str]:
    """What the config names, and the SHA-256 of the files' content ("" for the digits, and for a data set of
    one's own). Raises DataError.
    """
    if config.dataset == "digits":
        return digits.read(config.image_size), ""
    if own_dataset.is_own(config.dataset):
        return own_dataset.read(config, data_root), ""
    reader = READERS[config.dataset]
    tree = locate(CATALOG[config.dataset], reader.recognises, config.path, data_root)
    content = checked_content(tree, config)
    return reader.read(tree, config), content


def checked_content(tree: Tree, config: DataConfig) -> str:
    """The tree's hash where something depends on it: a frame cache's key, or a hash to hold the files to.

    Raises DataChangedError where it is another than the config's.
    """
    if config.info.kind == "images" and config.content_sha256 is None:
        return ""
    content = tree.content_hash()
    if config.content_sha256 not in (None, content) and config.content_sha256 != tree.earlier_content_hash():
        raise DataChangedError(
            f"data.content_sha256: the files of {config.path or config.info.title} have changed: their SHA-256 is "
            f"{content[:16]}…, the study wants {str(config.content_sha256)[:16]}…"
        )
    return content
