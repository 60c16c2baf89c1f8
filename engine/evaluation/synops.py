"""Synaptic operations of a running network, by NeuroBench's definitions: effective MACs, effective ACs, dense.

NeuroBench (Yik et al., "The neurobench framework for benchmarking neuromorphic computing algorithms and systems",
Nature Communications 2025): a synaptic operation is one weight meeting one activation in a Conv2d or Linear layer.
Dense counts all that exist (zero-padding has no activation); the effective ones leave out zero activations and zero
weights. A call of a layer whose activations are all in {−1, 0, 1} accumulates (ACs), any other multiplies (MACs): so
NeuroBench's `SynapticOperations` decides, call by call. A call is one batch with all its time steps. Pooling and
normalisation are not counted. Numbers are per sample, summed over its time steps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from engine.metrics.energy import Efficiency, Operations
from engine.model.network import SpikingNetwork
from engine.model.neurons import Neuron

Connection = nn.Conv2d | nn.Linear


def fan_out(layer: Connection, frame: torch.Size, weights: Tensor) -> Tensor:
    """How many weights read each element of an input frame: [C, H, W] of a convolution, [F] of a linear layer.

    `weights` has the layer's shape, [C out, C in, k, k] or [F out, F], 1 where a connection counts and 0 elsewhere.
    The result is the gradient of the layer's summed output with respect to its input, so borders and strides are exact.
    """
    if isinstance(layer, nn.Linear):
        return weights.sum(0)  # [F]
    with torch.enable_grad():
        probe = torch.zeros(1, *frame, device=weights.device, requires_grad=True)
        out = torch.nn.functional.conv2d(
            probe, weights, None, layer.stride, layer.padding, layer.dilation, layer.groups
        )
        (gradient,) = torch.autograd.grad(out.sum(), probe)
    return gradient[0]  # [C, H, W]


class _Meter:
    """Running totals of one layer over its calls: effective MACs and ACs, [frames] each, and dense operations."""

    def __init__(self, layer: Connection) -> None:
        self.layer = layer
        self.macs: NDArray[np.float64] = np.zeros(0)
        self.acs: NDArray[np.float64] = np.zeros(0)
        self.dense = 0.0
        self._fans: dict[torch.Size, tuple[Tensor, float]] = {}

    def add(self, x: Tensor, batch: int) -> None:
        """Add the input of one call, [frames·N, C, H, W] or [frames, N, F], of a batch of N samples."""
        frames = x.flatten(0, 1) if isinstance(self.layer, nn.Linear) else x
        frame = frames.shape[1:]
        if frame not in self._fans:
            weights = self.layer.weight.detach()
            dense = fan_out(self.layer, frame, torch.ones_like(weights)).sum(dtype=torch.float64)
            self._fans[frame] = fan_out(self.layer, frame, (weights != 0).to(weights.dtype)), float(dense)
        fan, dense_frame = self._fans[frame]
        # products are whole numbers below 2²⁴ and the sum is in float64: exact
        effective = ((frames != 0).to(fan.dtype) * fan).flatten(1).sum(1, dtype=torch.float64)  # [frames·N]
        by_step = effective.reshape(-1, batch).sum(1).cpu().numpy()  # [frames]
        accumulates = bool(((frames == 0) | (frames.abs() == 1)).all())
        self.macs = _plus(self.macs, by_step * (not accumulates))
        self.acs = _plus(self.acs, by_step * accumulates)
        self.dense += dense_frame * len(frames)


def _plus(total: NDArray[np.float64], by_step: NDArray[np.float64]) -> NDArray[np.float64]:
    """The total so far [frames], empty before the first call, with one call's [frames]."""
    return total + by_step if len(total) else by_step


