"""The C++ kernels as functions of tensors, called by ctypes.

"C padded" is a number of channels filled up to whole groups of 16, groups and vectors are numbers of such groups.
"""

from __future__ import annotations

import ctypes
from ctypes import POINTER, Structure, byref, c_float, c_int32, c_int64, c_void_p
from dataclasses import dataclass, field
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.backends.cpu import build
from engine.backends.layout import LANES, groups_of
from engine.backends.plan import Taps
from engine.model.neurons import Neuron

TABLE = 17 * LANES
"""Floats of one table: 16 patterns of 16 channels and a spare line, as in cpu/source/tables.h."""
SURROGATES = ("atan", "sigmoid", "erf", "triangle")
"""In the order of the enumeration in cpu/source/vectors.h."""


class CTerm(Structure):
    """`Term` of cpu/source/tables.h."""

    _fields_ = [
        ("bits", c_void_p),
        ("weights", c_void_p),
        ("dy", POINTER(c_int32)),
        ("dx", POINTER(c_int32)),
        *((name, c_int32) for name in ("height", "width", "groups", "taps", "stride")),
    ]


class CNeuron(Structure):
    """`Neuron` of cpu/source/vectors.h."""

    _fields_ = [
        ("decay", c_float),
        ("threshold", c_float),
        ("alpha", c_float),
        ("soft", c_int32),
        ("surrogate", c_int32),
    ]


class CLayer(Structure):
    """`Layer` of cpu/source/evaluate.cpp."""

    _fields_ = [
        ("first", POINTER(CTerm)),
        ("second", POINTER(CTerm)),
        ("shortcut", c_void_p),
        ("bias", c_void_p),
        *((name, c_int32) for name in ("steps", "height", "width", "vectors")),
        ("neuron", CNeuron),
        ("out", c_void_p),
        ("counts", c_void_p),
    ]


class CPart(Structure):
    """`Part` of cpu/source/train.cpp."""

    _fields_ = [*((name, c_void_p) for name in ("x", "scale", "shift", "mean", "deviation")), ("frames", c_int32)]


class CCurrent(Structure):
    """`Current` of cpu/source/train.cpp."""

    _fields_ = [
        ("first", POINTER(CPart)),
        ("second", POINTER(CPart)),
        ("shortcut", c_void_p),
        *((name, c_int32) for name in ("steps", "pixels", "vectors")),
    ]


class CReturned(Structure):
    """`Returned` of cpu/source/train.cpp."""

    _fields_ = [
        *((name, c_void_p) for name in ("grad", "x", "a", "b", "d")),
        *((name, c_int32) for name in ("steps", "height", "width", "vectors")),
    ]


def pointer(tensor: Tensor | None) -> int | None:
    """Address of a tensor [...], None for none."""
    return None if tensor is None else tensor.data_ptr()


@dataclass
class Term:
    """Spikes `bits` [N, T, H, W, groups] and the weights that convolve them.

    `weights` are tables for the forward pass, [taps, C out padded, C in padded] for the backward pass.
    """

    bits: Tensor
    taps: Taps
    weights: Tensor
    kept: list[Any] = field(default_factory=list)

    def to_c(self) -> CTerm:
        count = len(self.taps.dy)
        dy, dx = (c_int32 * count)(*self.taps.dy), (c_int32 * count)(*self.taps.dx)
        self.kept = [dy, dx]
        _, _, height, width, groups = self.bits.shape
        return CTerm(
            self.bits.data_ptr(), self.weights.data_ptr(), dy, dx, height, width, groups, count, self.taps.stride
        )


@dataclass(frozen=True)
class Part:
    """A part of the input current: scale·x + shift of x [N, 1 or T, H·W, C padded].

    `scale` and `shift` are [T, C padded], as are `mean` and `deviation`, the batch statistics x was normalised by.
    """

    x: Tensor
    scale: Tensor
    shift: Tensor
    mean: Tensor | None = None
    deviation: Tensor | None = None

    def to_c(self) -> CPart:
        mean, deviation = pointer(self.mean), pointer(self.deviation)
        return CPart(self.x.data_ptr(), self.scale.data_ptr(), self.shift.data_ptr(), mean, deviation, self.x.shape[1])


def decay_of(neuron: Neuron) -> float | None:
    """The factor a of a neuron layer's equation; None for integrate-and-fire."""
    found = neuron.decay(torch.empty(0))
    return None if found is None else float(found.detach())


def c_neuron(neuron: Neuron) -> CNeuron:
    """A neuron layer's constants as a C structure; decay −1 stands for integrate-and-fire."""
    config, decay = neuron.config, decay_of(neuron)
    return CNeuron(
        -1.0 if decay is None else decay,
        config.threshold,
        config.surrogate_alpha,
        config.reset == "soft",
        SURROGATES.index(config.surrogate),
    )


