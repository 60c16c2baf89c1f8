"""All T steps of a layer of neurons, forward and back: engine.model.neurons' equations, potentials in registers."""

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
    """Without overflow on either side."""
    small = tl.exp(-tl.abs(x))
    return tl.where(x >= 0, 1.0, small) / (1.0 + small)


@triton.jit
def _surrogate_gradient(x, alpha, SURROGATE: tl.constexpr):
    """dS/dH at distance x = H − θ (engine.model.neurons.surrogate_gradient)."""
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
def _charged(v, current, decay, DECAYS: tl.constexpr):
    """H[t] of V[t−1] and X[t]; in the order of operations of torch.lerp, which plain torch takes."""
    if DECAYS:
        return tl.where(decay < 0.5, v + decay * (current - v), current - (current - v) * (1.0 - decay))
    return v + current


@triton.jit
def _after_reset(h, fired, threshold, SOFT: tl.constexpr):
    """V[t] of H[t]."""
    if SOFT:
        return tl.where(fired, h - threshold, h)
    return tl.where(fired, 0.0, h)


@triton.jit
def _normalised(x, affine, frame, at, channel, inside, known, C, frames, NORMED: tl.constexpr):
    """A part of the current at one frame: as it is, or scaled and shifted as `affine` of `settle` says."""
    value = tl.load(x + at, mask=inside, other=0.0).to(tl.float32)
    if NORMED:
        factor = tl.load(affine + frame * C + channel, mask=known, other=0.0)
        offset = tl.load(affine + (frames + frame) * C + channel, mask=known, other=0.0)
        value = value * factor[None, :] + offset[None, :]
    return value


