"""The text of `model.py`: a trained network as a module of SpikingJelly's layers."""

from __future__ import annotations

from collections.abc import Iterator

from engine.exchange.facts import Facts
from engine.exchange.layers import Average, Convolution, Dense, Drive, Layers, Neurons, Pooled, Shortcut, Spiking

SURROGATES = {"atan": "ATan", "sigmoid": "Sigmoid", "erf": "Erf", "triangle": "PiecewiseQuadratic"}
"""SpikingJelly's name of each surrogate gradient; the formulas and their α are the same."""

HEAD = '''"""{architecture}: a trained spiking network of AutoSNN Studio, in SpikingJelly's layers.

Needs spikingjelly and safetensors. In this folder:

    from model import load, rates

    net = load()                  # in eval mode; net.train() goes on with its training
    print(rates(net, images))     # {inputs} -> firing rates [N, classes]

{preparation}
"""

from pathlib import Path

import torch
from safetensors.torch import load_file
from spikingjelly.activation_based import functional, layer, neuron, surrogate
from torch import nn

TIME_STEPS = {T}
VOTES_PER_CLASS = {votes_per_class}
CLASSES = {classes}
MEAN = {mean}
STD = {std}


def neurons():
    """One layer of neurons; where they learn their time constant, it comes with the weights."""
    return {neuron}


class Net(nn.Module):
    """Spikes of the voting neurons [T, N, votes * classes], of inputs [T, N, C, H, W]."""

    def __init__(self):
        super().__init__()
'''

TAIL = '''

def load(weights=Path(__file__).with_name("weights.safetensors")):
    """The trained network, in eval mode."""
    net = Net()
    net.load_state_dict(load_file(weights))
    return net.eval()


def prepared(images):
    """{prepared}"""
    {prepare}


def rates(net, images):
    """Firing rate of each class [N, classes]: the mean over its votes and time; the answer is the highest."""
    functional.reset_net(net)
    votes = net(prepared(images))
    return votes.unflatten(2, (len(CLASSES), VOTES_PER_CLASS)).mean((0, 3))
'''
IMAGES = (
    "Pixels 0..255 [N, C, H, W], normalised, the same at every time step: [T, N, C, H, W].",
    "mean, std = (torch.tensor(values).view(1, -1, 1, 1) for values in (MEAN, STD))\n"
    "    x = (images.float() / 255 - mean) / std\n"
    "    return x.unsqueeze(0).repeat(TIME_STEPS, 1, 1, 1, 1)",
)
FRAMES = ("Frames [N, T, C, H, W] with the time first: [T, N, C, H, W].", "return images.float().transpose(0, 1)")


def code_of(layers: Layers, facts: Facts) -> str:
    """The whole file."""
    inputs = "frames [N, T, C, H, W]" if layers.frames else "pixels 0..255 [N, C, H, W]"
    known = {name: repr(value) for name, value in facts.document().items()} | {"classes": repr(list(facts.classes))}
    what, how = FRAMES if layers.frames else IMAGES
    head = HEAD.format(
        **{**known, "architecture": facts.architecture},
        inputs=inputs,
        preparation=PREPARATION[facts.coding],
        neuron=_neurons(next(one.neurons for one in layers.layers if isinstance(one, Spiking))),
    )
    body = [*_init(layers), '        functional.set_step_mode(self, "m")', "", *_forward(layers)]
    return head + "\n".join(body) + "\n" + TAIL.format(prepared=what, prepare=how)


PREPARATION = {
    "direct": "Images are normalised by MEAN and STD (of pixels in 0..1) and shown at all time steps.",
    "counts": "A frame holds the events of one time step: how many of each polarity a pixel has.",
    "rate": "A frame is one time step: a pixel is 1 with probability its brightness, else 0.",
    "latency": "A frame is one time step: a pixel is 1 once, the brighter the sooner, and black never.",
}


def _neurons(known: Neurons) -> str:
    reset = "None" if known.soft else "0.0"
    gradient = f"surrogate.{SURROGATES[known.surrogate]}(alpha={known.alpha!r})"
    shared = f"v_threshold={known.threshold!r}, v_reset={reset}, surrogate_function={gradient}, detach_reset=True"
    if known.decay is None:
        return f"neuron.IFNode({shared})"
    if known.weight is None:
        return f"neuron.LIFNode(tau={1 / known.decay!r}, decay_input=True, {shared})"
    return f"neuron.ParametricLIFNode(decay_input=True, {shared})"


def _init(layers: Layers) -> Iterator[str]:
    """A line for each module, in the order of computation."""
    for one in layers.layers:
        if isinstance(one, Pooled):
            yield f"        self.{one.name} = layer.MaxPool2d(2)"
            continue
        for drive in one.drives:
            yield from _module(drive)
        yield f"        self.{one.name} = neurons()"


def _module(drive: Drive) -> Iterator[str]:
    match drive:
        case Convolution():
            c_out, per_group, kernel, _ = drive.weight.shape
            given = f"{per_group * drive.groups}, {c_out}, {kernel}, stride={drive.stride}, padding={drive.padding}"
            groups = f", groups={drive.groups}" if drive.groups > 1 else ""
            yield f"        self.{drive.name} = layer.Conv2d({given}{groups}, bias=False)"
            yield f"        self.{drive.name}_norm = layer.BatchNorm2d({c_out})"
        case Dense():
            outputs, features = drive.weight.shape
            yield f"        self.{drive.name} = layer.Linear({features}, {outputs}, bias=False)"
        case Average():
            yield f"        self.{drive.name} = layer.AvgPool2d({drive.kernel})"
        case Shortcut():
            return


def _forward(layers: Layers) -> Iterator[str]:
    """A line for each layer: its spikes, of earlier ones."""
    yield "    def forward(self, x):"
    yield '        """Inputs [T, N, C, H, W] -> spikes of the voting neurons [T, N, votes * classes]."""'
    for one in layers.layers:
        if isinstance(one, Pooled):
            yield f"        {one.name} = self.{one.name}({_source(layers, one.source)})"
        else:
            driven = " + ".join(_driven(layers, drive) for drive in one.drives)
            yield f"        {one.name} = self.{one.name}({driven})"
    yield f"        return {layers.layers[-1].name}"


def _source(layers: Layers, source: int) -> str:
    return layers.name_of(source) if source else "x"


def _driven(layers: Layers, drive: Drive) -> str:
    x = _source(layers, drive.source)
    match drive:
        case Convolution():
            return f"self.{drive.name}_norm(self.{drive.name}({x}))"
        case Dense():
            return f"self.{drive.name}({x}.flatten(2))"
        case Average():
            return f"self.{drive.name}({x})"
        case Shortcut():
            return x
