"""All T steps of a neuron layer, forward and backward, with potentials in registers.

The equations are those of engine.model.neurons.
"""

from __future__ import annotations

import triton
import triton.language as tl

PI = tl.constexpr(3.141592653589793)
ROOT_OF_PI = tl.constexpr(1.772453850905516)
ATAN = tl.constexpr(0)
SIGMOID = tl.constexpr(1)
ERF = tl.constexpr(2)
SURROGATES = {"atan": 0, "sigmoid": 1, "erf": 2, "triangle": 3}


@triton.jit
def _sigmoid(x):
    """σ(x) that overflows on neither side."""
    small = tl.exp(-tl.abs(x))
    return tl.where(x >= 0, 1.0, small) / (1.0 + small)


@triton.jit
def _surrogate_gradient(x, alpha, SURROGATE: tl.constexpr):
    """dS/dH at x = H − θ, as engine.model.neurons.surrogate_gradient."""
    if SURROGATE == ATAN:
        slope = PI / 2 * alpha * x
        return (alpha / 2) / (1.0 + slope * slope)
    if SURROGATE == SIGMOID:
        s = _sigmoid(alpha * x)
        return alpha * s * (1.0 - s)
    if SURROGATE == ERF:
        slope = alpha * x
        return (alpha / ROOT_OF_PI) * tl.exp(-slope * slope)
    return tl.maximum(alpha - alpha * alpha * tl.abs(x), 0.0)


@triton.jit
def _charge(v, current, decay, DECAYS: tl.constexpr):
    """H[t] of V[t−1] and X[t], in the order of operations of torch.lerp, for the same rounding as plain torch."""
    if DECAYS:
        return tl.where(decay < 0.5, v + decay * (current - v), current - (current - v) * (1.0 - decay))
    return v + current


@triton.jit
def _after_reset(h, fired, threshold, SOFT: tl.constexpr):
    """V[t], after the reset, of H[t]."""
    if SOFT:
        return tl.where(fired, h - threshold, h)
    return tl.where(fired, 0.0, h)


@triton.jit
def _normalised(x, affine, frame, at, channel, mask, channel_mask, C, frames, NORMED: tl.constexpr):
    """A part of the current at one frame: as it is, or with scale and shift of `affine` [4, frames, C]."""
    value = tl.load(x + at, mask=mask, other=0.0).to(tl.float32)
    if NORMED:
        factor = tl.load(affine + frame * C + channel, mask=channel_mask, other=0.0)
        offset = tl.load(affine + (frames + frame) * C + channel, mask=channel_mask, other=0.0)
        value = value * factor[None, :] + offset[None, :]
    return value


@triton.jit
def _tile_indices(M, C, BLOCK_M: tl.constexpr, BLOCK_C: tl.constexpr):
    """This program's neurons at one time step: offsets and mask [BLOCK_M, BLOCK_C], channels and mask [BLOCK_C]."""
    row = tl.program_id(0) * BLOCK_M + tl.arange(0, BLOCK_M)
    channel = tl.program_id(1) * BLOCK_C + tl.arange(0, BLOCK_C)
    channel_mask = channel < C
    mask = (row < M)[:, None] & channel_mask[None, :]
    return row.to(tl.int64)[:, None] * C + channel[None, :], mask, channel, channel_mask


@triton.jit
def _current(
    x1,
    affine1,
    x2,
    affine2,
    shortcut,
    t,
    at,
    tile,
    channel,
    mask,
    channel_mask,
    C,
    frames,
    PARTS: tl.constexpr,
    NORMED: tl.constexpr,
    SHORTCUT: tl.constexpr,
    STATIC: tl.constexpr,
):
    """X[t] of a tile of neurons at the offsets `at` of step t: the sum that `integrate` describes."""
    frame = t
    source = at
    if STATIC:
        frame = 0
        source = tile
    current = _normalised(x1, affine1, frame, source, channel, mask, channel_mask, C, frames, NORMED)
    if PARTS == 2:
        current += _normalised(x2, affine2, frame, source, channel, mask, channel_mask, C, frames, NORMED)
    if SHORTCUT:
        current += tl.load(shortcut + at, mask=mask, other=0.0).to(tl.float32)
    return current


