"""Spiking neurons IF, LIF and PLIF over T time steps, as one autograd function. Input and output are [T, ...].

H[t] = V[t−1] + a·(X[t] − V[t−1]);  S[t] = 1 if H[t] ≥ θ else 0
V[t] = H[t]·(1 − S[t])  (hard reset to 0, as in Na et al. 2022)  or  H[t] − θ·S[t]  (soft reset)

X is the input current, H the membrane potential before the reset, V after it, S the spikes, θ the threshold.
PLIF (Fang et al. 2021): a = σ(w), with one learnable w per layer. LIF: a = 1/τ. IF: H[t] = V[t−1] + X[t].
The reset path is detached from the gradient (Na et al. 2022). ANN mode: ReLU, for T = 1.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor, nn

from engine.config.network import NeuronConfig


def surrogate_gradient(x: Tensor, kind: str, alpha: float) -> Tensor:
    """Surrogate of dS/dH at `x` = H − θ, element by element: [...] → [...]. `alpha` is its sharpness α.

    atan: α/2 ÷ (1 + (π/2·α·x)²); sigmoid: α·σ(αx)·(1 − σ(αx)); erf: α/√π·exp(−α²x²); triangle: max(0, α − α²·|x|).
    """
    if kind == "atan":
        return (alpha / 2) / (1 + (math.pi / 2 * alpha * x).square_())
    if kind == "erf":
        return (alpha / math.sqrt(math.pi)) * (alpha * x).square_().neg_().exp_()
    if kind == "triangle":
        return (alpha - alpha**2 * x.abs()).clamp_(min=0)
    s = torch.sigmoid(alpha * x)
    return alpha * s * (1 - s)


class _Constants(NamedTuple):
    """The parameters of a neuron layer that are not learned."""

    threshold: float
    soft: bool
    surrogate: str
    alpha: float


class _Integrate(torch.autograd.Function):
    """All T steps of one neuron layer. Saves only the potentials H [T, ...]: S and V follow from them."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, decay: Tensor | None, constants: _Constants) -> Tensor:
        """Input current [T, ...] and a (scalar, None for IF) → spikes [T, ...]."""
        potentials = _steps_like(x)  # [T, ...], H
        spikes = torch.empty_like(potentials)  # [T, ...], S
        v = torch.zeros_like(potentials[0])  # [...], V
        for t in range(x.shape[0]):
            h, s = potentials[t], spikes[t]
            if decay is None:
                torch.add(v, x[t], out=h)
            else:
                torch.lerp(v, x[t], decay, out=h)
            torch.ge(h, constants.threshold, out=s)
            if constants.soft:
                torch.sub(h, s, alpha=constants.threshold, out=v)
            else:
                torch.addcmul(h, h, s, value=-1.0, out=v)
        ctx.save_for_backward(potentials, decay)
        ctx.constants = constants
        return spikes

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> tuple[Tensor, Tensor | None, None]:
        """dL/dS [T, ...] → dL/dX [T, ...] and dL/da (scalar, None for IF)."""
        (grad_spikes,) = cast(tuple[Tensor], grads)
        potentials, decay = ctx.saved_tensors
        threshold, soft, surrogate, alpha = ctx.constants
        grad_x = torch.empty_like(potentials)  # [T, ...], dL/dX
        grad_decay = torch.zeros((), dtype=potentials.dtype, device=potentials.device)
        grad_v: Tensor | None = None
        for t in range(potentials.shape[0] - 1, -1, -1):
            h = potentials[t]
            grad_h = surrogate_gradient(h - threshold, surrogate, alpha).mul_(grad_spikes[t])
            if grad_v is not None:
                # dV/dH is 1 under a soft reset, 1 − S under a hard one
                grad_h = grad_h.add_(grad_v) if soft else grad_h.addcmul_(grad_v, (h < threshold).to(h.dtype))
            if decay is None:
                grad_x[t], grad_v = grad_h, grad_h
                continue
            torch.mul(grad_h, decay, out=grad_x[t])
            # X[t] − V[t−1] = (H[t] − V[t−1]) / a, so the input need not be saved
            drive = h if t == 0 else h - _after_reset(potentials[t - 1], threshold, soft)
            grad_decay += (grad_h * drive).sum()
            grad_v = grad_h * (1 - decay)
        return grad_x, None if decay is None else grad_decay / decay, None


def _steps_like(x: Tensor) -> Tensor:
    """An uninitialised tensor shaped as `x` [T, ...], each step with the memory layout of a step of `x`.

    The steps of `x` may share memory: a static image is expanded over T.
    """
    return (
        torch.empty_strided(x.shape, (x[0].numel(), *x[0].stride()), dtype=x.dtype, device=x.device)
        if x.stride(0) == 0
        else torch.empty_like(x)
    )


def _after_reset(h: Tensor, threshold: float, soft: bool) -> Tensor:
    """V after the reset, of the potential H: [...] → [...]."""
    return h - threshold * (h >= threshold) if soft else h * (h < threshold)


class Neuron(nn.Module):
    """One layer of neurons; every layer has its own parameter where the kind has one."""

    def __init__(self, config: NeuronConfig) -> None:
        super().__init__()
        self.config = config
        soft = config.reset == "soft"
        self.constants = _Constants(config.threshold, soft, config.surrogate, config.surrogate_alpha)
        self.w: nn.Parameter | None = None
        if config.info.leak == "learned":
            self.w = nn.Parameter(torch.tensor(-math.log(config.tau - 1.0)))
        self.own: nn.Module | None = config.info.module(config) if config.info.module else None

    def decay(self, like: Tensor) -> Tensor | None:
        """a of the equation above, shaped []; None without leak."""
        if self.config.info.leak == "none":
            return None
        if self.w is not None:
            return torch.sigmoid(self.w)
        return torch.tensor(1.0 / self.config.tau, dtype=like.dtype, device=like.device)

    def forward(self, x: Tensor) -> Tensor:
        """Input current [T, ...] → spikes [T, ...] in {0, 1}, or activations of ReLU. The potential starts from 0."""
        if self.own is not None:
            return cast(Tensor, self.own(x))
        return cast(Tensor, _Integrate.apply(x, self.decay(x), self.constants))  # type: ignore[no-untyped-call]
