"""The compiled kernels as functions of tensors: what C++ wants to know of each, by ctypes."""

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
SURROGATES = ("atan", "sigmoid", "erf", "triangle")


class CTerm(Structure):
    _fields_ = [
        ("bits", c_void_p),
        ("weights", c_void_p),
        ("dy", POINTER(c_int32)),
        ("dx", POINTER(c_int32)),
        *((name, c_int32) for name in ("height", "width", "groups", "taps", "stride")),
    ]


class CNeuron(Structure):
    _fields_ = [
        ("decay", c_float),
        ("threshold", c_float),
        ("alpha", c_float),
        ("soft", c_int32),
        ("surrogate", c_int32),
    ]


class CLayer(Structure):
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
    _fields_ = [*((name, c_void_p) for name in ("x", "scale", "shift", "mean", "deviation")), ("frames", c_int32)]


class CCurrent(Structure):
    _fields_ = [
        ("first", POINTER(CPart)),
        ("second", POINTER(CPart)),
        ("shortcut", c_void_p),
        *((name, c_int32) for name in ("steps", "sites", "vectors")),
    ]


class CReturned(Structure):
    _fields_ = [
        *((name, c_void_p) for name in ("grad", "x", "a", "b", "d")),
        *((name, c_int32) for name in ("steps", "height", "width", "vectors")),
    ]


def pointer(tensor: Tensor | None) -> int | None:
    return None if tensor is None else tensor.data_ptr()


@dataclass
class Term:
    """Spikes [N, T, H, W, groups] convolved by `weights`, which are tables or plain weights."""

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
    """A current scale·x + shift of x [N, frames, sites, channels], and the batch statistics it was normalised by."""

    x: Tensor
    scale: Tensor
    shift: Tensor
    mean: Tensor | None = None
    deviation: Tensor | None = None

    def to_c(self) -> CPart:
        mean, deviation = pointer(self.mean), pointer(self.deviation)
        return CPart(self.x.data_ptr(), self.scale.data_ptr(), self.shift.data_ptr(), mean, deviation, self.x.shape[1])


def decay_of(neuron: Neuron) -> float | None:
    """a of a neuron; None for integrate-and-fire."""
    found = neuron.decay(torch.empty(0))
    return None if found is None else float(found.detach())


def c_neuron(neuron: Neuron) -> CNeuron:
    """A layer's neurons as the kernels take them; −1 stands for the decay of integrate-and-fire."""
    config, decay = neuron.config, decay_of(neuron)
    return CNeuron(
        -1.0 if decay is None else decay,
        config.threshold,
        config.surrogate_alpha,
        config.reset == "soft",
        SURROGATES.index(config.surrogate),
    )


def padded(values: Tensor, fill: float = 0.0) -> Tensor:
    """The last dimension filled up to whole groups of 16."""
    return F.pad(values, (0, groups_of(values.shape[-1]) * LANES - values.shape[-1]), value=fill)