@triton.jit(do_not_specialize=["T", "M", "frames"])
def integrate(
    x1,
    affine1,
    x2,
    affine2,
    shortcut,
    decay,
    spikes,
    counts,
    T,
    M,
    C,
    frames,
    threshold,
    PARTS: tl.constexpr,
    NORMED: tl.constexpr,
    SHORTCUT: tl.constexpr,
    STATIC: tl.constexpr,
    DECAYS: tl.constexpr,
    SOFT: tl.constexpr,
    BLOCK_M: tl.constexpr,
    BLOCK_C: tl.constexpr,
):
    """All T steps of a tile of neurons: writes `spikes` [T, M, C] and adds their number by step to `counts` [T].

    The current is the sum of one or two PARTS x1, x2 [frames, M, C], NORMED by affine1, affine2 or as they are, and of
    the SHORTCUT's spikes [T, M, C]. STATIC: a single frame drives all steps.
    """
    tile, mask, channel, channel_mask = _tile_indices(M, C, BLOCK_M, BLOCK_C)
    a = 0.0
    if DECAYS:
        a = tl.load(decay)
    v = tl.zeros((BLOCK_M, BLOCK_C), tl.float32)
    for t in range(T):
        at = tile + tl.cast(t, tl.int64) * M * C
        current = _current(
            x1, affine1, x2, affine2, shortcut, t, at, tile, channel, mask, channel_mask, C, frames,
            PARTS, NORMED, SHORTCUT, STATIC,
        )  # fmt: skip
        h = _charge(v, current, a, DECAYS)
        fired = (h >= threshold) & mask
        tl.store(spikes + at, fired.to(tl.float32), mask=mask)
        tl.atomic_add(counts + t, tl.sum(fired.to(tl.int32)))
        v = _after_reset(h, fired, threshold, SOFT)