def padded(values: Tensor, fill: float = 0.0) -> Tensor:
    """Values [..., C] → [..., C padded], filled up to whole groups of 16."""
    return F.pad(values, (0, groups_of(values.shape[-1]) * LANES - values.shape[-1]), value=fill)


class Library:
    """The compiled kernels. They check no shapes: their callers, evaluation and training, do."""

    def __init__(self, functions: ctypes.CDLL) -> None:
        self.functions = functions

    def tables(self, weights: Tensor) -> Tensor:
        """Weights [taps, C in padded, C out padded] → tables of their sums over all patterns of four input channels.

        The result is flat, in the order of `table_size` in cpu/source/tables.h.
        """
        taps, c_in, c_out = weights.shape
        made = torch.empty(taps * c_in // 4 * c_out // LANES * TABLE)
        sizes = (c_int32(taps), c_int32(c_in // LANES), c_int32(c_out // LANES))
        self.functions.build_tables(c_void_p(weights.data_ptr()), *sizes, c_void_p(made.data_ptr()))
        return made

    def evaluate(
        self,
        first: Term,
        second: Term | None,
        shortcut: Tensor | None,
        bias: Tensor,
        neuron: CNeuron,
        size: tuple[int, int],
    ) -> tuple[Tensor, Tensor]:
        """Spikes [N, T, H, W, vectors] of the neurons after one or two convolutions, and their counts [N, T].

        `shortcut` are spikes [N, T, H, W, vectors] added to the current, `bias` is [C out padded], `size` H and W.
        """
        images, steps = first.bits.shape[:2]
        vectors = len(bias) // LANES
        out = torch.empty((images, steps, *size, vectors), dtype=torch.int16)
        counts = torch.empty((images, steps), dtype=torch.int32)
        one, two = first.to_c(), None if second is None else second.to_c()
        layer = CLayer(
            ctypes.pointer(one),
            None if two is None else ctypes.pointer(two),
            pointer(shortcut),
            bias.data_ptr(),
            steps,
            *size,
            vectors,
            neuron,
            out.data_ptr(),
            counts.data_ptr(),
        )
        self.functions.evaluate_layer(byref(layer), c_int64(images), _threads())
        return out, counts

    def convolve(self, term: Term, size: tuple[int, int], vectors: int, out: Tensor) -> Tensor:
        """Write the convolution to `out` [N, T, H·W, vectors·16]; sums and sums of squares [N, T, 2, vectors·16]."""
        images, steps = term.bits.shape[:2]
        sums = torch.empty((images, steps, 2, vectors * LANES), dtype=torch.float64)
        sizes = (c_int64(images), *(c_int32(n) for n in (steps, *size, vectors)))
        self.functions.convolve_bits(
            byref(term.to_c()), *sizes, c_void_p(out.data_ptr()), c_void_p(sums.data_ptr()), _threads()
        )
        return sums

    def fire(self, parts: list[Part], shortcut: Tensor | None, neuron: CNeuron, out: Tensor) -> Tensor:
        """Write spikes of the sum of `parts` and `shortcut` to `out` [N, T, H, W, vectors]; their counts [N, T]."""
        images, steps = out.shape[:2]
        counts = torch.empty((images, steps), dtype=torch.int32)
        current, _kept = _current(parts, shortcut, out)
        arrays = (c_void_p(out.data_ptr()), c_void_p(counts.data_ptr()))
        self.functions.fire(byref(current), byref(neuron), c_int64(images), *arrays, _threads())
        return counts

    def fire_backward(
        self,
        parts: list[Part],
        shortcut: Tensor | None,
        neuron: CNeuron,
        out: Tensor,
        extra: Tensor,
        grad: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """Overwrite `grad` [N, T, H·W, vectors·16], dL/dS, with dL/dX.

        `extra` [T] is dL/dcount. Returns the sums [N, T, 3, vectors·16] of dL/dX and of its products with the
        normalised parts, which batch norm's backward pass needs, and the terms [N] of a·dL/da.
        """
        images, steps = out.shape[:2]
        sums = torch.empty((images, steps, 3, out.shape[4] * LANES), dtype=torch.float64)
        decays = torch.empty(images, dtype=torch.float64)
        current, _kept = _current(parts, shortcut, out)
        arrays = (c_void_p(tensor.data_ptr()) for tensor in (extra, grad, sums, decays))
        self.functions.fire_backward(byref(current), byref(neuron), c_int64(images), *arrays, _threads())
        return sums, decays

    def convolve_backward(
        self,
        term: Term,
        grad: Tensor,
        affine: tuple[Tensor, Tensor, Tensor, Tensor] | None,
        size: tuple[int, int],
        slabs: Tensor,
        out: Tensor | None,
        add: bool,
    ) -> None:
        """Write the weights' gradient to `slabs` and write or add the input's to `out`.

        `grad` is dL/dX [N, T, H·W, C out padded]. `affine` is x of that shape and a, b, d [T, C out padded] of batch
        norm's backward pass a·grad + b·x + d. `slabs` [parts, taps, C in padded, C out padded] are to be added up;
        `out` is [N, T, H in·W in, C in padded].
        """
        images, steps = term.bits.shape[:2]
        x, a, b, d = (pointer(tensor) for tensor in affine) if affine else (None,) * 4
        returned = CReturned(grad.data_ptr(), x, a, b, d, steps, *size, slabs.shape[3] // LANES)
        sizes = (c_int64(images), c_int32(len(slabs)))
        arrays = (c_void_p(slabs.data_ptr()), c_void_p(pointer(out)))
        self.functions.convolve_backward(byref(term.to_c()), byref(returned), *sizes, *arrays, c_int32(add), _threads())

    def pool(self, bits: Tensor) -> tuple[Tensor, Tensor]:
        """2×2 max-pool of spikes [N, T, H, W, groups]: [N, T, H/2, W/2, groups] and their counts [N, T]."""
        images, steps, height, width, groups = bits.shape
        out = torch.empty((images, steps, height // 2, width // 2, groups), dtype=torch.int16)
        counts = torch.empty((images, steps), dtype=torch.int32)
        sizes = (c_int64(images * steps), *(c_int32(n) for n in (height, width, groups)))
        arrays = (c_void_p(out.data_ptr()), c_void_p(counts.data_ptr()))
        self.functions.pool_bits(c_void_p(bits.data_ptr()), *sizes, *arrays, _threads())
        return out, counts

    def pool_backward(self, bits: Tensor, grad: Tensor, extra: Tensor, out: Tensor) -> None:
        """Write dL/dS of a max-pool's input `bits` [N, T, H, W, groups] to `out` [N, T, H·W, C padded].

        `grad` [N, T, H/2·W/2, C padded] is dL/dS of its output, `extra` [T] dL/dcount.
        """
        images, steps, height, width, groups = bits.shape
        sizes = (c_int64(images * steps), *(c_int32(n) for n in (height, width, groups)))
        arrays = (c_void_p(bits.data_ptr()), c_void_p(grad.data_ptr()))
        more = (c_void_p(extra.data_ptr()), c_int32(steps), c_void_p(out.data_ptr()), _threads())
        self.functions.pool_bits_backward(*arrays, *sizes, *more)

    def average(self, bits: Tensor, window: tuple[int, int], out: Tensor) -> None:
        """Write the mean over windows of spikes [N, T, H, W, groups] to `out` [N, T, H'·W', C padded], a current."""
        arrays = (c_void_p(out.data_ptr()), _threads())
        self.functions.average_bits(c_void_p(bits.data_ptr()), *_windows(bits, window), *arrays)

    def average_backward(self, bits: Tensor, window: tuple[int, int], grad: Tensor, out: Tensor) -> None:
        """Write dL/dS of an average pool's input to `out` [N, T, H·W, C padded]; dL/dX is `grad` [N, T, H'·W', C]."""
        arrays = (c_void_p(out.data_ptr()), _threads())
        self.functions.average_bits_backward(c_void_p(grad.data_ptr()), *_windows(bits, window), *arrays)

    def unpack(self, bits: Tensor, out: Tensor) -> None:
        """Write bits [..., groups] as floats 0 and 1 to `out` [..., groups·16]."""
        arrays = (c_void_p(bits.data_ptr()), c_int64(bits.numel()), c_void_p(out.data_ptr()))
        self.functions.unpack_bits(*arrays, _threads())


def _threads() -> c_int32:
    return c_int32(torch.get_num_threads())


def _windows(bits: Tensor, window: tuple[int, int]) -> tuple[c_int64 | c_int32, ...]:
    """Sizes of bits [N, T, H, W, groups] and of the window, as the kernels take them."""
    images, steps, height, width, groups = bits.shape
    return (c_int64(images * steps), *(c_int32(n) for n in (height, width, groups, *window)))


def _current(parts: list[Part], shortcut: Tensor | None, out: Tensor) -> tuple[CCurrent, list[CPart]]:
    """The current of neurons with spikes `out` [N, T, H, W, vectors], and the structures it points to."""
    kept = [part.to_c() for part in parts]
    second = ctypes.pointer(kept[1]) if len(kept) > 1 else None
    _, steps, height, width, vectors = out.shape
    return CCurrent(ctypes.pointer(kept[0]), second, pointer(shortcut), steps, height * width, vectors), kept


def library() -> Library | None:
    """The kernels of this process, after waiting for their compilation; None where they are not available."""
    found = build.loaded()
    return None if found is None else Library(found)
