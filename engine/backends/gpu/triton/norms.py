"""Batch norm: statistics of a batch, scale and shift, and the backward pass."""

from __future__ import annotations

import triton
import triton.language as tl


@triton.jit(do_not_specialize=["M", "frames", "programs"])
def statistics(x, sums, M, C, frames, programs, BLOCK_M: tl.constexpr, BLOCK_C: tl.constexpr):
    """Sums of x − k and of (x − k)², x [frames, M, C], by program into `sums` [programs, frames, 2, C].

    k is the frame's first pixel, so that little cancels where the mean is far from 0.
    """
    program, frame = tl.program_id(0), tl.program_id(1)
    channel = tl.program_id(2) * BLOCK_C + tl.arange(0, BLOCK_C)
    channel_mask = channel < C
    start = frame.to(tl.int64) * M * C
    first = tl.load(x + start + channel, mask=channel_mask, other=0.0).to(tl.float32)
    first_sum = tl.zeros((BLOCK_M, BLOCK_C), tl.float32)
    second_sum = tl.zeros((BLOCK_M, BLOCK_C), tl.float32)
    for tile in range(program, tl.cdiv(M, BLOCK_M), programs):
        row = tile * BLOCK_M + tl.arange(0, BLOCK_M)
        mask = (row < M)[:, None] & channel_mask[None, :]
        at = start + row.to(tl.int64)[:, None] * C + channel[None, :]
        value = tl.load(x + at, mask=mask, other=0.0).to(tl.float32)
        distance = tl.where(mask, value - first[None, :], 0.0)
        first_sum += distance
        second_sum += distance * distance
    place = (program * frames + frame) * 2 * C + channel
    tl.store(sums + place, tl.sum(first_sum, axis=0), mask=channel_mask)
    tl.store(sums + place + C, tl.sum(second_sum, axis=0), mask=channel_mask)


@triton.jit
def _sum_over_programs(sums, place, stride, programs, channel, channel_mask, BLOCK_P: tl.constexpr):
    """Sum over programs of the entries at `place` + channel, `stride` apart: [channels]."""
    program = tl.arange(0, BLOCK_P)
    mask = (program < programs)[:, None] & channel_mask[None, :]
    return tl.sum(tl.load(sums + program[:, None] * stride + (place + channel)[None, :], mask=mask, other=0.0), axis=0)


@triton.jit
def _moments(x, sums, frame, frames, programs, M, C, channel, channel_mask, BLOCK_P: tl.constexpr):
    """Mean and variance [channels] of one frame, from the sums of `statistics`."""
    stride = frames * 2 * C
    first_sum = _sum_over_programs(sums, frame * 2 * C, stride, programs, channel, channel_mask, BLOCK_P) / M
    second_sum = _sum_over_programs(sums, (frame * 2 + 1) * C, stride, programs, channel, channel_mask, BLOCK_P) / M
    first = tl.load(x + frame.to(tl.int64) * M * C + channel, mask=channel_mask, other=0.0).to(tl.float32)
    return first + first_sum, tl.maximum(second_sum - first_sum * first_sum, 0.0)


