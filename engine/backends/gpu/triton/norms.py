"""Batch norm: a batch's statistics, what they make of the current, and the way back through both."""

from __future__ import annotations

import triton
import triton.language as tl


@triton.jit(do_not_specialize=["M", "frames", "programs"])
def statistics(x, sums, M, C, frames, programs, BLOCK_M: tl.constexpr, BLOCK_C: tl.constexpr):
    """Sums of x − k and of (x − k)² by program, frame and channel into [programs, frames, 2, C]; k is the frame's first
    pixel, so that little cancels where the mean is far from 0.
    """
    program, frame = tl.program_id(0), tl.program_id(1)
    channel = tl.program_id(2) * BLOCK_C + tl.arange(0, BLOCK_C)
    known = channel < C
    start = frame.to(tl.int64) * M * C
    first = tl.load(x + start + channel, mask=known, other=0.0).to(tl.float32)
    one = tl.zeros((BLOCK_M, BLOCK_C), tl.float32)
    two = tl.zeros((BLOCK_M, BLOCK_C), tl.float32)
    for tile in range(program, tl.cdiv(M, BLOCK_M), programs):
        row = tile * BLOCK_M + tl.arange(0, BLOCK_M)
        inside = (row < M)[:, None] & known[None, :]
        at = start + row.to(tl.int64)[:, None] * C + channel[None, :]
        value = tl.load(x + at, mask=inside, other=0.0).to(tl.float32)
        distance = tl.where(inside, value - first[None, :], 0.0)
        one += distance
        two += distance * distance
    place = (program * frames + frame) * 2 * C + channel
    tl.store(sums + place, tl.sum(one, axis=0), mask=known)
    tl.store(sums + place + C, tl.sum(two, axis=0), mask=known)


@triton.jit
def _added_up(sums, place, stride, programs, channel, known, BLOCK_P: tl.constexpr):
    """Sum over programs of entries `place` + channel, `stride` apart: [channels]."""
    program = tl.arange(0, BLOCK_P)
    inside = (program < programs)[:, None] & known[None, :]
    return tl.sum(
        tl.load(sums + program[:, None] * stride + (place + channel)[None, :], mask=inside, other=0.0), axis=0
    )


@triton.jit
def _moments(x, sums, frame, frames, programs, M, C, channel, known, BLOCK_P: tl.constexpr):
    """Mean and variance of one frame's channels."""
    stride = frames * 2 * C
    one = _added_up(sums, frame * 2 * C, stride, programs, channel, known, BLOCK_P) / M
    two = _added_up(sums, (frame * 2 + 1) * C, stride, programs, channel, known, BLOCK_P) / M
    first = tl.load(x + frame.to(tl.int64) * M * C + channel, mask=known, other=0.0).to(tl.float32)
    return first + one, tl.maximum(two - one * one, 0.0)


@triton.jit(do_not_specialize=["M", "frames", "programs", "tracked"])
def settle(
    x,
    sums,
    weight,
    bias,
    running_mean,
    running_var,
    affine,
    M,
    C,
    frames,
    programs,
    tracked,
    momentum,
    epsilon,
    SHARED: tl.constexpr,
    AVERAGES: tl.constexpr,
    BLOCK_P: tl.constexpr,
    BLOCK_C: tl.constexpr,
):
    """From `statistics` to `affine` [4, frames, C]: scale, shift, mean, 1 ÷ √(variance + ε). Running statistics are
    updated once a frame, in order; once in all where SHARED, when all frames have one set of statistics. Where
    AVERAGES, they become plain averages over the `tracked` batches before and these (recalibration).
    """
    channel = tl.program_id(0) * BLOCK_C + tl.arange(0, BLOCK_C)
    known = channel < C
    factor = tl.load(weight + channel, mask=known, other=0.0)
    offset = tl.load(bias + channel, mask=known, other=0.0)
    kept_mean = tl.load(running_mean + channel, mask=known, other=0.0)
    kept_var = tl.load(running_var + channel, mask=known, other=0.0)
    whole_mean = tl.zeros((BLOCK_C,), tl.float32)
    whole_var = tl.zeros((BLOCK_C,), tl.float32)
    pixels = M * 1.0
    if SHARED:
        for frame in range(frames):
            mean, _ = _moments(x, sums, tl.cast(frame, tl.int32), frames, programs, M, C, channel, known, BLOCK_P)
            whole_mean += mean / frames
        for frame in range(frames):
            mean, variance = _moments(
                x, sums, tl.cast(frame, tl.int32), frames, programs, M, C, channel, known, BLOCK_P
            )
            whole_var += (variance + (mean - whole_mean) * (mean - whole_mean)) / frames
        pixels = pixels * frames
    unbiased = pixels / tl.maximum(pixels - 1.0, 1.0)
    for frame in range(frames):
        mean, variance = whole_mean, whole_var
        if not SHARED:
            mean, variance = _moments(
                x, sums, tl.cast(frame, tl.int32), frames, programs, M, C, channel, known, BLOCK_P
            )
        if not SHARED or frame == 0:
            share = tl.cast(momentum, tl.float32)
            if AVERAGES:
                share = 1.0 / (tracked + frame + 1.0)
            kept_mean += share * (mean - kept_mean)
            kept_var += share * (variance * unbiased - kept_var)
        deviation = 1.0 / tl.sqrt(variance + epsilon)
        scale = factor * deviation
        place, size = frame * C + channel, frames * C
        tl.store(affine + place, scale, mask=known)
        tl.store(affine + size + place, offset - mean * scale, mask=known)
        tl.store(affine + 2 * size + place, mean, mask=known)
        tl.store(affine + 3 * size + place, deviation, mask=known)
    tl.store(running_mean + channel, kept_mean, mask=known)
    tl.store(running_var + channel, kept_var, mask=known)


