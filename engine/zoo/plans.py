"""Plans of hand-designed networks: typed layers, with widths in multiples of the base width C."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.space.shapes import Input

DATA_SETS: dict[str, Input] = {
    "CIFAR-10": Input(3, 32, 32, 10),
    "CIFAR-100": Input(3, 32, 32, 100),
    "SVHN": Input(3, 32, 32, 10),
    "CIFAR10-DVS": Input(2, 128, 128, 10),
    "DVS128-Gesture": Input(2, 128, 128, 11),
}
"""Frame shape (C, H, W) and classes of each data set that the baselines were published for."""


@dataclass(frozen=True)
class Conv:
    """Convolution – BN – N, `width`·C channels out, stride 1.

    Without batch norm the convolution has a bias. `padding` is kernel // 2 where it is None. With `pool_first`, a
    2×2 max-pool lies between convolution and neurons, so that the neurons are the pool's.
    """

    width: int
    kernel: int = 3
    padding: int | None = None
    batch_norm: bool = True
    pool_first: bool = False


@dataclass(frozen=True)
class Residual:
    """Spiking residual block SRB_k3, `width`·C channels out."""

    width: int
    stride: int = 1


@dataclass(frozen=True)
class Pool:
    """2×2 pool, stride 2: `max` on spikes, or `average` followed by neurons."""

    kind: Literal["max", "average"]


@dataclass(frozen=True)
class GlobalPool:
    """Average over the whole map, followed by neurons."""


@dataclass(frozen=True)
class Downsample:
    """Input frames reduced by `factor`: each square becomes its maximum or sum. It emits no spikes."""

    factor: int
    kind: Literal["max", "sum"]


@dataclass(frozen=True)
class Dense:
    """Flatten – fully connected – N, `width`·C neurons out."""

    width: int
    bias: bool = False


@dataclass(frozen=True)
class Output:
    """Fully connected without bias – N, to `votes` neurons a class, whose mean firing rate is the class's."""

    votes: int = 10


PlanLayer = Conv | Residual | Pool | GlobalPool | Downsample | Dense | Output


@dataclass(frozen=True)
class Plan:
    """One baseline: `channels` is the paper's C, `data_sets[0]` its default input.

    `notes` tells what differs from its paper, and what could not be verified. `threshold` is the firing threshold to
    train it with, None for any. Without batch norm to scale them, currents can stay below AutoSNN's threshold of 1, and
    the network learns nothing.
    """

    name: str
    title: str
    paper: str
    year: int
    data_sets: tuple[str, ...]
    channels: int
    event: bool
    layers: tuple[PlanLayer, ...]
    notes: str = ""
    threshold: float | None = None

    @property
    def input(self) -> Input:
        """The default input: that of the first data set."""
        return DATA_SETS[self.data_sets[0]]

    @property
    def votes(self) -> int:
        """Output neurons a class. Raises StopIteration for a plan without an output layer."""
        return next(layer.votes for layer in self.layers if isinstance(layer, Output))
