"""ONNX: `<name>.onnx` with all T time steps, `<name>.step.onnx` with one, and both run in onnxruntime."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import Tensor

from engine.exchange.facts import Facts
from engine.exchange.layers import Layers, Spiking
from engine.exchange.onnx_graph import state_shape, step_model, unrolled_model
from engine.exchange.reference import Interpreter, Ran, rates_of
from engine.exchange.written import Written


def write(layers: Layers, facts: Facts, path: Path) -> Written:
    """Both graphs in float32."""
    step = path.with_name(f"{path.stem}.step{path.suffix}")
    onnx.save(unrolled_model(layers, facts, torch.float32), path)
    onnx.save(step_model(layers, facts, torch.float32), step)
    return Written("onnx", (path, step), "onnxruntime", partial(_interpreters, layers, path, step))


def _interpreters(layers: Layers, path: Path, step: Path, dtype: torch.dtype) -> Sequence[Interpreter]:
    """Of both files; none in float64, in which onnxruntime has no convolution."""
    if dtype == torch.float64:
        return ()
    return UnrolledInterpreter(layers, onnx.load(path)), StepInterpreter(layers, onnx.load(step))


def session_of(model: onnx.ModelProto, layers: Layers) -> onnxruntime.InferenceSession:
    """A session of a model that gives every layer's spikes besides its own outputs."""
    kind = model.graph.input[0].type.tensor_type.elem_type
    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    for layer in layers.layers:
        watched.graph.output.append(onnx.helper.make_tensor_value_info(layer.name, kind, None))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(watched.SerializeToString(), options, providers=["CPUExecutionProvider"])


class UnrolledInterpreter:
    """The graph of all time steps."""

    def __init__(self, layers: Layers, model: onnx.ModelProto) -> None:
        self.layers, self.session = layers, session_of(model, layers)

    def run(self, images: Tensor) -> Ran:
        """Images [n, C, H, W] or frames [n, T, C, H, W]."""
        names = [layer.name for layer in self.layers.layers]
        rates, counts, *spikes = self.session.run(["rates", "spikes", *names], {"input": images.numpy()})
        steps = (self.layers.time_steps, len(images))
        emitted = [torch.from_numpy(found != 0).reshape(*steps, *found.shape[1:]) for found in spikes]
        return Ran(emitted, torch.from_numpy(rates), torch.from_numpy(counts).sum(1).long())


class StepInterpreter:
    """The graph of one time step, run T times with the state it gave."""

    def __init__(self, layers: Layers, model: onnx.ModelProto) -> None:
        self.layers, self.session = layers, session_of(model, layers)
        self.neurons = [layer for layer in layers.layers if isinstance(layer, Spiking)]

    def run(self, images: Tensor) -> Ran:
        """Images [n, C, H, W] at every time step, or frames [n, T, C, H, W]."""
        frames = images.unbind(1) if self.layers.frames else [images] * self.layers.time_steps
        numbers = images.numpy().dtype
        state = [np.zeros((len(images), *state_shape(layer)), numbers) for layer in self.neurons]
        counted, steps = torch.zeros(len(images), dtype=torch.int64), []
        for frame in frames:
            counts, state, spikes = self._step(frame, state)
            counted += torch.from_numpy(counts).sum(1).long()
            steps.append([torch.from_numpy(found != 0) for found in spikes])
        emitted = [torch.stack(layer) for layer in zip(*steps, strict=True)]
        return Ran(emitted, rates_of(self.layers, emitted[-1]), counted)

    def _step(self, frame: Tensor, state: list[np.ndarray]) -> tuple[np.ndarray, list[np.ndarray], list[np.ndarray]]:
        """Spikes by row [n, rows], the next state, and every layer's spikes [n, …]."""
        given = {f"{layer.name}_v": v for layer, v in zip(self.neurons, state, strict=True)}
        after = [f"{layer.name}_v_next" for layer in self.neurons]
        names = [layer.name for layer in self.layers.layers]
        found = self.session.run(["spikes", *after, *names], {"input": frame.contiguous().numpy(), **given})
        return found[0], found[1 : 1 + len(after)], found[1 + len(after) :]
