"""Where the samples lie that a trained network is evaluated on: the study's own data, or any others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.config.catalog import CATALOG
from engine.config.data import DataConfig
from engine.data.events.event_set import EventSet, Frames, framed
from engine.data.events.frame_cache import kept_frames
from engine.data.files.folder_tree import FolderTree
from engine.data.files.locate import ARCHIVES, candidates, find, locate, present
from engine.data.files.split_names import Split
from engine.data.files.tree import Tree
from engine.data.images import Images, Raw, Samples
from engine.data.preprocessing.kept import Preprocessing
from engine.data.readers import digits, event_folder, own_dataset, own_samples
from engine.data.readers.registry import READERS, checked_content
from engine.data.reduce import resized
from engine.errors import DataError

Cache = tuple[str, Path]
"""The hash of a tree's content, and the data root below which cut frames are kept."""


def has_own(config: DataConfig, data_root: Path) -> bool:
    """Whether the study's data set, whatever it holds now, lies below the data root."""
    if config.dataset == "digits" or own_dataset.is_own(config.dataset):
        return True
    if config.path is not None:
        return (data_root / config.path).exists()
    return present(CATALOG[config.dataset], READERS[config.dataset].recognises, data_root) is not None


def own_samples_of(config: DataConfig, data_root: Path, how: Preprocessing) -> Samples:
    """All samples where the study's data set lies, taken as its training data were. Raises DataError."""
    if config.dataset == "digits":
        return _of_raw(digits.read(config.image_size), how)
    if own_dataset.is_own(config.dataset):
        return _of_raw(own_dataset.read(config, data_root), how)
    tree = _own_tree(config, data_root, how)
    return _read(tree, config, how, (checked_content(tree, config), data_root))


def _own_tree(config: DataConfig, data_root: Path, how: Preprocessing) -> Tree:
    recognises = READERS[config.dataset].recognises
    if config.path is not None and (base := data_root / config.path).exists():
        found = find(base, recognises) or find(base, lambda tree: _recognises(tree, how))
        if found is not None:
            return found
    return locate(CATALOG[config.dataset], recognises, config.path, data_root)


def samples_at(path: Path, config: DataConfig, how: Preprocessing) -> Samples:
    """All samples of a folder, an archive or a file of arrays, taken as the training data were. Raises DataError."""
    if not path.is_dir() and not path.is_file():
        why = "is neither a file nor a folder" if path.exists() else "there is no such file or folder"
        raise DataError(f"samples: {path}: {why}")
    found = next((tree for tree in _trees(path) if _may_be(tree, config, how)), None)
    if found is None:
        kind = "recordings in class folders" if how.kind == "events" else "images with classes"
        raise DataError(f"samples: {path} holds no {kind}; python -m engine data --formats lists what is read")
    return _read(found, config, how, None)


def holds_samples(path: Path, config: DataConfig, how: Preprocessing) -> bool:
    """Whether a path itself holds what can be read as samples. Raises DataError for a damaged archive."""
    return path.exists() and any(_may_be(tree, config, how) for tree in _trees(path))


def _trees(path: Path) -> Iterator[Tree]:
    """A file that is no archive stands for itself alone, whatever lies beside it."""
    if path.is_file() and not path.name.lower().endswith(ARCHIVES):
        yield FolderTree(path.parent, [path.name])
    else:
        yield from candidates(path)


def _may_be(tree: Tree, config: DataConfig, how: Preprocessing) -> bool:
    return _is_official(tree, config) or _recognises(tree, how)


def _is_official(tree: Tree, config: DataConfig) -> bool:
    return config.dataset in READERS and config.dataset != "images" and READERS[config.dataset].recognises(tree)


def _recognises(tree: Tree, how: Preprocessing) -> bool:
    return event_folder.recognises(tree) if how.kind == "events" else own_samples.recognises(tree)


def _read(tree: Tree, config: DataConfig, how: Preprocessing, cache: Cache | None) -> Samples:
    """By the data set's own reader where it can: it wants whole sets. A user's images are taken as they come."""
    if _is_official(tree, config):
        try:
            found = READERS[config.dataset].read(tree, config)
        except DataError:
            if not _recognises(tree, how):
                raise
        else:
            return _of_events(found, _splits(found), how, cache) if isinstance(found, EventSet) else _of_raw(found, how)
    if how.kind == "images":
        return own_samples.read(tree, how)
    clips, splits = event_folder.unsplit(tree, how.sensor or 0, turned=config.dataset == "cifar10_dvs")
    return _of_events(clips, splits, how, cache)


def _of_raw(raw: Raw, how: Preprocessing) -> Samples:
    parts = [_resized(part.images, how) for part in (raw.train, raw.test)]
    images = Images(np.concatenate(parts), np.concatenate([raw.train.labels, raw.test.labels]))
    return Samples(images, raw.class_names, _splits(raw), raw.note)


def _resized(images: NDArray[Any], how: Preprocessing) -> NDArray[Any]:
    """At the training's size; event frames [N, T, 2, H, W] have it."""
    return images if images.ndim == 5 else resized(images, how.input[1], how.resize)[0]


def _splits(found: Raw | EventSet) -> tuple[Split, ...] | None:
    """The split of each sample, training samples first; None where the files name none."""
    if found.drawn:
        return None
    train, test = (len(part.labels if isinstance(part, Images) else part) for part in (found.train, found.test))
    counts: dict[Split, int] = {"train": train - found.validation, "validation": found.validation, "test": test}
    return tuple(split for split in counts for _ in range(counts[split]))


def _of_events(events: EventSet, splits: tuple[Split, ...] | None, how: Preprocessing, cache: Cache | None) -> Samples:
    by, size = how.frames_by or "count", how.input[1]
    if cache is None:
        frames: Frames = framed(events, how.time_steps, by, size)
    else:
        frames = kept_frames(events, cache[0], how.time_steps, by, size, cache[1])
    labels = np.array([clip.label for clip in events.clips], np.int64)
    return Samples(Images(frames, labels), events.class_names, splits, f"{events.note}; frames by {by}")
