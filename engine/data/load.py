"""Data sets: one reader each, one seeded path from raw files to the splits a study trains, searches and tests on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from engine.config.catalog import Augmentation
from engine.config.data import DataConfig
from engine.config.study import StudyConfig
from engine.data.events.event_set import EventSet
from engine.data.events.frame_cache import cached_frames
from engine.data.images import Images, Raw, channel_statistics
from engine.data.preprocessing.coding import Coding, Encoding, Resize, ValueRange
from engine.data.readers.own_dataset import is_own, require_time_steps
from engine.data.readers.registry import open_data
from engine.data.reduce import at_size
from engine.data.splits import Indices, balanced_subset, validation_split
from engine.errors import DataError
from engine.seeds import derive


@dataclass(frozen=True)
class Dataset:
    """What a study works on. `digest` is of what is used; `validation_at` are the indices of `validation` in
    `full_train`, which the files name where `parted`. Resize, range and first label tell how images were taken, as in
    `Raw`.
    """

    train: Images
    validation: Images
    full_train: Images
    test: Images
    class_names: tuple[str, ...]
    encoding: Encoding
    digest: str
    note: str
    augmentation: Augmentation
    validation_at: Indices = field(default_factory=lambda: np.arange(0))
    parted: bool = False
    resize: Resize = "average"
    value_range: ValueRange | None = None
    first_label: int = 0


def load(study: StudyConfig, data_root: Path) -> Dataset:
    """Read, subset and split a study's data set; every draw comes from (seed, purpose). Events become T frames.

    Raises DataError.
    """
    config, seed, time_steps = study.data, study.seed, study.network.time_steps
    raw = read_raw(config, data_root, time_steps)
    full = raw.train.take(_training(raw, config.train_samples, seed))
    test = raw.test.take(
        balanced_subset(raw.test.labels, config.test_samples, np.random.default_rng(derive(seed, "data/test")))
    )
    if len(full.labels) < 4:
        raise DataError(f"data.path: {config.dataset} holds only {len(full.labels)} training samples; at least 4")
    if not len(test.labels):
        raise DataError(f"data.path: {config.dataset} holds no test sample; at least 1")
    train, validation = _parts(full, raw.validation, config, seed)
    _check_parts(len(train), len(validation), raw, config)
    coding: Coding = "counts" if config.info.kind == "events" else config.encoding
    mean, std = channel_statistics(full) if coding == "direct" else ((), ())
    return Dataset(
        train=full.take(train),
        validation=full.take(validation),
        full_train=full,
        test=test,
        class_names=raw.class_names,
        encoding=Encoding(coding, time_steps, mean, std, seed),
        digest=digest_of(full, validation, test, parted=bool(raw.validation)),
        note=raw.note,
        augmentation=(config.augmentation or config.info.augmentation) if config.augment else "none",
        validation_at=validation,
        parted=bool(raw.validation),
        resize=raw.resize,
        value_range=raw.value_range,
        first_label=raw.first_label,
    )


def _training(raw: Raw, count: int | None, seed: int) -> Indices:
    """Indices of the training samples in use: `count` of them, class-balanced, and all of the files' own validation."""
    own = len(raw.train.labels) - raw.validation
    chosen = balanced_subset(raw.train.labels[:own], count, np.random.default_rng(derive(seed, "data/train")))
    return np.concatenate([chosen, np.arange(own, len(raw.train.labels))])


def _parts(full: Images, given: int, config: DataConfig, seed: int) -> tuple[Indices, Indices]:
    """(training, validation) indices: the last `given` where the files bring a validation split, else drawn."""
    if given:
        return np.arange(len(full.labels) - given), np.arange(len(full.labels) - given, len(full.labels))
    return validation_split(full.labels, config.split, config.validation_fraction, seed)


def read_raw(config: DataConfig, data_root: Path, time_steps: int) -> Raw:
    """The official training and test split at the config's size, before any subset. Raises DataError."""
    if is_own(config.dataset):
        require_time_steps(config.dataset, time_steps)
    found, content = open_data(config, data_root)
    _check_classes(found.class_names, config)
    if isinstance(found, EventSet):
        return cached_frames(found, content, time_steps, config.frames_by, config.image_size, data_root)
    return at_size(found, config.image_size)


def _check_classes(names: tuple[str, ...], config: DataConfig) -> None:
    if len(names) != config.input.classes:
        raise DataError(f"data.classes: the files hold {len(names)} classes, the study says {config.input.classes}")


def _check_parts(train: int, validation: int, raw: Raw, config: DataConfig) -> None:
    """A network trained on nothing, or evaluated on nothing, still gives numbers."""
    if train >= 2 and validation:
        return
    field = "data.path" if train + validation == len(raw.train.labels) else "data.train_samples"
    raise DataError(
        f"{field}: {train + validation:,} samples of {len(raw.class_names):,} classes leave {train:,} for training and "
        f"{validation:,} for validation; at least 2 and 1 (a stratified split parts a class from two samples on)"
    )


def digest_of(full: Images, validation: Indices, test: Images, *, parted: bool) -> str:
    """SHA-256 of the samples in use. `parted`: it tells where the files' own validation split begins."""
    if not parted:
        return _digest(full, test)
    train = np.setdiff1d(np.arange(len(full.labels)), validation)
    return _digest(full.take(train), full.take(validation), test)


def _digest(*parts: Images) -> str:
    """SHA-256 over shapes, pixels and labels in a fixed order."""
    total = hashlib.sha256()
    for part in parts:
        total.update(repr(part.images.shape).encode())
        total.update(np.ascontiguousarray(part.images).data)
        total.update(part.labels.astype("<i8").data)
    return total.hexdigest()
