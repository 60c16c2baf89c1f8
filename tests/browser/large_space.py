"""A study of a space too large to draw whole, on a data set with published numbers.

From another process, for a running studio: `python -m tests.browser.large_space OWNER GENERATIONS`. Prints its id.
"""

from __future__ import annotations

import sys

from engine.config.study import StudyConfig
from engine.space.macro import Layer
from tests import large_study

LAYERS = 7
"""Searched layers of five blocks: 78,125 architectures."""
ten_thousand = large_study.config


def config(generations: int = large_study.GENERATIONS) -> StudyConfig:
    study = ten_thousand(generations)
    pool = Layer(kind="max_pool", stride=2)
    layers = (*(Layer(channels=8) for _ in range(LAYERS)), pool)
    network = study.network.model_copy(update={"macro": study.network.macro.model_copy(update={"layers": layers})})
    data = study.data.model_copy(update={"dataset": "cifar10", "image_size": 32, "train_samples": None})
    return study.model_copy(update={"name": "Too large to draw whole", "network": network, "data": data})


if __name__ == "__main__":
    import django

    django.setup()
    large_study.config = config
    print(large_study.store(sys.argv[1], *map(int, sys.argv[2:])))