@triton.jit(do_not_specialize=["T", "M", "frames"])
def integrate_back(
    x1,
    affine1,
    x2,
    affine2,
    shortcut,
    decay,
    grad_spikes,
    grad_counts,
    potentials,
    grad_x,
    sums,
    decays,
    T,
    M,
    C,
    frames,
    threshold,
    alpha,
    PARTS: tl.constexpr,
    NORMED: tl.constexpr,
    SHORTCUT: tl.constexpr,
    STATIC: tl.constexpr,
    DECAYS: tl.constexpr,
    SOFT: tl.constexpr,
    SURROGATE: tl.constexpr,
    BLOCK_M: tl.constexpr,
    BLOCK_C: tl.constexpr,
):
    """The backward pass of `integrate`, from dL/dS `grad_spikes` [T, M, C] and dL/dcount `grad_counts` [T].

    Forward in time it recomputes H into `potentials` [T, M, C]. Backward in time it writes g = dL/dX to `grad_x`
    [frames, M, C], the sums of g and of g·x̂ of each part, which batch norm needs, to `sums` [tiles, frames, 3, C], and
    the terms of a·dL/da to `decays` [tiles, blocks of channels].
    """
    tile, mask, channel, channel_mask = _tile_indices(M, C, BLOCK_M, BLOCK_C)
    a = 0.0
    if DECAYS:
        a = tl.load(decay)
    v = tl.zeros((BLOCK_M, BLOCK_C), tl.float32)
    for t in range(T):
        at = tile + tl.cast(t, tl.int64) * M * C
        current = _current(
            x1, affine1, x2, affine2, shortcut, t, at, tile, channel, mask, channel_mask, C, frames,
            PARTS, NORMED, SHORTCUT, STATIC,
        )  # fmt: skip
        h = _charge(v, current, a, DECAYS)
        tl.store(potentials + at, h, mask=mask)
        v = _after_reset(h, h >= threshold, threshold, SOFT)

    tl.debug_barrier()  # a thread may read what another thread of its program wrote
    grad_v = tl.zeros((BLOCK_M, BLOCK_C), tl.float32)
    grad_decay = tl.zeros((BLOCK_M, BLOCK_C), tl.float32)
    grad_static = tl.zeros((BLOCK_M, BLOCK_C), tl.float32)
    for back in range(T):
        t = T - 1 - back
        at = tile + tl.cast(t, tl.int64) * M * C
        h = tl.load(potentials + at, mask=mask, other=0.0)
        incoming = tl.load(grad_spikes + at, mask=mask, other=0.0).to(tl.float32) + tl.load(grad_counts + t)
        grad_h = incoming * _surrogate_gradient(h - threshold, alpha, SURROGATE)
        if SOFT:
            grad_h += grad_v
        else:
            grad_h += tl.where(h >= threshold, 0.0, grad_v)
        grad_h = tl.where(mask, grad_h, 0.0)
        grad_current = grad_h
        if DECAYS:
            earlier = tl.maximum(tl.cast(t, tl.int64) - 1, 0)
            before = tl.load(potentials + tile + earlier * M * C, mask=mask, other=0.0)
            rest = _after_reset(before, before >= threshold, threshold, SOFT)
            grad_decay += grad_h * (h - tl.where(tl.cast(t, tl.int64) > 0, rest, 0.0))
            grad_current = grad_h * a
            grad_v = grad_h * (1.0 - a)
        else:
            grad_v = grad_h
        if STATIC:
            grad_static += grad_current
        else:
            tl.store(grad_x + at, grad_current, mask=mask)
            if NORMED:
                _store_sums(
                    x1, affine1, x2, affine2, sums, grad_current, t, at, channel, mask, channel_mask, C, frames, PARTS
                )
    if STATIC:
        tl.store(grad_x + tile, grad_static, mask=mask)
        if NORMED:
            _store_sums(
                x1, affine1, x2, affine2, sums, grad_static, 0, tile, channel, mask, channel_mask, C, frames, PARTS
            )
    if DECAYS:
        tl.store(decays + tl.program_id(0) * tl.num_programs(1) + tl.program_id(1), tl.sum(grad_decay))


@triton.jit
def _store_sums(
    x1, affine1, x2, affine2, sums, g, frame, at, channel, mask, channel_mask, C, frames, PARTS: tl.constexpr
):
    """Write a tile's sums [3, C] of g and of g·x̂ of each part, at one frame."""
    place = (tl.program_id(0).to(tl.int64) * frames + frame) * 3 * C + channel
    tl.store(sums + place, tl.sum(g, axis=0), mask=channel_mask)
    first = _sum_of_products(x1, affine1, g, frame, at, channel, mask, channel_mask, C, frames)
    tl.store(sums + place + C, first, mask=channel_mask)
    if PARTS == 2:
        second = _sum_of_products(x2, affine2, g, frame, at, channel, mask, channel_mask, C, frames)
        tl.store(sums + place + 2 * C, second, mask=channel_mask)


@triton.jit
def _sum_of_products(x, affine, g, frame, at, channel, mask, channel_mask, C, frames):
    """Sum over a tile's pixels of g·x̂, [channels], where x̂ = (x − mean)·deviation."""
    mean = tl.load(affine + (2 * frames + frame) * C + channel, mask=channel_mask, other=0.0)
    deviation = tl.load(affine + (3 * frames + frame) * C + channel, mask=channel_mask, other=0.0)
    value = tl.load(x + at, mask=mask, other=0.0).to(tl.float32)
    return tl.sum(tl.where(mask, g * (value - mean[None, :]), 0.0), axis=0) * deviation
