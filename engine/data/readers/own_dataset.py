"""A data set of one's own, loaded by its function and held to what its descriptor says."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from engine.config.data import DataConfig
from engine.config.own_datasets import OWN, OwnDataset
from engine.data.images import Images, Raw
from engine.errors import DataChangedError, DataError
from engine.schema.own import failed, key_of


def is_own(name: str) -> bool:
    """Whether a function of one's own loads the data set of this name."""
    return name in OWN


def read(config: DataConfig, data_root: Path) -> Raw:
    """The whole data set: images [N, C, H, W] uint8, or event frames [N, T, 2, H, W].

    Raises DataError where it is not what its descriptor says, DataChangedError where its content is not the config's,
    and PartError where its function fails.
    """
    own = OWN[config.dataset]
    train, test = _loaded(own, data_root / (config.path or own.name))
    raw = Raw(_images(own, "training", train), _images(own, "test", test), own.classes, f"{own.title} (own data set)")
    _require_content(raw, config)
    return raw


def content_hash(raw: Raw) -> str:
    """SHA-256 over type, shape, pixels and labels of both splits."""
    total = hashlib.sha256()
    for part in (raw.train, raw.test):
        total.update(f"{part.images.dtype.str} {part.images.shape}".encode())
        total.update(np.ascontiguousarray(part.images).data)
        total.update(part.labels.astype("<i8").data)
    return total.hexdigest()


def size(raw: Raw) -> int:
    """Bytes of all samples."""
    return raw.train.images.nbytes + raw.test.images.nbytes


def require_time_steps(name: str, time_steps: int) -> None:
    """Raise DataError where a study wants another T than the event frames of a data set of one's own have."""
    own = OWN[name].time_steps
    if own not in (None, time_steps):
        raise DataError(f"network.time_steps: the frames of {OWN[name].title} have T = {own}, got {time_steps}")


def _loaded(own: OwnDataset, folder: Path) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    try:
        (images, labels), (tested, answers) = own.load(folder)
    except DataError:
        raise
    except Exception as error:
        raise failed(key_of("dataset", own.name), error) from error
    return (images, labels), (tested, answers)


def _images(own: OwnDataset, split: str, given: tuple[Any, Any]) -> Images:
    """One split. Raises DataError for another shape or type, and for labels that are no place in the classes."""
    images, labels = np.asarray(given[0]), np.asarray(given[1])
    shape = own.shape if own.time_steps is None else (own.time_steps, *own.shape)
    if images.shape[1:] != shape or not len(images):
        raise DataError(f"{_of(own, split)} images must be [N, {_listed(shape)}], got [{_listed(images.shape)}]")
    if labels.shape != (len(images),) or labels.dtype.kind not in "iu":
        raise DataError(f"{_of(own, split)} labels must be whole numbers [{len(images)}], got {labels.dtype}")
    if labels.min() < 0 or labels.max() >= len(own.classes):
        raise DataError(
            f"{_of(own, split)} labels must be 0 to {len(own.classes) - 1}, got {labels.min()} to {labels.max()}"
        )
    return Images(images, labels.astype(np.int64))


def _of(own: OwnDataset, split: str) -> str:
    return f"data set {own.name!r}: its {split}"


def _listed(shape: tuple[int, ...]) -> str:
    return ", ".join(map(str, shape))


def _require_content(raw: Raw, config: DataConfig) -> None:
    if config.content_sha256 is None:
        return
    content = content_hash(raw)
    if content != config.content_sha256:
        raise DataChangedError(
            f"data.content_sha256: {config.info.title} has changed: its SHA-256 is {content[:16]}…, the study wants "
            f"{config.content_sha256[:16]}…"
        )
