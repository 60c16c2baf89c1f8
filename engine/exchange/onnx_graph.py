"""ONNX: the graphs of a trained network, one time step with its state outside, and all T time steps."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import reduce
from typing import Any

import onnx
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, dtype, float64

from engine.exchange.facts import Facts
from engine.exchange.layers import Average, Convolution, Dense, Drive, Layers, Neurons, Pooled, Shortcut, Spiking

OPSET, IR_VERSION = 18, 10
"""What onnxruntime has read since version 1.18."""


class GraphBuilder:
    """Nodes in order, each called as the tensor it makes; constants and weights by name."""

    def __init__(self, layers: Layers, precision: dtype) -> None:
        self.layers, self.precision = layers, precision
        self.kind = TensorProto.DOUBLE if precision == float64 else TensorProto.FLOAT
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def add(self, operation: str, inputs: Sequence[str], name: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(operation, list(inputs), [name], name=name, **attributes))
        return name

    def number(self, value: float) -> str:
        name = f"number_{value!r}"
        self.constants[name] = helper.make_tensor(name, self.kind, [], [value])
        return name

    def integers(self, *values: int) -> str:
        name = "integers_" + "_".join(map(str, values))
        self.constants[name] = helper.make_tensor(name, TensorProto.INT64, [len(values)], values)
        return name

    def weight(self, name: str, values: Tensor) -> str:
        self.constants[name] = numpy_helper.from_array(values.to(self.precision).numpy(), name)
        return name

    def driven(self, drive: Drive, x: str) -> str:
        match drive:
            case Convolution():
                return self._convolution(drive, x)
            case Dense():
                weight = self.weight(f"{drive.name}_weight", drive.weight.T.contiguous())
                return self.add("MatMul", (self.add("Flatten", (x,), f"{drive.name}_flat"), weight), drive.name)
            case Average():
                return self.add("AveragePool", (x,), drive.name, kernel_shape=drive.kernel, strides=drive.kernel)
            case Shortcut():
                return x

    def _convolution(self, drive: Convolution, x: str) -> str:
        weight, bias = drive.folded()
        names = self.weight(f"{drive.name}_weight", weight), self.weight(f"{drive.name}_bias", bias)
        pads, strides = [drive.padding] * 4, [drive.stride] * 2
        return self.add("Conv", (x, *names), drive.name, pads=pads, strides=strides, group=drive.groups)

    def currents(self, layer: Spiking, outputs: Sequence[str]) -> str:
        """The sum of what drives a layer."""
        driven = [self.driven(drive, outputs[drive.source]) for drive in layer.drives]
        return reduce(lambda a, b: self.add("Add", (a, b), f"{b}_and_{a}"), driven)

    def pooled(self, layer: Pooled, outputs: Sequence[str]) -> str:
        return self.add("MaxPool", (outputs[layer.source],), layer.name, kernel_shape=[2, 2], strides=[2, 2])

    def fire(self, neurons: Neurons, x: str, v: str | None, name: str) -> tuple[str, str]:
        """The names of spikes, as bool, and of V after a step; `v` None: it is 0."""
        threshold = self.number(neurons.threshold)
        h = self._charged(neurons, x, v, name)
        fired = self.add("GreaterOrEqual", (h, threshold), f"{name}_fired")
        reset = self.add("Sub", (h, threshold), f"{name}_lowered") if neurons.soft else self.number(0.0)
        return fired, self.add("Where", (fired, reset, h), f"{name}_v_next")

    def _charged(self, neurons: Neurons, x: str, v: str | None, name: str) -> str:
        """H = V + a·(X − V), or V + X."""
        if neurons.decay is None:
            return x if v is None else self.add("Add", (v, x), f"{name}_h")
        a = self.number(neurons.decay)
        if v is None:
            return self.add("Mul", (x, a), f"{name}_h")
        change = self.add("Mul", (self.add("Sub", (x, v), f"{name}_difference"), a), f"{name}_change")
        return self.add("Add", (v, change), f"{name}_h")

    def spikes(self, fired: str, name: str) -> str:
        return self.add("Cast", (fired,), name, to=self.kind)

    def counted(self, per_step: bool) -> str:
        """Spikes of each sample by row [N, rows]."""
        found = [self._row(number, per_step) for number in range(len(self.layers.rows))]
        return self.add("Concat", found, "spikes", axis=1)

    def _row(self, number: int, per_step: bool) -> str:
        """[N, 1] of one row; of a row without neurons, an identity, zeros."""
        of_row = [layer.name for layer in self.layers.layers if layer.row == number]
        counts = [self._sum(name, per_step) for name in of_row]
        if counts:
            return reduce(lambda a, b: self.add("Add", (a, b), f"{b}_and_{a}"), counts)
        anything = self._sum(self.layers.layers[-1].name, per_step, f"row_{number}")
        return self.add("Mul", (anything, self.number(0.0)), f"row_{number}_none")

    def _sum(self, name: str, per_step: bool, called: str = "") -> str:
        made = f"{called or name}_count"
        flat = self.add("Flatten", (name,), f"{made}_flat")  # [T·N or N, …]
        total = self.add("ReduceSum", (flat, self.integers(1)), f"{made}_step" if per_step else f"{made}_steps")
        if per_step:
            return total
        split = self.add("Reshape", (total, self.integers(self.layers.time_steps, -1, 1)), f"{made}_by_step")
        return self.add("ReduceSum", (split, self.integers(0)), made, keepdims=0)

    def value(self, name: str, *shape: str | int) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, self.kind, ["N", *shape])

    def model(
        self, name: str, inputs: list[onnx.ValueInfoProto], outputs: list[onnx.ValueInfoProto], facts: Facts
    ) -> onnx.ModelProto:
        """The checked model, with the facts as metadata."""
        graph = helper.make_graph(self.nodes, name, inputs, outputs, list(self.constants.values()))
        opset = [helper.make_opsetid("", OPSET)]
        made = helper.make_model(graph, opset_imports=opset, ir_version=IR_VERSION, producer_name="AutoSNN Studio")
        document = {**facts.document(), "rows": self.layers.rows}
        helper.set_model_props(made, {key: json.dumps(value) for key, value in document.items()})
        onnx.checker.check_model(made, full_check=True)
        return made


def step_model(layers: Layers, facts: Facts, precision: dtype) -> onnx.ModelProto:
    """One time step: `input` and every `<layer>_v` in, `output`, `spikes` and every `<layer>_v_next` out."""
    graph = GraphBuilder(layers, precision)
    outputs = ["input"]
    for layer in layers.layers:
        if isinstance(layer, Pooled):
            outputs.append(graph.pooled(layer, outputs))
        else:
            fired, _ = graph.fire(layer.neurons, graph.currents(layer, outputs), f"{layer.name}_v", layer.name)
            outputs.append(graph.spikes(fired, layer.name))
    graph.counted(per_step=True)
    graph.add("Identity", (outputs[-1],), "output")
    states = [layer for layer in layers.layers if isinstance(layer, Spiking)]
    shapes = {layer.name: state_shape(layer) for layer in states}
    inputs = [graph.value("input", *layers.input), *(graph.value(f"{name}_v", *of) for name, of in shapes.items())]
    answers = [graph.value("output", layers.layers[-1].shape[0]), graph.value("spikes", len(layers.rows))]
    answers += [graph.value(f"{name}_v_next", *of) for name, of in shapes.items()]
    return graph.model("one_time_step", inputs, answers, facts)


def state_shape(layer: Spiking) -> tuple[int, ...]:
    """The shape of a layer's potentials, the batch aside; the voting neurons have one dimension."""
    return layer.shape[:1] if isinstance(layer.drives[0], Dense) else layer.shape


