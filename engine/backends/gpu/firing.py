"""Batch norm, the sum of what joins, and neurons as one differentiable function, by the GPU's programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor

from engine.backends.gpu.triton import neurons, norms
from engine.config.network import NeuronConfig
from engine.model.blocks import BatchNorm

TILE = 1024
"""Neurons of one program."""
PROGRAMS = 64
"""Programs that share the pixels of one frame in `statistics`."""
BLOCK_P = 64
"""Partial sums added up at once."""


@dataclass(frozen=True)
class Tiles:
    """How arrays of M pixels and C channels are cut: fixed by the sizes alone, so that sums are too."""

    pixels: int
    channels: int

    @property
    def block_c(self) -> int:
        return min(64, max(16, 1 << (self.channels - 1).bit_length()))

    @property
    def block_m(self) -> int:
        return TILE // self.block_c

    @property
    def over_pixels(self) -> int:
        return -(-self.pixels // self.block_m)

    @property
    def over_channels(self) -> int:
        return -(-self.channels // self.block_c)

    @property
    def blocks(self) -> dict[str, int]:
        return {"BLOCK_M": self.block_m, "BLOCK_C": self.block_c}


@dataclass(frozen=True)
class NeuronSpec:
    """What of a layer of neurons is not learned: its constants, the T steps, and the type of its spikes."""

    neuron: NeuronConfig
    steps: int
    dtype: torch.dtype

    @property
    def switches(self) -> dict[str, bool]:
        return {"DECAYS": self.neuron.kind != "if", "SOFT": self.neuron.reset == "soft"}


def fire(
    firing: NeuronSpec,
    currents: Sequence[Tensor],
    through: Sequence[BatchNorm],
    decay: Tensor | None,
    shortcut: Tensor | None,
) -> tuple[Tensor, Tensor]:
    """Currents [T or 1, N, C, H, W], each `through` its norm (as they are without norms) and added up, with the spikes
    `shortcut` → (spikes [T, N, C, H, W], counts [T]). `decay`: a as a scalar on the device, None for IF.
    """
    learned = [parameter for norm in through for parameter in (norm.weight, norm.bias)]
    found = _Fire.apply(firing, tuple(through), decay, shortcut, len(currents), *currents, *learned)  # type: ignore[no-untyped-call]
    return cast(tuple[Tensor, Tensor], found)


class _Fire(torch.autograd.Function):
    """Saves the currents before their norms; potentials are computed anew on the way back."""

    @staticmethod
    def forward(
        ctx: Any,
        firing: NeuronSpec,
        through: tuple[BatchNorm, ...],
        decay: Tensor | None,
        shortcut: Tensor | None,
        parts: int,
        *tensors: Tensor,
    ) -> tuple[Tensor, Tensor]:
        currents = [channels_last(current) for current in tensors[:parts]]
        affine = [_affine(current, norm) for current, norm in zip(currents, through, strict=bool(through))]
        joined = None if shortcut is None else channels_last(shortcut)
        spikes = _like(currents[0], firing.steps, firing.dtype)
        counts = torch.zeros(firing.steps, dtype=torch.int32, device=spikes.device)
        tiles = _tiles(spikes)
        neurons.integrate[(tiles.over_pixels, tiles.over_channels)](
            *_sources(currents, affine, joined, decay),
            spikes,
            counts,
            *_sizes(firing, currents[0], tiles),
            firing.neuron.threshold,
            **_switches(firing, currents, affine, joined),
            **tiles.blocks,
        )
        ctx.save_for_backward(decay, joined, *currents, *affine)
        ctx.firing, ctx.through, ctx.parts = firing, through, parts
        return spikes, counts.to(torch.float32)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> tuple[Any, ...]:
        of_spikes, of_counts = cast(tuple[Tensor, Tensor], grads)
        decay, joined, *rest = ctx.saved_tensors
        firing, parts = cast(NeuronSpec, ctx.firing), cast(int, ctx.parts)
        currents, affine = rest[:parts], rest[parts:]
        grad, sums, decays = _back(firing, currents, affine, joined, decay, of_spikes, of_counts)
        returned, learned = [grad.to(current.dtype) for current in currents], []
        if affine:
            returned = []
            for place, (current, own, norm) in enumerate(zip(currents, affine, ctx.through, strict=True)):
                of_current, of_weight, of_bias = _through_norm(norm, current, own, grad, sums, place + 1)
                returned.append(of_current)
                learned += [of_weight, of_bias]
        of_decay = None if decay is None else decays.sum() / decay
        of_shortcut = None if joined is None else grad.to(joined.dtype)
        return (None, None, of_decay, of_shortcut, None, *returned, *learned)


def channels_last(x: Tensor) -> Tensor:
    """[T, N, C, H, W] or [T, N, C], laid out as the programs read it."""
    if x.dim() == 3:
        return x.contiguous()
    flat = x.flatten(0, 1).contiguous(memory_format=torch.channels_last)
    return flat.view(x.shape)


def _like(current: Tensor, steps: int, dtype: torch.dtype) -> Tensor:
    """An uninitialised array of T steps shaped as one of `current`, channels last."""
    shape = (steps, *current.shape[1:])
    if len(shape) == 3:
        return torch.empty(shape, dtype=dtype, device=current.device)
    flat = torch.empty(
        (shape[0] * shape[1], *shape[2:]), dtype=dtype, device=current.device, memory_format=torch.channels_last
    )
    return flat.view(shape)


def _tiles(spikes: Tensor) -> Tiles:
    channels = spikes.shape[2]
    return Tiles(spikes[0].numel() // channels, channels)


def _sources(
    currents: list[Tensor], affine: list[Tensor], shortcut: Tensor | None, decay: Tensor | None
) -> tuple[Tensor | None, ...]:
    """x1, affine1, x2, affine2, shortcut, decay, as the programs take them."""
    second, own = currents[1] if len(currents) > 1 else None, affine[1] if len(affine) > 1 else None
    return currents[0], affine[0] if affine else None, second, own, shortcut, decay


def _sizes(firing: NeuronSpec, current: Tensor, tiles: Tiles) -> tuple[int, int, int, int]:
    return firing.steps, tiles.pixels, tiles.channels, current.shape[0]


def _switches(
    firing: NeuronSpec, currents: list[Tensor], affine: list[Tensor], shortcut: Tensor | None
) -> dict[str, bool | int]:
    still = currents[0].shape[0] == 1 and firing.steps > 1
    own = {"PARTS": len(currents), "NORMED": bool(affine), "SHORTCUT": shortcut is not None, "STILL": still}
    return own | firing.switches


def _affine(current: Tensor, norm: BatchNorm) -> Tensor:
    """[4, frames, C]: scale, shift, mean and 1 ÷ deviation of each frame; in training from the batch itself."""
    frames, channels = current.shape[0], current.shape[2]
    if not norm.training:
        return _of_running(norm, frames)
    tiles = _tiles(current)
    number = min(PROGRAMS, tiles.over_pixels)
    sums = torch.empty((number, frames, 2, channels), device=current.device)
    norms.statistics[(number, frames, tiles.over_channels)](
        current, sums, tiles.pixels, channels, frames, number, **tiles.blocks
    )
    affine = torch.empty((4, frames, channels), device=current.device)
    averages, shared = norm.momentum is None, not norm.per_step
    tracked = int(cast(Tensor, norm.num_batches_tracked)) if averages else 0
    norms.settle[(tiles.over_channels,)](
        current,
        sums,
        norm.weight,
        norm.bias,
        norm.running_mean,
        norm.running_var,
        affine,
        tiles.pixels,
        channels,
        frames,
        number,
        tracked,
        norm.momentum or 0.0,
        norm.eps,
        SHARED=shared,
        AVERAGES=averages,
        BLOCK_P=BLOCK_P,
        BLOCK_C=tiles.block_c,
    )
    if averages:
        norm.num_batches_tracked = cast(Tensor, norm.num_batches_tracked) + (1 if shared else frames)
    return affine


def _of_running(norm: BatchNorm, frames: int) -> Tensor:
    assert norm.running_mean is not None
    assert norm.running_var is not None
    deviation = (norm.running_var + norm.eps).rsqrt()
    scale = norm.weight.detach() * deviation
    rows = torch.stack([scale, norm.bias.detach() - norm.running_mean * scale, norm.running_mean, deviation])
    return rows[:, None].expand(-1, frames, -1).contiguous()


def _back(
    firing: NeuronSpec,
    currents: list[Tensor],
    affine: list[Tensor],
    shortcut: Tensor | None,
    decay: Tensor | None,
    of_spikes: Tensor,
    of_counts: Tensor,
) -> tuple[Tensor, Tensor, Tensor]:
    """dL/dX, batch norm's sums and the shares of dL/da, as `neurons.integrate_back` writes them."""
    of_spikes = channels_last(of_spikes)
    tiles, frames, device = _tiles(of_spikes), currents[0].shape[0], of_spikes.device
    potentials = torch.empty(of_spikes.shape, device=device)
    grad = _like(currents[0], frames, torch.float32)
    sums = torch.empty((tiles.over_pixels, frames, 3, tiles.channels), device=device)
    decays = torch.empty((tiles.over_pixels, tiles.over_channels), device=device)
    neurons.integrate_back[(tiles.over_pixels, tiles.over_channels)](
        *_sources(currents, affine, shortcut, decay),
        of_spikes,
        of_counts.to(torch.float32).contiguous(),
        potentials,
        grad,
        sums,
        decays,
        *_sizes(firing, currents[0], tiles),
        firing.neuron.threshold,
        firing.neuron.surrogate_alpha,
        **_switches(firing, currents, affine, shortcut),
        SURROGATE=neurons.SURROGATES[firing.neuron.surrogate],
        **tiles.blocks,
    )
    return grad, sums, decays


def _through_norm(
    norm: BatchNorm, current: Tensor, affine: Tensor, grad: Tensor, sums: Tensor, part: int
) -> tuple[Tensor, Tensor, Tensor]:
    """dL/dx of a part of the current before its norm, and the gradients of the norm's weight and bias."""
    frames, channels, device = current.shape[0], current.shape[2], current.device
    tiles = _tiles(current)
    blend = torch.empty((3, frames, channels), device=device)
    of_weight, of_bias = torch.empty(channels, device=device), torch.empty(channels, device=device)
    norms.turn[(tiles.over_channels,)](
        sums,
        affine,
        blend,
        of_weight,
        of_bias,
        tiles.pixels,
        channels,
        frames,
        len(sums),
        part,
        SHARED=not norm.per_step,
        BLOCK_P=BLOCK_P,
        BLOCK_C=tiles.block_c,
    )
    out = torch.empty_like(current)
    norms.blended[(tiles.over_pixels, frames, tiles.over_channels)](
        grad, current, blend, out, tiles.pixels, channels, frames, **tiles.blocks
    )
    return out, of_weight, of_bias