@triton.jit
def _tile(M, C, BLOCK_M: tl.constexpr, BLOCK_C: tl.constexpr):
    """This program's neurons at one time step: their places [BLOCK_M, BLOCK_C] and which of them there are; the
    channels [BLOCK_C] and which of these there are.
    """
    row = tl.program_id(0) * BLOCK_M + tl.arange(0, BLOCK_M)
    channel = tl.program_id(1) * BLOCK_C + tl.arange(0, BLOCK_C)
    known = channel < C
    inside = (row < M)[:, None] & known[None, :]
    return row.to(tl.int64)[:, None] * C + channel[None, :], inside, channel, known


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
    inside,
    known,
    C,
    frames,
    PARTS: tl.constexpr,
    NORMED: tl.constexpr,
    SHORTCUT: tl.constexpr,
    STILL: tl.constexpr,
):
    """X[t] of a tile of neurons, which stands `at` its places of step t: what `integrate` says it sums."""
    frame = t
    source = at
    if STILL:
        frame = 0
        source = tile
    current = _normalised(x1, affine1, frame, source, channel, inside, known, C, frames, NORMED)
    if PARTS == 2:
        current += _normalised(x2, affine2, frame, source, channel, inside, known, C, frames, NORMED)
    if SHORTCUT:
        current += tl.load(shortcut + at, mask=inside, other=0.0).to(tl.float32)
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
    STILL: tl.constexpr,
    DECAYS: tl.constexpr,
    SOFT: tl.constexpr,
    BLOCK_M: tl.constexpr,
    BLOCK_C: tl.constexpr,
):
    """All T steps of a tile of neurons: spikes [T, M, C], and their number by step added to `counts` [T]. The current
    is the sum of one or two PARTS, NORMED or as they are, and of the SHORTCUT's spikes. STILL: one frame drives all.
    """
    tile, inside, channel, known = _tile(M, C, BLOCK_M, BLOCK_C)
    a = 0.0
    if DECAYS:
        a = tl.load(decay)
    v = tl.zeros((BLOCK_M, BLOCK_C), tl.float32)
    for t in range(T):
        at = tile + tl.cast(t, tl.int64) * M * C
        current = _current(
            x1, affine1, x2, affine2, shortcut, t, at, tile, channel, inside, known, C, frames,
            PARTS, NORMED, SHORTCUT, STILL,
        )  # fmt: skip
        h = _charged(v, current, a, DECAYS)
        fired = (h >= threshold) & inside
        tl.store(spikes + at, fired.to(tl.float32), mask=inside)
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
    of_spikes,
    of_counts,
    potentials,
    grad,
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
    STILL: tl.constexpr,
    DECAYS: tl.constexpr,
    SOFT: tl.constexpr,
    SURROGATE: tl.constexpr,
    BLOCK_M: tl.constexpr,
    BLOCK_C: tl.constexpr,
):
    """The way back of `integrate`: potentials H anew, forward, into `potentials` [T, M, C]; then, backward,
    dL/dX into `grad` [frames, M, C], what batch norm's way back needs into `sums` [tiles, frames, 3, C] (of g, and of
    g·x̂ for each part), and the shares of dL/da into `decays` [tiles, blocks of channels].
    """
    tile, inside, channel, known = _tile(M, C, BLOCK_M, BLOCK_C)
    a = 0.0
    if DECAYS:
        a = tl.load(decay)
    v = tl.zeros((BLOCK_M, BLOCK_C), tl.float32)
    for t in range(T):
        at = tile + tl.cast(t, tl.int64) * M * C
        current = _current(
            x1, affine1, x2, affine2, shortcut, t, at, tile, channel, inside, known, C, frames,
            PARTS, NORMED, SHORTCUT, STILL,
        )  # fmt: skip
        h = _charged(v, current, a, DECAYS)
        tl.store(potentials + at, h, mask=inside)
        v = _after_reset(h, h >= threshold, threshold, SOFT)

    tl.debug_barrier()  # a thread may read what another one of its program wrote
    carried = tl.zeros((BLOCK_M, BLOCK_C), tl.float32)
    of_decay = tl.zeros((BLOCK_M, BLOCK_C), tl.float32)
    whole = tl.zeros((BLOCK_M, BLOCK_C), tl.float32)
    for back in range(T):
        t = T - 1 - back
        at = tile + tl.cast(t, tl.int64) * M * C
        h = tl.load(potentials + at, mask=inside, other=0.0)
        incoming = tl.load(of_spikes + at, mask=inside, other=0.0).to(tl.float32) + tl.load(of_counts + t)
        of_h = incoming * _surrogate_gradient(h - threshold, alpha, SURROGATE)
        if SOFT:
            of_h += carried
        else:
            of_h += tl.where(h >= threshold, 0.0, carried)
        of_h = tl.where(inside, of_h, 0.0)
        of_current = of_h
        if DECAYS:
            earlier = tl.maximum(tl.cast(t, tl.int64) - 1, 0)
            before = tl.load(potentials + tile + earlier * M * C, mask=inside, other=0.0)
            rest = _after_reset(before, before >= threshold, threshold, SOFT)
            of_decay += of_h * (h - tl.where(tl.cast(t, tl.int64) > 0, rest, 0.0))
            of_current = of_h * a
            carried = of_h * (1.0 - a)
        else:
            carried = of_h
        if STILL:
            whole += of_current
        else:
            tl.store(grad + at, of_current, mask=inside)
            if NORMED:
                _keep_sums(x1, affine1, x2, affine2, sums, of_current, t, at, channel, inside, known, C, frames, PARTS)
    if STILL:
        tl.store(grad + tile, whole, mask=inside)
        if NORMED:
            _keep_sums(x1, affine1, x2, affine2, sums, whole, 0, tile, channel, inside, known, C, frames, PARTS)
    if DECAYS:
        tl.store(decays + tl.program_id(0) * tl.num_programs(1) + tl.program_id(1), tl.sum(of_decay))


@triton.jit
def _keep_sums(x1, affine1, x2, affine2, sums, g, frame, at, channel, inside, known, C, frames, PARTS: tl.constexpr):
    """A tile's sums of g and of g·x̂ at one frame."""
    place = (tl.program_id(0).to(tl.int64) * frames + frame) * 3 * C + channel
    tl.store(sums + place, tl.sum(g, axis=0), mask=known)
    tl.store(sums + place + C, _with_x(x1, affine1, g, frame, at, channel, inside, known, C, frames), mask=known)
    if PARTS == 2:
        tl.store(
            sums + place + 2 * C, _with_x(x2, affine2, g, frame, at, channel, inside, known, C, frames), mask=known
        )


@triton.jit
def _with_x(x, affine, g, frame, at, channel, inside, known, C, frames):
    """Sum over pixels of g·x̂, x̂ = (x − mean)·deviation."""
    mean = tl.load(affine + (2 * frames + frame) * C + channel, mask=known, other=0.0)
    deviation = tl.load(affine + (3 * frames + frame) * C + channel, mask=known, other=0.0)
    value = tl.load(x + at, mask=inside, other=0.0).to(tl.float32)
    return tl.sum(tl.where(inside, g * (value - mean[None, :]), 0.0), axis=0) * deviation