class Library:
    """Shapes are checked by those who call: engine.backends.cpu.evaluation and engine.backends.cpu.training."""

    def __init__(self, functions: ctypes.CDLL) -> None:
        self.functions = functions

    def tables(self, weights: Tensor) -> Tensor:
        """Weights [taps, groups·16, vectors·16] as tables of the sums of all patterns of four input channels."""
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
        """Spikes [N, T, H, W, vectors] and their counts [N, T] of convolutions with the neurons behind them."""
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
        """Writes `out` [N, T, sites, vectors·16]; returns sums [N, T, 2, vectors·16] of it and of its squares."""
        images, steps = term.bits.shape[:2]
        sums = torch.empty((images, steps, 2, vectors * LANES), dtype=torch.float64)
        sizes = (c_int64(images), *(c_int32(n) for n in (steps, *size, vectors)))
        self.functions.convolve_bits(
            byref(term.to_c()), *sizes, c_void_p(out.data_ptr()), c_void_p(sums.data_ptr()), _threads()
        )
        return sums

    def fire(self, parts: list[Part], shortcut: Tensor | None, neuron: CNeuron, out: Tensor) -> Tensor:
        """Writes the spikes `out` [N, T, H, W, vectors]; returns their counts [N, T]."""
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
        """Turns `grad` from dL/dS to dL/dX; returns sums [N, T, 3, vectors·16] and shares [N] of dL/da."""
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
        """Writes the weight's gradient by parts `slabs` and writes or adds the input's, `out`.

        `affine` is (x, a, b, d) of the way back through batch norm: a·grad + b·x + d.
        """
        images, steps = term.bits.shape[:2]
        x, a, b, d = (pointer(tensor) for tensor in affine) if affine else (None,) * 4
        returned = CReturned(grad.data_ptr(), x, a, b, d, steps, *size, slabs.shape[3] // LANES)
        sizes = (c_int64(images), c_int32(len(slabs)))
        arrays = (c_void_p(slabs.data_ptr()), c_void_p(pointer(out)))
        self.functions.convolve_backward(byref(term.to_c()), byref(returned), *sizes, *arrays, c_int32(add), _threads())

    def pool(self, bits: Tensor) -> tuple[Tensor, Tensor]:
        """2×2 max-pool of spikes, and the counts [N, T] of what comes out."""
        images, steps, height, width, groups = bits.shape
        out = torch.empty((images, steps, height // 2, width // 2, groups), dtype=torch.int16)
        counts = torch.empty((images, steps), dtype=torch.int32)
        sizes = (c_int64(images * steps), *(c_int32(n) for n in (height, width, groups)))
        arrays = (c_void_p(out.data_ptr()), c_void_p(counts.data_ptr()))
        self.functions.pool_bits(c_void_p(bits.data_ptr()), *sizes, *arrays, _threads())
        return out, counts

    def pool_backward(self, bits: Tensor, grad: Tensor, extra: Tensor, out: Tensor) -> None:
        images, steps, height, width, groups = bits.shape
        sizes = (c_int64(images * steps), *(c_int32(n) for n in (height, width, groups)))
        arrays = (c_void_p(bits.data_ptr()), c_void_p(grad.data_ptr()))
        more = (c_void_p(extra.data_ptr()), c_int32(steps), c_void_p(out.data_ptr()), _threads())
        self.functions.pool_bits_backward(*arrays, *sizes, *more)

    def average(self, bits: Tensor, window: tuple[int, int], out: Tensor) -> None:
        """The mean over windows of spikes [N, T, H, W, groups], as a current."""
        arrays = (c_void_p(out.data_ptr()), _threads())
        self.functions.average_bits(c_void_p(bits.data_ptr()), *_windows(bits, window), *arrays)

    def average_backward(self, bits: Tensor, window: tuple[int, int], grad: Tensor, out: Tensor) -> None:
        arrays = (c_void_p(out.data_ptr()), _threads())
        self.functions.average_bits_backward(c_void_p(grad.data_ptr()), *_windows(bits, window), *arrays)

    def unpack(self, bits: Tensor, out: Tensor) -> None:
        """Bits [..., groups] to floats of 0 and 1 [..., groups·16]."""
        arrays = (c_void_p(bits.data_ptr()), c_int64(bits.numel()), c_void_p(out.data_ptr()))
        self.functions.unpack_bits(*arrays, _threads())


def _threads() -> c_int32:
    return c_int32(torch.get_num_threads())


def _windows(bits: Tensor, window: tuple[int, int]) -> tuple[c_int64 | c_int32, ...]:
    images, steps, height, width, groups = bits.shape
    return (c_int64(images * steps), *(c_int32(n) for n in (height, width, groups, *window)))


def _current(parts: list[Part], shortcut: Tensor | None, out: Tensor) -> tuple[CCurrent, list[CPart]]:
    """The structure, and what it points to."""
    kept = [part.to_c() for part in parts]
    second = ctypes.pointer(kept[1]) if len(kept) > 1 else None
    _, steps, height, width, vectors = out.shape
    return CCurrent(ctypes.pointer(kept[0]), second, pointer(shortcut), steps, height * width, vectors), kept


def library() -> Library | None:
    """The kernels of this process; waits for their compilation. None: there are none."""
    found = build.loaded()
    return None if found is None else Library(found)