class SynapseProbe:
    """Counts synaptic operations within its context, by forward hooks; every batch must pass through every stage.

    `stages` are the network's layers by name, in order (Network.stages), each with input [1 or T, N, ...].
    """

    def __init__(self, stages: Sequence[tuple[str, nn.Module]]) -> None:
        self.meters = {
            name: [_Meter(module) for module in stage.modules() if isinstance(module, nn.Conv2d | nn.Linear)]
            for name, stage in stages
        }
        self._stages = list(stages)
        self._batch = 0
        self._samples = 0
        self._activations = 0
        self._spikes: dict[str, dict[nn.Module, int]] = {name: {} for name, _ in stages}
        self._handles: list[RemovableHandle] = []

    @classmethod
    def of(cls, network: SpikingNetwork) -> Self:
        """A probe of every layer of a network that holds but one path, by the names of its rows."""
        path = network.only_architecture
        stages = cast(list[nn.Module], network.stages(path))
        return cls([(row.name, stage) for row, stage in zip(network.layer_specs(path), stages, strict=True)])

    def __enter__(self) -> Self:
        for place, (name, stage) in enumerate(self._stages):
            self._handles.append(stage.register_forward_pre_hook(self._entering(place == 0)))
            for module in stage.modules():
                if isinstance(module, Neuron):
                    self._handles.append(module.register_forward_hook(self._firing(name)))
        for meter in (meter for meters in self.meters.values() for meter in meters):
            self._handles.append(meter.layer.register_forward_pre_hook(self._reading(meter)))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for handle in self._handles:
            handle.remove()
        self._handles.clear()

    def _entering(self, first: bool) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
        """A hook on a stage's input [1 or T, N, ...]; the first stage counts the samples."""

        def hook(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            self._batch = inputs[0].shape[1]
            self._samples += self._batch if first else 0

        return hook

    def _reading(self, meter: _Meter) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
        """A hook on a layer's input, [frames·N, C, H, W] or [frames, N, F]."""

        def hook(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            meter.add(inputs[0].detach(), self._batch)

        return hook

    def _firing(self, name: str) -> Callable[[nn.Module, Any, Tensor], None]:
        """A hook on the output [T, N, ...] of a neuron layer in stage `name`."""

        def hook(module: nn.Module, _: Any, out: Tensor) -> None:
            self._activations += out.numel()
            self._spikes[name][module] = self._spikes[name].get(module, 0) + int((out != 0).sum())

        return hook

    @property
    def spikes(self) -> dict[str, list[float]]:
        """Spikes of each neuron layer of each stage, in the order in which they ran, per sample over all time steps."""
        samples = max(self._samples, 1)
        return {name: [fired / samples for fired in found.values()] for name, found in self._spikes.items()}

    def operations(self, time_steps: int) -> list[Operations]:
        """Operations of every layer per sample: effective MACs [T] and ACs [T], and dense operations.

        A layer that runs once for all T (the stem of a static image) counts in the first time step.
        """
        samples = max(self._samples, 1)
        found = []
        for name, meters in self.meters.items():
            macs, acs = np.zeros(time_steps), np.zeros(time_steps)
            for meter in meters:
                macs[: len(meter.macs)] += meter.macs
                acs[: len(meter.acs)] += meter.acs
            dense = sum(meter.dense for meter in meters)
            found.append(Operations(name, tuple(macs / samples), tuple(acs / samples), dense / samples))
        return found

    @property
    def activation_sparsity(self) -> float:
        """Share 0…1 of outputs of all neurons (not of pools) that are 0, over all time steps and samples."""
        fired = sum(spikes for found in self._spikes.values() for spikes in found.values())
        return 1 - fired / max(self._activations, 1)


def footprint(network: nn.Module) -> int:
    """Bytes of the model's parameters and buffers."""
    tensors = [*network.parameters(), *network.buffers()]
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


def connection_sparsity(network: nn.Module) -> float:
    """Share 0…1 of the weights of Conv2d and Linear layers that are exactly 0."""
    layers = [module for module in network.modules() if isinstance(module, nn.Conv2d | nn.Linear)]
    zeros = sum(layer.weight.numel() - int(layer.weight.count_nonzero()) for layer in layers)
    return zeros / max(sum(layer.weight.numel() for layer in layers), 1)


def efficiency(network: nn.Module, probe: SynapseProbe) -> Efficiency:
    """NeuroBench's static metrics of a network, and the activation sparsity that `probe` measured on it."""
    return Efficiency(
        footprint=footprint(network),
        connection_sparsity=connection_sparsity(network),
        activation_sparsity=probe.activation_sparsity,
    )