def unrolled_model(layers: Layers, facts: Facts, precision: dtype) -> onnx.ModelProto:
    """All time steps: `input` in, one image [N, C, H, W] or frames [N, T, C, H, W]; `rates` and `spikes` out.

    Convolutions and pools run once over [T·N, …], neurons step by step.
    """
    graph = GraphBuilder(layers, precision)
    outputs = [_frames(graph) if layers.frames else "input"]
    for at, layer in enumerate(layers.layers):
        if isinstance(layer, Pooled):
            outputs.append(graph.pooled(layer, outputs))
        else:
            once = at == 0 and not layers.frames
            outputs.append(_over_time(graph, layer, graph.currents(layer, outputs), once))
    graph.counted(per_step=False)
    _rates(graph, outputs[-1])
    steps = (layers.time_steps,) if layers.frames else ()
    answers = [graph.value("rates", layers.classes), graph.value("spikes", len(layers.rows))]
    return graph.model("all_time_steps", [graph.value("input", *steps, *layers.input)], answers, facts)


def _frames(graph: GraphBuilder) -> str:
    """[N, T, C, H, W] as [T·N, C, H, W]."""
    by_step = graph.add("Transpose", ("input",), "input_by_step", perm=[1, 0, 2, 3, 4])
    return graph.add("Reshape", (by_step, graph.integers(-1, *graph.layers.input)), "frames")


def _over_time(graph: GraphBuilder, layer: Spiking, current: str, once: bool) -> str:
    """The layer's spikes [T·N, …]; `once`: its input [N, …] is the same at every time step."""
    steps, name = graph.layers.time_steps, layer.name
    inputs = [current] * steps if once else _split(graph, current, name)
    fired, v = [], None
    for t, x in enumerate(inputs):
        spikes, v = graph.fire(layer.neurons, x, v, f"{name}_{t}")
        fired.append(spikes)
    return graph.spikes(graph.add("Concat", fired, f"{name}_fired", axis=0), name)


def _split(graph: GraphBuilder, current: str, name: str) -> list[str]:
    """[T·N, …] as T tensors [N, …]."""
    steps = graph.layers.time_steps
    parts = [f"{name}_{t}_x" for t in range(steps)]
    graph.nodes.append(helper.make_node("Split", [current], parts, name=f"{name}_x", axis=0, num_outputs=steps))
    return parts


def _rates(graph: GraphBuilder, outputs: str) -> str:
    """Output spikes [T·N, votes·classes] to rates [N, classes]."""
    layers = graph.layers
    shape = graph.integers(layers.time_steps, -1, layers.classes, layers.votes_per_class)
    votes = graph.add("Reshape", (outputs, shape), "votes")
    return graph.add("ReduceMean", (votes, graph.integers(0, 3)), "rates", keepdims=0)
