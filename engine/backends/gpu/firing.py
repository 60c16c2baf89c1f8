"""Batch norm, the sum of currents and neurons as one differentiable function, by the Triton kernels."""

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
"""Neurons of one program: pixels times channels."""
PROGRAMS = 64
"""Most programs that share the pixels of one frame in `statistics`."""
BLOCK_P = 64
"""Partial sums added up at once."""


@dataclass(frozen=True)
class Tiles:
    """Tiling of arrays of M pixels and C channels. It depends on the sizes alone, and with it the order of sums."""

    pixels: int
    channels: int

    @property
    def block_c(self) -> int:
        """Channels of a tile: a power of two from 16 to 64."""
        return min(64, max(16, 1 << (self.channels - 1).bit_length()))

    @property
    def block_m(self) -> int:
        """Pixels of a tile."""
        return TILE // self.block_c

    @property
    def over_pixels(self) -> int:
        """Number of tiles over the pixels."""
        return -(-self.pixels // self.block_m)

    @property
    def over_channels(self) -> int:
        """Number of tiles over the channels."""
        return -(-self.channels // self.block_c)

    @property
    def blocks(self) -> dict[str, int]:
        """The tile's sizes as arguments of the kernels."""
        return {"BLOCK_M": self.block_m, "BLOCK_C": self.block_c}


@dataclass(frozen=True)
class NeuronSpec:
    """The part of a neuron layer that is not learned: constants, number of time steps, type of its spikes."""

    neuron: NeuronConfig
    steps: int
    dtype: torch.dtype

    @property
    def switches(self) -> dict[str, bool]:
        """Compile-time arguments of the kernels."""
        return {"DECAYS": self.neuron.info.leak != "none", "SOFT": self.neuron.reset == "soft"}


def fire(
    spec: NeuronSpec,
    currents: Sequence[Tensor],
    batch_norms: Sequence[BatchNorm],
    decay: Tensor | None,
    shortcut: Tensor | None,
) -> tuple[Tensor, Tensor]:
    """Spikes [T, N, C, H, W] and their counts [T] of neurons on the sum of `currents` [1 or T, N, C, H, W].

    Each current goes through its batch norm (none where `batch_norms` is empty); the spikes `shortcut` [T, N, C, H, W]
    are added. `decay` is a, a scalar [] on the device, None for IF.
    """
    learned = [parameter for norm in batch_norms for parameter in (norm.weight, norm.bias)]
    found = _FusedNeurons.apply(spec, tuple(batch_norms), decay, shortcut, len(currents), *currents, *learned)  # type: ignore[no-untyped-call]
    return cast(tuple[Tensor, Tensor], found)


class _FusedNeurons(torch.autograd.Function):
    """`fire` as an autograd function. It saves the currents before batch norm and recomputes the potentials."""

    @staticmethod
    def forward(
        ctx: Any,
        spec: NeuronSpec,
        batch_norms: tuple[BatchNorm, ...],
        decay: Tensor | None,
        shortcut: Tensor | None,
        parts: int,
        *tensors: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """`tensors` are `parts` currents [1 or T, N, C, H, W] and the norms' parameters [C]; results as of `fire`."""
        currents = [channels_last(current) for current in tensors[:parts]]
        # [4, 1 or T, C] each
        affine = [_affine(current, norm) for current, norm in zip(currents, batch_norms, strict=bool(batch_norms))]
        added = None if shortcut is None else channels_last(shortcut)
        spikes = _empty_like(currents[0], spec.steps, spec.dtype)
        counts = torch.zeros(spec.steps, dtype=torch.int32, device=spikes.device)
        tiles = _tiles(spikes)
        neurons.integrate[(tiles.over_pixels, tiles.over_channels)](
            *_sources(currents, affine, added, decay),
            spikes,
            counts,
            *_sizes(spec, currents[0], tiles),
            spec.neuron.threshold,
            **_switches(spec, currents, affine, added),
            **tiles.blocks,
        )
        ctx.save_for_backward(decay, added, *currents, *affine)
        ctx.spec, ctx.batch_norms, ctx.parts = spec, batch_norms, parts
        return spikes, counts.to(torch.float32)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> tuple[Any, ...]:
        """dL/dS [T, N, C, H, W] and dL/dcount [T] → gradients of all arguments of `forward`."""
        grad_spikes, grad_counts = cast(tuple[Tensor, Tensor], grads)
        decay, added, *rest = ctx.saved_tensors
        spec, parts = cast(NeuronSpec, ctx.spec), cast(int, ctx.parts)
        currents, affine = rest[:parts], rest[parts:]
        grad, sums, decays = _backward(spec, currents, affine, added, decay, grad_spikes, grad_counts)
        returned, learned = [grad.to(current.dtype) for current in currents], []
        if affine:
            returned = []
            for place, (current, own, norm) in enumerate(zip(currents, affine, ctx.batch_norms, strict=True)):
                grad_current, grad_weight, grad_bias = _norm_backward(norm, current, own, grad, sums, place + 1)
                returned.append(grad_current)
                learned += [grad_weight, grad_bias]
        grad_decay = None if decay is None else decays.sum() / decay
        grad_shortcut = None if added is None else grad.to(added.dtype)
        return (None, None, grad_decay, grad_shortcut, None, *returned, *learned)


def channels_last(x: Tensor) -> Tensor:
    """x [T, N, C, H, W] or [T, N, C] in the memory layout of the kernels, channels last."""
    if x.dim() == 3:
        return x.contiguous()
    flat = x.flatten(0, 1).contiguous(memory_format=torch.channels_last)
    return flat.view(x.shape)


def _empty_like(current: Tensor, steps: int, dtype: torch.dtype) -> Tensor:
    """An uninitialised array [steps, N, C, H, W] or [steps, N, C] with the other sizes of `current`, channels last."""
    shape = (steps, *current.shape[1:])
    if len(shape) == 3:
        return torch.empty(shape, dtype=dtype, device=current.device)
    flat = torch.empty(
        (shape[0] * shape[1], *shape[2:]), dtype=dtype, device=current.device, memory_format=torch.channels_last
    )
    return flat.view(shape)


def _tiles(spikes: Tensor) -> Tiles:
    """The tiling of spikes [T, N, C, H, W] or [T, N, C]."""
    channels = spikes.shape[2]
    return Tiles(spikes[0].numel() // channels, channels)


def _sources(
    currents: list[Tensor], affine: list[Tensor], shortcut: Tensor | None, decay: Tensor | None
) -> tuple[Tensor | None, ...]:
    """x1, affine1, x2, affine2, shortcut, decay, as the kernels take them; shapes [...] as in `integrate`."""
    second, own = currents[1] if len(currents) > 1 else None, affine[1] if len(affine) > 1 else None
    return currents[0], affine[0] if affine else None, second, own, shortcut, decay


def _sizes(spec: NeuronSpec, current: Tensor, tiles: Tiles) -> tuple[int, int, int, int]:
    """T, M, C and frames of a current [frames, N, C, H, W]."""
    return spec.steps, tiles.pixels, tiles.channels, current.shape[0]


def _switches(
    spec: NeuronSpec, currents: list[Tensor], affine: list[Tensor], shortcut: Tensor | None
) -> dict[str, bool | int]:
    """Compile-time arguments of the kernels for currents [frames, N, C, H, W] and `shortcut` [T, N, C, H, W]."""
    static = currents[0].shape[0] == 1 and spec.steps > 1
    own = {"PARTS": len(currents), "NORMED": bool(affine), "SHORTCUT": shortcut is not None, "STATIC": static}
    return own | spec.switches


def _affine(current: Tensor, norm: BatchNorm) -> Tensor:
    """Scale, shift, mean and 1 ÷ √(variance + ε) of each frame, [4, frames, C], of a current [frames, N, C, H, W].

    In training they are those of the batch, and the running statistics are updated.
    """
    frames, channels = current.shape[0], current.shape[2]
    if not norm.training:
        return _affine_of_running(norm, frames)
    tiles = _tiles(current)
    number = min(PROGRAMS, tiles.over_pixels)
    sums = torch.empty((number, frames, 2, channels), device=current.device)
    norms.statistics[(number, frames, tiles.over_channels)](
        current, sums, tiles.pixels, channels, frames, number, **tiles.blocks
    )
    affine = torch.empty((4, frames, channels), device=current.device)
    averages, shared = norm.momentum is None, not norm.per_step
    tracked = int(cast(Tensor, norm.num_batches_tracked)) if averages else 0
    norms.finish_statistics[(tiles.over_channels,)](
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


def _affine_of_running(norm: BatchNorm, frames: int) -> Tensor:
    """`_affine` [4, frames, C] of the running statistics."""
    assert norm.running_mean is not None
    assert norm.running_var is not None
    deviation = (norm.running_var + norm.eps).rsqrt()
    scale = norm.weight.detach() * deviation
    rows = torch.stack([scale, norm.bias.detach() - norm.running_mean * scale, norm.running_mean, deviation])
    return rows[:, None].expand(-1, frames, -1).contiguous()


def _backward(
    spec: NeuronSpec,
    currents: list[Tensor],
    affine: list[Tensor],
    shortcut: Tensor | None,
    decay: Tensor | None,
    grad_spikes: Tensor,
    grad_counts: Tensor,
) -> tuple[Tensor, Tensor, Tensor]:
    """dL/dX [frames, N, C, H, W], batch norm's sums and the terms of a·dL/da: see `neurons.integrate_back`."""
    grad_spikes = channels_last(grad_spikes)
    tiles, frames, device = _tiles(grad_spikes), currents[0].shape[0], grad_spikes.device
    potentials = torch.empty(grad_spikes.shape, device=device)
    grad = _empty_like(currents[0], frames, torch.float32)
    sums = torch.empty((tiles.over_pixels, frames, 3, tiles.channels), device=device)
    decays = torch.empty((tiles.over_pixels, tiles.over_channels), device=device)
    neurons.integrate_back[(tiles.over_pixels, tiles.over_channels)](
        *_sources(currents, affine, shortcut, decay),
        grad_spikes,
        grad_counts.to(torch.float32).contiguous(),
        potentials,
        grad,
        sums,
        decays,
        *_sizes(spec, currents[0], tiles),
        spec.neuron.threshold,
        spec.neuron.surrogate_alpha,
        **_switches(spec, currents, affine, shortcut),
        SURROGATE=neurons.SURROGATES[spec.neuron.surrogate],
        **tiles.blocks,
    )
    return grad, sums, decays


def _norm_backward(
    norm: BatchNorm, current: Tensor, affine: Tensor, grad: Tensor, sums: Tensor, part: int
) -> tuple[Tensor, Tensor, Tensor]:
    """dL/dx [frames, N, C, H, W] of a current before its norm, and the gradients of the norm's weight and bias [C].

    `grad` is dL/dX [frames, N, C, H, W], `sums` [tiles, frames, 3, C] those of `integrate_back`.
    """
    frames, channels, device = current.shape[0], current.shape[2], current.device
    tiles = _tiles(current)
    coefficients = torch.empty((3, frames, channels), device=device)
    grad_weight, grad_bias = torch.empty(channels, device=device), torch.empty(channels, device=device)
    norms.backward_coefficients[(tiles.over_channels,)](
        sums,
        affine,
        coefficients,
        grad_weight,
        grad_bias,
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
    norms.backward_input[(tiles.over_pixels, frames, tiles.over_channels)](
        grad, current, coefficients, out, tiles.pixels, channels, frames, **tiles.blocks
    )
    return out, grad_weight, grad_bias
