"""What a new config is refused for, though studies were stored with it before there was a rule: one line a field.

A stored study keeps its config and its digest, and stays readable.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.config.own_parts import changes
from engine.config.study import StudyConfig
from engine.space.macro import POOL_STRIDE, POOLS, Layer, MacroArchitecture


def refusals(config: StudyConfig) -> list[str]:
    """`field.path: what is allowed, what was given`, for each field that says what has no effect or no sense."""
    return [*_pools("network", config.network.macro), *_arm_pools(config), *_cutouts(config), *changes(config.parts)]


def _arm_pools(config: StudyConfig) -> Iterator[str]:
    for i, arm in enumerate(config.analysis.arms if config.analysis else ()):
        if arm.network is not None:
            yield from _pools(f"analysis.arms.{i}.network", arm.network.macro)


def _pools(network: str, macro: MacroArchitecture) -> Iterator[str]:
    """What is said of a pool and changes nothing: the same network would have two digests."""
    for i, layer in enumerate(macro.layers):
        if layer.kind in POOLS:
            yield from (f"{network}.macro.layers.{i}.{line}" for line in _pool(layer))


def _pool(pool: Layer) -> Iterator[str]:
    if pool.channels is not None:
        yield f"channels: a pool keeps the channels of its input; leave it empty, got {pool.channels}"
    if pool.candidates is not None:
        yield f"candidates: a pool has no candidate blocks; leave it empty, got {', '.join(pool.candidates)}"
    if pool.stride != POOL_STRIDE:
        yield f"stride: a 2×2 pool has stride {POOL_STRIDE}, got {pool.stride}"


def _cutouts(config: StudyConfig) -> Iterator[str]:
    """A square larger than the image can black out all of it."""
    image = config.data.image_size
    yield from _cutout("supernet.cutout", config.supernet.cutout, image)
    yield from _cutout("retrain.cutout", config.retrain.cutout, image)
    for i, arm in enumerate(config.analysis.arms if config.analysis else ()):
        own = config.arm_config(arm)
        if arm.data is not None or arm.retrain is not None:
            field = f"analysis.arms.{i}.retrain.cutout"
            yield from _cutout(field, own.retrain.cutout, own.data.image_size)


def _cutout(field: str, side: int, image: int) -> Iterator[str]:
    if side > image:
        yield f"{field}: must be at most the image size {image}, got {side}"
