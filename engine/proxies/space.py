"""Proxies of every architecture of a study's space."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from engine.config.study import StudyConfig
from engine.data.load import load
from engine.process.device import configure_device
from engine.proxies.scores import proxy_batch, scores


def space_scores(config: StudyConfig, data_root: Path, seed: int) -> Iterator[tuple[str, dict[str, float]]]:
    """(genome, scores by name) in the space's order: initial weights of `seed`, samples of the study. Raises DataError.

    All architectures and seeds see the same batch, which is drawn from the study's own seed.
    """
    configure_device(config.runtime.model_copy(update={"device": "cpu"}))
    batch = proxy_batch(config, load(config, data_root))
    seeded = config.model_copy(update={"seed": seed})
    for architecture in config.space.enumerate():
        yield architecture.code, scores(seeded, architecture, batch)
