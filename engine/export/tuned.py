"""A package's network after further training: what is known of it, measured anew on the samples in the package."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.data.evaluated.content import sample_hashes
from engine.data.evaluated.record import DataRecord
from engine.data.images import Images
from engine.errors import CheckpointError
from engine.export.document import FINE_TUNED, FineTuning, fine_tunings
from engine.export.kept_samples import answered, batch_of
from engine.export.package import Package
from engine.model.network import Network


def tuned(package: Package, network: Network, images: Images, tuning: FineTuning) -> Package:
    """The package of `network`, trained further on `images`, which count as seen in training from now on.

    Its results are those on the samples kept in the package: those of the study belong to the network of before.
    Raises CheckpointError for a package of before version 2, which keeps none.
    """
    record = _with_seen(_record(package), images)
    document = package.document | {FINE_TUNED: [one.model_dump() for one in (*fine_tunings(package.document), tuning)]}
    if package.samples is None:
        return Package(network, document, record)
    held, encoding = package.samples, record.preprocessing.encoding
    samples = answered(network, held.inputs, held.labels, encoding)
    measured = {
        "accuracy": samples.accuracy,
        "spikes": samples.spikes,
        "spikes_by_layer": samples.spikes_by_layer,
        "samples": len(samples.labels),
        "firing_rate": document["results"]["firing_rate"] * _ratio(samples.spikes, document["results"]["spikes"]),
        "best_test_accuracy": samples.accuracy,
    }
    document |= {
        "results": document["results"] | measured,
        "kept_samples": samples.document(encoding, batch_of(network)),
        **record.document(),
    }
    return Package(network, document, record, samples)


def _ratio(now: float, before: float) -> float:
    """Of spikes: a firing rate is spikes by the neurons and steps of the network, which stay."""
    return now / before if before else 0.0


def _record(package: Package) -> DataRecord:
    if package.record is None:
        raise CheckpointError("a package of version 1 does not keep how samples become its input")
    return package.record


def _with_seen(record: DataRecord, images: Images) -> DataRecord:
    """Validation samples keep their places in `train`."""
    return replace(record, train=np.concatenate([record.train, sample_hashes(images)]))
