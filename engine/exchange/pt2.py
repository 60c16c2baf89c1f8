"""pt2: the network as a program of `torch.export`, which PyTorch alone loads and runs, for any batch size."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, fx

from engine.exchange.facts import Facts
from engine.exchange.folded import FoldedNetwork
from engine.exchange.layers import Layer, Layers, Pooled
from engine.exchange.reference import Interpreter, Ran
from engine.exchange.written import Written

FIRED, MAXIMUM = torch.ops.aten.ge.Scalar, torch.ops.aten.max_pool2d.default
METADATA = "autosnn.json"
"""The extra file inside, as `torch.export.load(…, extra_files={"autosnn.json": ""})` reads it."""


def program_of(layers: Layers, dtype: torch.dtype) -> torch.export.ExportedProgram:
    """The program, its batch size free."""
    frames = (layers.time_steps,) if layers.frames else ()
    example = torch.zeros(2, *frames, *layers.input, dtype=dtype)
    batch = {0: torch.export.Dim("batch", min=1)}
    return torch.export.export(FoldedNetwork(layers, dtype), (example,), dynamic_shapes=(batch,))


def write(layers: Layers, facts: Facts, path: Path) -> Written:
    """The program in float32 at `path`, with the facts inside."""
    document = {**facts.document(), "rows": layers.rows}
    torch.export.save(program_of(layers, torch.float32), path, extra_files={METADATA: json.dumps(document)})
    return Written("pt2", (path,), "PyTorch, the program loaded again", partial(_interpreters, layers, path))


def _interpreters(layers: Layers, path: Path, dtype: torch.dtype) -> Sequence[Interpreter]:
    """The file in float32, and the same program made in float64."""
    single = dtype == torch.float32
    return (ProgramInterpreter(layers, torch.export.load(path) if single else program_of(layers, dtype)),)


class ProgramInterpreter:
    """A program run operation by operation, so that the spikes of every layer are seen."""

    def __init__(self, layers: Layers, program: torch.export.ExportedProgram) -> None:
        self.layers, self.module = layers, program.module()

    @torch.no_grad()
    def run(self, images: Tensor) -> Ran:
        """Images [n, C, H, W] or frames [n, T, C, H, W]."""
        watched = _Watched(self.module)
        rates, counts = watched.run(images)
        emitted = iter(watched.emitted)
        spikes = [self._of_layer(layer, emitted) for layer in self.layers.layers]
        return Ran(spikes, rates, counts.sum(1).long())

    def _of_layer(self, layer: Layer, emitted: Iterator[Tensor]) -> Tensor:
        """Spikes [T, n, …]: a max-pool runs once over all time steps, neurons at each."""
        steps = self.layers.time_steps
        if isinstance(layer, Pooled):
            return next(emitted).reshape(steps, -1, *layer.shape)
        return torch.stack([next(emitted) for _ in range(steps)])


class _Watched(fx.Interpreter):
    """Keeps what neurons and max-pools put out, in the order in which they run."""

    def __init__(self, module: torch.nn.Module) -> None:
        super().__init__(module)
        self.emitted: list[Tensor] = []

    def call_function(self, target: Any, args: Any, kwargs: Any) -> Any:
        found = super().call_function(target, args, kwargs)
        if target in (FIRED, MAXIMUM):
            self.emitted.append(found != 0)
        return found
