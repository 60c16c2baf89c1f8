"""The share of samples held out as a test split where the files bring none, the same for every study."""

from __future__ import annotations

import numpy as np

from engine.data.images import Images, Raw
from engine.data.splits import stratified

HELD_OUT = 0.2
SEED = 1797
"""The test split is the same whatever a study's seed."""


def with_test_split(images: Images, class_names: tuple[str, ...], note: str) -> Raw:
    """A fixed, class-balanced fifth becomes the test split."""
    train, test = stratified(images.labels, HELD_OUT, np.random.default_rng(SEED))
    return Raw(images.take(train), images.take(test), class_names, note)
