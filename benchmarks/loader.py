"""The engine's Trainer on 50,000 stored images of CIFAR-10's size: seconds of a step, and seconds it waits for data."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from engine.config.study import StudyConfig
from engine.data.images import Images
from engine.data.load import Dataset
from engine.data.preprocessing.coding import Encoding
from engine.model.network import SpikingNetwork
from engine.training.totals import Totals
from engine.training.trainer import Batch, Trainer

STORED = 50_000
STEPS = 4
"""In one unit of work: enough that a step's share is not that of one batch alone."""


class _Waiting(Trainer):
    """How long it has been at gathering, augmenting, encoding and moving batches; a GPU works on meanwhile, so there
    its steps waited for at most that.
    """

    waited = 0.0

    def _batch(self, indices: np.ndarray, step: int) -> Batch:
        started = time.perf_counter()
        batch = super()._batch(indices, step)
        self.waited += time.perf_counter() - started
        return batch


def training(network: SpikingNetwork, config: StudyConfig, batch: int) -> Callable[[], dict[str, Any]]:
    """A unit of work: some steps of an epoch; mean `seconds` of one, and of these the seconds `waited`."""
    data = _stored(config)
    recipe = config.supernet.model_copy(update={"batch_size": batch})
    trainer = _Waiting(network, data.train, data, recipe, purpose="supernet")
    steps = trainer.epoch(0, 0, Totals(), lambda step: None)

    def unit() -> dict[str, Any]:
        trainer.waited, started = 0.0, time.perf_counter()
        for _ in range(STEPS):
            next(steps)
        return {"seconds": (time.perf_counter() - started) / STEPS, "waited": trainer.waited / STEPS}

    return unit


def _stored(config: StudyConfig) -> Dataset:
    """Random images, stored as every data set is, with the config's augmentation and coding."""
    draws, size = np.random.default_rng(0), config.input
    pixels = draws.integers(0, 256, (STORED, size.channels, size.height, size.width), dtype=np.uint8)
    images = Images(pixels, draws.integers(0, size.classes, STORED))
    shares = (0.5,) * size.channels
    encoding = Encoding(config.data.encoding, config.network.time_steps, shares, shares, config.seed)
    names = tuple(map(str, range(size.classes)))
    return Dataset(images, images, images, images, names, encoding, "", "random", config.data.info.augmentation)
