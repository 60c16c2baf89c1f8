"""NIR: the graph of a trained network, and its interpreters.

NIR's neurons follow τ·dv/dt = (v_leak − v) + r·I (LIF) and dv/dt = r·I (IF) in steps of dt, fire above v_threshold and
go to v_reset. With τ = dt ÷ a and r = τ ÷ dt, v is our potential ÷ a, and its threshold θ ÷ a.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nir
import numpy as np
import torch
from torch import Tensor, nn

from engine.exchange.facts import Facts
from engine.exchange.layers import Average, Convolution, Dense, Layers, Pooled, Shortcut, Spiking
from engine.exchange.reference import Ran, counted_in, rates_of
from engine.exchange.written import Written

DT = 1e-4
"""Seconds a time step: what snnTorch's importer assumes of every file, and SpikingJelly's unless told."""
Edge = tuple[str, str]


def graph_of(layers: Layers, facts: Facts) -> nir.NIRGraph:
    """The graph, in float64: one input a time step; votes are counted outside, by the metadata."""
    nodes: dict[str, nir.NIRNode] = {"input": nir.Input(np.array(layers.input))}
    edges: list[Edge] = []
    for layer in layers.layers:
        into = layer.name
        nodes[into] = _or(layer) if isinstance(layer, Pooled) else _neurons(layer)
        for chain in _drives(layers, layer):
            nodes |= dict(chain[1:])
            names = [chain[0][0], *(name for name, _ in chain[1:]), into]
            edges += itertools.pairwise(names)
    last = layers.layers[-1]
    nodes["output"] = nir.Output(np.array(last.shape[:1]))
    metadata = {name: json.dumps(value) for name, value in {"dt": DT, **facts.document()}.items()}
    return nir.NIRGraph(nodes, [*edges, (last.name, "output")], metadata)


Chain = list[tuple[str, Any]]
"""A source's name, then what its spikes pass on the way to the neurons, by name."""


def _drives(layers: Layers, layer: Spiking | Pooled) -> Iterator[Chain]:
    if isinstance(layer, Pooled):
        yield [(layers.name_of(layer.source), None), (f"{layer.name}_average", _pool((2, 2)))]
        return
    for drive in layer.drives:
        start: Chain = [(layers.name_of(drive.source), None)]
        match drive:
            case Shortcut():
                yield start
            case Convolution():
                yield [*start, (drive.name, _convolution(drive, layers.shape_of(drive.source)))]
            case Average():
                yield [*start, (drive.name, _pool(drive.kernel))]
            case Dense():
                flat = nir.Flatten(np.array(layers.shape_of(drive.source)), start_dim=-3, end_dim=-1)
                linear = nir.Linear(drive.weight.double().numpy())
                yield [*start, (f"{drive.name}_flatten", flat), (drive.name, linear)]


def _convolution(drive: Convolution, before: tuple[int, int, int]) -> nir.Conv2d:
    weight, bias = drive.folded()
    return nir.Conv2d(
        input_shape=before[1:],
        weight=full(weight, drive.groups).numpy(),
        stride=drive.stride,
        padding=drive.padding,
        dilation=1,
        groups=1,
        bias=bias.numpy(),
    )


def full(weight: Tensor, groups: int) -> Tensor:
    """A grouped convolution's weight [C_out, C_in ÷ groups, k, k] as that of one group [C_out, C_in, k, k].

    nir 1.0.8 refuses to read a grouped convolution back, and SpikingJelly's importer has none; zeros change no sum.
    """
    outputs, inputs = len(weight) // groups, weight.shape[1]
    found = weight.new_zeros(len(weight), inputs * groups, *weight.shape[2:])
    for group in range(groups):
        rows = slice(group * outputs, (group + 1) * outputs)
        found[rows, group * inputs : (group + 1) * inputs] = weight[rows]
    return found


def _pool(kernel: tuple[int, int]) -> nir.AvgPool2d:
    return nir.AvgPool2d(np.array(kernel), np.array(kernel), np.array((0, 0)))


def _neurons(layer: Spiking) -> nir.LIF | nir.IF:
    """Every parameter is an array of the layer's shape; the output neurons have one dimension."""
    known = layer.neurons
    shape = layer.shape[:1] if isinstance(layer.drives[0], Dense) else layer.shape
    averaged = all(isinstance(drive, Average) for drive in layer.drives)
    threshold = np.full(shape, below(known.threshold / (known.decay or 1.0), averaged=averaged))
    if known.decay is None:
        return nir.IF(r=np.full(shape, 1 / DT), v_threshold=threshold, v_reset=np.zeros(shape))
    return nir.LIF(
        tau=np.full(shape, DT / known.decay),
        r=np.full(shape, 1 / known.decay),
        v_leak=np.zeros(shape),
        v_threshold=threshold,
        v_reset=np.zeros(shape),
    )


def below(threshold: float, *, averaged: bool) -> float:
    """The number just below a threshold: to fire above it is to fire at the threshold or above it, as ours do.

    The float64 below it, which says the same to every potential in float64. After an average of spikes, one of few
    numbers, potentials exactly on θ are no rarity, also in float32: there it is the float32 below it.
    """
    kind = np.float32 if averaged else np.float64
    return float(np.nextafter(kind(threshold), kind(0)))


def _or(layer: Pooled) -> nir.LIF:
    """The 2×2 max-pool of spikes, after their average: v = v ÷ 2 + I, and I is 0 or at least ¼.

    v is 0 after every step: it was 0, and with an input it is above ⅛ and reset. So it fires where any spike is.
    """
    full = {"tau": 2 * DT, "r": 2.0, "v_leak": 0.0, "v_threshold": 0.125, "v_reset": 0.0}
    return nir.LIF(**{name: np.full(layer.shape, value) for name, value in full.items()})


def write(layers: Layers, facts: Facts, path: Path) -> Written:
    """The file at `path`: HDF5, as every reader of NIR expects."""
    nir.write(path, graph_of(layers, facts))
    graph = nir.read(path)
    return Written(
        "nir", (path,), "SpikingJelly's importer of NIR", lambda dtype: (NirInterpreter(layers, graph, dtype),)
    )


class NirInterpreter:
    """A graph that was written and read again, run step by step by SpikingJelly in one precision."""

    def __init__(self, layers: Layers, graph: nir.NIRGraph, dtype: torch.dtype) -> None:
        from spikingjelly.activation_based.nir_exchange import import_from_nir

        self.layers = layers
        self.module: nn.Module = import_from_nir(graph, dt=DT, dtype=dtype)

    @torch.no_grad()
    def run(self, images: Tensor) -> Ran:
        """Images [n, C, H, W] at every time step, or frames [n, T, C, H, W]."""
        frames = images.transpose(0, 1) if self.layers.frames else images.expand(self.layers.time_steps, *images.shape)
        steps: list[dict[str, Tensor]] = []
        hooks = [self._watch(layer.name, steps) for layer in self.layers.layers]
        state = None
        for frame in frames:
            steps.append({})
            _, state = self.module(frame, state)
        for hook in hooks:
            hook.remove()
        spikes = [torch.stack([step[layer.name] for step in steps]) for layer in self.layers.layers]
        return Ran([layer != 0 for layer in spikes], rates_of(self.layers, spikes[-1]), counted_in(spikes))

    def _watch(self, name: str, steps: list[dict[str, Tensor]]) -> Any:
        """A module that has a state answers with (spikes, state)."""

        def keep(_module: nn.Module, _inputs: Any, output: tuple[Tensor, Any]) -> None:
            steps[-1][name] = output[0]

        return self.module.get_submodule(name).register_forward_hook(keep)
