"""The samples that a package's network is evaluated on, taken as its training data were, and what is known of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from engine.config.parse import parse_stored
from engine.data.evaluated.content import Hashes, sample_hashes
from engine.data.evaluated.record import DataRecord, record_of
from engine.data.evaluated.selection import Evaluated, Selection, labels_of, positions, seen, select
from engine.data.evaluated.sources import has_own, holds_samples, own_samples_of, samples_at
from engine.data.files.split_names import Split
from engine.data.images import Images, Samples
from engine.data.load import Dataset, digest_of, load
from engine.data.preprocessing.coding import Encoding
from engine.errors import DataError
from engine.export.package import Package

Source = Literal["package", "estimated from the same data", "estimated from other data"]


@dataclass(frozen=True)
class Asked:
    """Where samples are looked for: `samples` themselves, else the study's data set below `data_root`.

    `split` None: the test split; of other samples without one, all.
    """

    data_root: Path
    samples: Path | None = None
    split: Split | None = None


@dataclass(frozen=True)
class EvaluationData:
    """`seen_in_training` counts the samples that the network was trained on; None where that is not known."""

    images: Images
    encoding: Encoding
    split: Evaluated
    same_data: bool
    seen_in_training: int | None
    preprocessing_from: Source
    note: str

    def facts(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "split": self.split,
            "samples": len(self.images.labels),
            "same_data": self.same_data,
            "seen_in_training": self.seen_in_training,
            "preprocessing": {
                "from": self.preprocessing_from,
                "coding": self.encoding.coding,
                "mean": list(self.encoding.mean),
                "std": list(self.encoding.std),
            },
            "data": self.note,
        }


def evaluation_data(package: Package, asked: Asked) -> EvaluationData:
    """By the package's record of its data. In one of before the record it is made from the data that lie there now.

    Raises DataError: no samples, an unknown class, a split that is not there.
    """
    if asked.samples is None and asked.data_root.is_file():
        asked = replace(asked, samples=asked.data_root)
    if package.record is not None:
        return _by_record(package, package.record, "package", asked)
    config = parse_stored(package.document["study"])
    data = load(config, asked.data_root)
    same = data.digest == package.document["data_digest"]
    source: Source = "estimated from the same data" if same else "estimated from other data"
    record = record_of(config, data)
    return (
        _as_a_study(data, record, source, asked)
        if asked.samples is None
        else _by_record(package, record, source, asked)
    )


def _as_a_study(data: Dataset, record: DataRecord, source: Source, asked: Asked) -> EvaluationData:
    """A split of the data that lie there now, as a study would take it."""
    split = asked.split or "test"
    images = {"train": data.full_train, "validation": data.validation, "test": data.test}[split]
    same = source == "estimated from the same data"
    known = int(np.isin(record.split(split), record.train).sum()) if same else None
    note = f"{_count(images)}: the {split} split as a study would take it from the data there; {data.note}"
    return EvaluationData(images, data.encoding, split, same, known, source, note)


def _by_record(package: Package, record: DataRecord, source: Source, asked: Asked) -> EvaluationData:
    samples, own = _samples(package, record, asked)
    hashes = sample_hashes(samples.images)
    chosen = select(samples, hashes, record, asked.split, own=own)
    images = Images(samples.images.images[chosen.indices], labels_of(samples, chosen, record))
    return EvaluationData(
        images=images,
        encoding=record.preprocessing.encoding,
        split=chosen.split,
        same_data=_same_data(package, record, samples, hashes),
        seen_in_training=None if source == "estimated from other data" else seen(chosen, hashes, record),
        preprocessing_from=source,
        note=f"{_count(images)}: {chosen.said}; {samples.note}",
    )


def _count(images: Images) -> str:
    return f"{len(images.labels):,} sample{'' if len(images.labels) == 1 else 's'}"


def _samples(package: Package, record: DataRecord, asked: Asked) -> tuple[Samples, bool]:
    """The samples found, and whether they lie where the study's own data lay.

    A data root that does not hold the study's data set, but samples itself, stands for these.
    """
    config, how = parse_stored(package.document["study"]).data, record.preprocessing
    path, root = asked.samples, asked.data_root
    if path is None and not has_own(config, root) and holds_samples(root, config, how):
        path = root
    if path is not None:
        return samples_at(path, config, how), False
    return own_samples_of(config, root, how), True


def _same_data(package: Package, record: DataRecord, samples: Samples, hashes: Hashes) -> bool:
    """Whether every sample of the study is there, with its label: the digest of its data is that of the training."""
    train, test = (positions(record.split(split), hashes, samples, split) for split in ("train", "test"))
    if train is None or test is None:
        return False
    try:
        parts = [labels_of(samples, Selection(at, "all", ""), record) for at in (train, test)]
    except DataError:
        return False
    full, tested = (Images(samples.images.images[at], y) for at, y in zip((train, test), parts, strict=True))
    digest = digest_of(full, record.validation, tested, parted=record.parted)
    return digest == str(package.document["data_digest"])