@triton.jit(do_not_specialize=["M", "frames", "tiles", "part"])
def turn(
    sums,
    affine,
    blend,
    of_weight,
    of_bias,
    M,
    C,
    frames,
    tiles,
    part,
    SHARED: tl.constexpr,
    BLOCK_P: tl.constexpr,
    BLOCK_C: tl.constexpr,
):
    """Batch norm's way back for one part: from `integrate_back`'s sums to `blend` [3, frames, C] of
    dL/dx = a·g + b·x + d, and the gradients of weight and bias [C].
    """
    channel = tl.program_id(0) * BLOCK_C + tl.arange(0, BLOCK_C)
    known = channel < C
    stride = frames * 3 * C
    whole_g = tl.zeros((BLOCK_C,), tl.float32)
    whole_x = tl.zeros((BLOCK_C,), tl.float32)
    for frame in range(frames):
        whole_g += _in_blocks(sums, frame * 3 * C, stride, tiles, channel, known, BLOCK_P, BLOCK_C)
        whole_x += _in_blocks(sums, (frame * 3 + part) * C, stride, tiles, channel, known, BLOCK_P, BLOCK_C)
    tl.store(of_bias + channel, whole_g, mask=known)
    tl.store(of_weight + channel, whole_x, mask=known)
    for frame in range(frames):
        of_g, of_x, pixels = whole_g, whole_x, M * 1.0 * frames
        if not SHARED:
            of_g = _in_blocks(sums, frame * 3 * C, stride, tiles, channel, known, BLOCK_P, BLOCK_C)
            of_x = _in_blocks(sums, (frame * 3 + part) * C, stride, tiles, channel, known, BLOCK_P, BLOCK_C)
            pixels = M * 1.0
        scale = tl.load(affine + frame * C + channel, mask=known, other=0.0)
        mean = tl.load(affine + (2 * frames + frame) * C + channel, mask=known, other=0.0)
        deviation = tl.load(affine + (3 * frames + frame) * C + channel, mask=known, other=0.0)
        b = -scale * deviation * of_x / pixels
        place, size = frame * C + channel, frames * C
        tl.store(blend + place, scale, mask=known)
        tl.store(blend + size + place, b, mask=known)
        tl.store(blend + 2 * size + place, -scale * of_g / pixels - b * mean, mask=known)


@triton.jit
def _in_blocks(sums, place, stride, tiles, channel, known, BLOCK_P: tl.constexpr, BLOCK_C: tl.constexpr):
    """`_added_up` of any number of tiles, block after block."""
    total = tl.zeros((BLOCK_C,), tl.float32)
    for start in range(0, tiles, BLOCK_P):
        total += _added_up(
            sums + tl.cast(start, tl.int64) * stride, place, stride, tiles - start, channel, known, BLOCK_P
        )
    return total


@triton.jit(do_not_specialize=["M", "frames"])
def blended(g, x, blend, out, M, C, frames, BLOCK_M: tl.constexpr, BLOCK_C: tl.constexpr):
    """a·g + b·x + d by frame and channel into `out`, all [frames, M, C]."""
    frame = tl.program_id(1)
    row = tl.program_id(0) * BLOCK_M + tl.arange(0, BLOCK_M)
    channel = tl.program_id(2) * BLOCK_C + tl.arange(0, BLOCK_C)
    known = channel < C
    inside = (row < M)[:, None] & known[None, :]
    at = frame.to(tl.int64) * M * C + row.to(tl.int64)[:, None] * C + channel[None, :]
    place, size = frame * C + channel, frames * C
    a = tl.load(blend + place, mask=known, other=0.0)
    b = tl.load(blend + size + place, mask=known, other=0.0)
    d = tl.load(blend + 2 * size + place, mask=known, other=0.0)
    own = tl.load(g + at, mask=inside, other=0.0).to(tl.float32)
    value = tl.load(x + at, mask=inside, other=0.0).to(tl.float32)
    tl.store(out + at, own * a[None, :] + value * b[None, :] + d[None, :], mask=inside)