@triton.jit(do_not_specialize=["M", "frames", "programs", "tracked"])
def finish_statistics(
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
    channel_mask = channel < C
    factor = tl.load(weight + channel, mask=channel_mask, other=0.0)
    offset = tl.load(bias + channel, mask=channel_mask, other=0.0)
    kept_mean = tl.load(running_mean + channel, mask=channel_mask, other=0.0)
    kept_var = tl.load(running_var + channel, mask=channel_mask, other=0.0)
    whole_mean = tl.zeros((BLOCK_C,), tl.float32)
    whole_var = tl.zeros((BLOCK_C,), tl.float32)
    pixels = M * 1.0
    if SHARED:
        for frame in range(frames):
            mean, _ = _moments(
                x, sums, tl.cast(frame, tl.int32), frames, programs, M, C, channel, channel_mask, BLOCK_P
            )
            whole_mean += mean / frames
        for frame in range(frames):
            mean, variance = _moments(
                x, sums, tl.cast(frame, tl.int32), frames, programs, M, C, channel, channel_mask, BLOCK_P
            )
            whole_var += (variance + (mean - whole_mean) * (mean - whole_mean)) / frames
        pixels = pixels * frames
    unbiased = pixels / tl.maximum(pixels - 1.0, 1.0)
    for frame in range(frames):
        mean, variance = whole_mean, whole_var
        if not SHARED:
            mean, variance = _moments(
                x, sums, tl.cast(frame, tl.int32), frames, programs, M, C, channel, channel_mask, BLOCK_P
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
        tl.store(affine + place, scale, mask=channel_mask)
        tl.store(affine + size + place, offset - mean * scale, mask=channel_mask)
        tl.store(affine + 2 * size + place, mean, mask=channel_mask)
        tl.store(affine + 3 * size + place, deviation, mask=channel_mask)
    tl.store(running_mean + channel, kept_mean, mask=channel_mask)
    tl.store(running_var + channel, kept_var, mask=channel_mask)


@triton.jit(do_not_specialize=["M", "frames", "tiles", "part"])
def backward_coefficients(
    sums,
    affine,
    coefficients,
    grad_weight,
    grad_bias,
    M,
    C,
    frames,
    tiles,
    part,
    SHARED: tl.constexpr,
    BLOCK_P: tl.constexpr,
    BLOCK_C: tl.constexpr,
):
    """Batch norm's backward pass for one part of the current, from `integrate_back`'s `sums` [tiles, frames, 3, C].

    Writes the `coefficients` [3, frames, C] a, b, d of dL/dx = a·g + b·x + d, and the gradients of weight and bias [C].
    """
    channel = tl.program_id(0) * BLOCK_C + tl.arange(0, BLOCK_C)
    channel_mask = channel < C
    stride = frames * 3 * C
    total_g = tl.zeros((BLOCK_C,), tl.float32)
    total_gx = tl.zeros((BLOCK_C,), tl.float32)
    for frame in range(frames):
        total_g += _sum_over_tiles(sums, frame * 3 * C, stride, tiles, channel, channel_mask, BLOCK_P, BLOCK_C)
        total_gx += _sum_over_tiles(
            sums, (frame * 3 + part) * C, stride, tiles, channel, channel_mask, BLOCK_P, BLOCK_C
        )
    tl.store(grad_bias + channel, total_g, mask=channel_mask)
    tl.store(grad_weight + channel, total_gx, mask=channel_mask)
    for frame in range(frames):
        sum_g, sum_gx, pixels = total_g, total_gx, M * 1.0 * frames
        if not SHARED:
            sum_g = _sum_over_tiles(sums, frame * 3 * C, stride, tiles, channel, channel_mask, BLOCK_P, BLOCK_C)
            sum_gx = _sum_over_tiles(
                sums, (frame * 3 + part) * C, stride, tiles, channel, channel_mask, BLOCK_P, BLOCK_C
            )
            pixels = M * 1.0
        scale = tl.load(affine + frame * C + channel, mask=channel_mask, other=0.0)
        mean = tl.load(affine + (2 * frames + frame) * C + channel, mask=channel_mask, other=0.0)
        deviation = tl.load(affine + (3 * frames + frame) * C + channel, mask=channel_mask, other=0.0)
        b = -scale * deviation * sum_gx / pixels
        place, size = frame * C + channel, frames * C
        tl.store(coefficients + place, scale, mask=channel_mask)
        tl.store(coefficients + size + place, b, mask=channel_mask)
        tl.store(coefficients + 2 * size + place, -scale * sum_g / pixels - b * mean, mask=channel_mask)


@triton.jit
def _sum_over_tiles(sums, place, stride, tiles, channel, channel_mask, BLOCK_P: tl.constexpr, BLOCK_C: tl.constexpr):
    """Sum over any number of tiles, block after block: [channels]."""
    total = tl.zeros((BLOCK_C,), tl.float32)
    for start in range(0, tiles, BLOCK_P):
        total += _sum_over_programs(
            sums + tl.cast(start, tl.int64) * stride, place, stride, tiles - start, channel, channel_mask, BLOCK_P
        )
    return total


@triton.jit(do_not_specialize=["M", "frames"])
def backward_input(g, x, coefficients, out, M, C, frames, BLOCK_M: tl.constexpr, BLOCK_C: tl.constexpr):
    """dL/dx = a·g + b·x + d into `out`; g, x and `out` are [frames, M, C], `coefficients` a, b, d [3, frames, C]."""
    frame = tl.program_id(1)
    row = tl.program_id(0) * BLOCK_M + tl.arange(0, BLOCK_M)
    channel = tl.program_id(2) * BLOCK_C + tl.arange(0, BLOCK_C)
    channel_mask = channel < C
    mask = (row < M)[:, None] & channel_mask[None, :]
    at = frame.to(tl.int64) * M * C + row.to(tl.int64)[:, None] * C + channel[None, :]
    place, size = frame * C + channel, frames * C
    a = tl.load(coefficients + place, mask=channel_mask, other=0.0)
    b = tl.load(coefficients + size + place, mask=channel_mask, other=0.0)
    d = tl.load(coefficients + 2 * size + place, mask=channel_mask, other=0.0)
    own = tl.load(g + at, mask=mask, other=0.0).to(tl.float32)
    value = tl.load(x + at, mask=mask, other=0.0).to(tl.float32)
    tl.store(out + at, own * a[None, :] + value * b[None, :] + d[None, :], mask=mask)
