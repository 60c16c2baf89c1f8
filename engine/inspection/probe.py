"""Spikes of every neuron layer of a path, layer by layer; by the CPU kernels where an evaluation uses them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn

from engine.backends.cpu.evaluation import Spikes, StageRunner, StemRunner
from engine.backends.cpu.forward import kernels_of
from engine.backends.cpu.library import Library
from engine.backends.layout import LANES
from engine.backends.plan import Stem, Steps
from engine.errors import MeasureError
from engine.model.network import SpikingNetwork
from engine.model.neurons import Neuron
from engine.space.architecture import Architecture


@dataclass(frozen=True)
class Emitted:
    """One layer of the network on a batch of N samples.

    `layers` are its counted outputs, each [T, N, ...] with True where a neuron fired: one for each neuron layer of a
    block, the output of a max-pool, none for an identity. `output` is [T, N, ...], `counted` spikes by time step [T].
    """

    layers: list[Tensor]
    output: Tensor
    counted: Tensor


class Probe:
    """One path of a network, with the weights and statistics that it has now."""

    def __init__(self, network: SpikingNetwork, architecture: Architecture) -> None:
        network.eval()
        self.network, self.architecture = network, architecture
        kernels = kernels_of(network)
        plan = None if kernels is None else kernels.plan(network, architecture)
        self.compiled = None if kernels is None or plan is None else _KernelProbe(kernels.library, plan)

    @torch.no_grad()
    def rows(self, images: Tensor) -> Iterator[Emitted]:
        """The layers in order, on one batch of encoded samples [N, C, H, W] or [N, T, C, H, W].

        Raises MeasureError where the neurons' spikes do not add up to the spikes counted.
        """
        frames = self.network.as_frames(images)  # [1 or T, N, C, H, W]
        found = self._by_torch(frames) if self.compiled is None else self.compiled.rows(frames)
        for place, row in enumerate(found):
            none = torch.zeros(row.counted.shape, dtype=torch.long, device=row.counted.device)
            seen = sum((layer.flatten(1).sum(1) for layer in row.layers), none)  # [T]
            if not torch.allclose(seen.double(), row.counted.double(), rtol=1e-5, atol=0.5):  # float32 sums
                sums = f"{int(seen.sum())} spikes seen, {int(row.counted.sum())} counted"
                raise MeasureError(f"layer {place + 1}: {sums}")
            yield row

    def _by_torch(self, x: Tensor) -> Iterator[Emitted]:
        """The layers on frames [1 or T, N, C, H, W], in plain torch."""
        for stage in cast(Sequence[nn.Module], self.network.stages(self.architecture)):
            out, counted, seen = _run(stage, x)
            yield Emitted([layer != 0 for layer in (seen or ([] if out is x else [out]))], out, counted)
            x = out


class _KernelProbe:
    """The stages of a path, run by the CPU kernels."""

    def __init__(self, library: Library, plan: list[Steps]) -> None:
        self.library = library
        first = plan[0][0]
        assert isinstance(first, Stem)
        self.stem = StemRunner(library, first)
        self.stages = [StageRunner(library, steps) for steps in plan[1:]]

    def rows(self, frames: Tensor) -> Iterator[Emitted]:
        """The layers on frames [1 or T, N, C, H, W]."""
        spikes, counted = self.stem.run(frames)
        fired = self._fired(spikes)
        yield Emitted([fired], fired, counted)
        for stage in self.stages:
            inner, counted = stage.run_all(spikes)
            spikes = inner[-1]
            layers = [self._fired(made) for made in inner[1:]]
            fired = layers[-1] if layers else fired
            yield Emitted(layers, fired.float(), counted)

    def _fired(self, spikes: Spikes) -> Tensor:
        """Spikes as bits [N, T, H, W, groups] → booleans [T, N, C, H, W]."""
        ones = torch.empty(*spikes.bits.shape[:-1], spikes.bits.shape[-1] * LANES)  # [N, T, H, W, C padded]
        self.library.unpack(spikes.bits, ones)
        return ones[..., : spikes.channels].permute(1, 0, 4, 2, 3) != 0


def _run(stage: nn.Module, x: Tensor) -> tuple[Tensor, Tensor, list[Tensor]]:
    """A stage on x [1 or T, N, ...]: output [T, N, ...], spike counts [T], each neuron layer's output [T, N, ...]."""
    seen: list[Tensor] = []

    def keep(_module: nn.Module, _inputs: Any, output: Tensor) -> None:
        seen.append(output)

    hooks = [module.register_forward_hook(keep) for module in stage.modules() if isinstance(module, Neuron)]
    try:
        out, counted = stage(x)
    finally:
        for hook in hooks:
            hook.remove()
    return out, counted, seen
