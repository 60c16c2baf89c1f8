"""Seeded splits and subsets of labelled data: pure functions on label arrays."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engine.seeds import derive

Indices = NDArray[np.int64]


def stratified(labels: NDArray[np.int64], fraction: float, rng: np.random.Generator) -> tuple[Indices, Indices]:
    """(rest, part), indices of `labels` [N] in their order: `part` holds `fraction` of every class.

    That is at least one image where a class has two. A class's only image stays in `rest`: what cannot be learnt need
    not be evaluated.
    """
    chosen = [
        rng.permutation(members)[: max(1, round(len(members) * fraction)) if len(members) > 1 else 0]
        for members in (np.flatnonzero(labels == label) for label in np.unique(labels))
    ]
    part = np.sort(np.concatenate(chosen))
    return np.setdiff1d(np.arange(len(labels)), part), part


def contiguous(labels: NDArray[np.int64], fraction: float) -> tuple[Indices, Indices]:
    """(first, last), indices of `labels` [N]: the last `fraction` by index, as the paper splits."""
    cut = len(labels) - round(len(labels) * fraction)
    everything = np.arange(len(labels))
    return everything[:cut], everything[cut:]


def validation_split(
    labels: NDArray[np.int64], kind: Literal["stratified", "contiguous"], fraction: float, seed: int
) -> tuple[Indices, Indices]:
    """(training, validation) indices of `labels` [N] of a study with this seed."""
    if kind == "stratified":
        return stratified(labels, fraction, np.random.default_rng(derive(seed, "data/validation")))
    return contiguous(labels, fraction)


def balanced_subset(labels: NDArray[np.int64], count: int | None, rng: np.random.Generator) -> Indices:
    """`count` indices of `labels` [N] in their order, the classes as even as their sizes allow.

    All of them where `count` is None.
    """
    if count is None or count >= len(labels):
        return np.arange(len(labels))
    queues = [rng.permutation(np.flatnonzero(labels == label)) for label in np.unique(labels)]
    # the k-th image of every class before the (k+1)-th of any: even until a class runs out
    order = sorted((k, c) for c, queue in enumerate(queues) for k in range(len(queue)))
    return np.sort(np.array([queues[c][k] for k, c in order[:count]]))
