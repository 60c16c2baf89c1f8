"""Data sets: one reader each, one seeded path from raw files to the splits a study trains, searches and tests on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from engine.config import DataConfig
from engine.data import cifar10, digits
from engine.data.images import Images, Raw
from engine.data.splits import balanced_subset, contiguous, stratified
from engine.errors import DataError
from engine.seeds import derive

__all__ = ["DATASETS", "Dataset", "Images", "Raw", "load"]

Augmentation = Literal["none", "crop_flip", "shift"]
Reader = Callable[[DataConfig, Path], Raw]


@dataclass(frozen=True)
class Dataset:
    """What a study works on. `mean` and `std` are per channel, of `full_train`, in 0…1; `digest` is of what is used."""

    train: Images
    validation: Images
    full_train: Images
    test: Images
    class_names: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    digest: str
    note: str
    augmentation: Augmentation


def _read_digits(config: DataConfig, data_root: Path) -> Raw:
    return digits.read(config.image_size)


def _read_cifar10(config: DataConfig, data_root: Path) -> Raw:
    return cifar10.read(Path(config.path) if config.path else None, data_root)


DATASETS: dict[str, tuple[Reader, Augmentation]] = {
    "digits": (_read_digits, "shift"),
    "cifar10": (_read_cifar10, "crop_flip"),
}
"""Each data set's reader and its augmentation: the paper's crop and flip for CIFAR-10; ours for digits."""


def load(config: DataConfig, data_root: Path, seed: int) -> Dataset:
    """Read, subset and split a data set; every draw comes from (seed, purpose). Raises DataError."""
    reader, augmentation = DATASETS[config.dataset]
    raw = reader(config, data_root)
    full = raw.train.take(
        balanced_subset(raw.train.labels, config.train_samples, np.random.default_rng(derive(seed, "data/train")))
    )
    test = raw.test.take(
        balanced_subset(raw.test.labels, config.test_samples, np.random.default_rng(derive(seed, "data/test")))
    )
    if len(full.labels) < 4:
        raise DataError(f"data.path: {config.dataset} holds only {len(full.labels)} training images; at least 4")
    if config.split == "stratified":
        rng = np.random.default_rng(derive(seed, "data/validation"))
        train, validation = stratified(full.labels, config.validation_fraction, rng)
    else:
        train, validation = contiguous(full.labels, config.validation_fraction)
    mean, std = _statistics(full)
    return Dataset(
        train=full.take(train),
        validation=full.take(validation),
        full_train=full,
        test=test,
        class_names=raw.class_names,
        mean=mean,
        std=std,
        digest=_digest(full, test),
        note=raw.note,
        augmentation=augmentation,
    )


def _statistics(images: Images) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation per channel in 0…1, from exact integer histograms (no float image is made)."""
    means, deviations = [], []
    for channel in range(images.images.shape[1]):
        counts = np.bincount(images.images[:, channel].ravel(), minlength=256).astype(np.float64)
        values = np.arange(256) / 255
        mean = float((counts * values).sum() / counts.sum())
        means.append(mean)
        deviations.append(max(float(np.sqrt((counts * (values - mean) ** 2).sum() / counts.sum())), 1e-8))
    return tuple(means), tuple(deviations)


def _digest(*parts: Images) -> str:
    """SHA-256 over shapes, pixels and labels in a fixed order."""
    total = hashlib.sha256()
    for part in parts:
        total.update(repr(part.images.shape).encode())
        total.update(np.ascontiguousarray(part.images).data)
        total.update(part.labels.astype("<i8").data)
    return total.hexdigest()
