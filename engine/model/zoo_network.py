"""A baseline as a network: the modules of the search space, put together as its plan says."""

from __future__ import annotations

import torch
from torch import nn

from engine.blocks.wiring import Shape
from engine.config.study import StudyConfig
from engine.errors import ConfigError
from engine.model.blocks import AvgPool, ConvNeuron, GlobalAvgPool, MaxPool, build_block
from engine.model.network import Classifier, SpikingNetwork, Stage
from engine.model.zoo_layers import HiddenLayer, InputPool, PlainConvNeuron
from engine.neurons.registry import spiking_in_words
from engine.space.architecture import Architecture
from engine.space.shapes import Input, LayerSpec
from engine.zoo import shapes
from engine.zoo.plans import Conv, Dense, Downsample, GlobalPool, Output, Plan, PlanLayer, Pool, Residual


class ZooNetwork(SpikingNetwork):
    """One plan at an input and C. Seed, neuron, time steps and batch norm are the config's; the votes are the plan's.

    Its rows are those of engine.zoo.shapes.layer_specs, one stage each.
    """

    def __init__(self, plan: Plan, config: StudyConfig, data: Input, channels: int) -> None:
        super().__init__()
        self.plan, self.config, self.channels, self.votes_per_class = plan, config, channels, plan.votes
        self.layer_rows = shapes.layer_specs(plan, data, channels, config.neuron_parameters)
        self.layers = nn.ModuleList()
        shape: Shape = (data.channels, data.height, data.width)
        for layer, row in zip(plan.layers, self.layer_rows, strict=True):
            self.layers.append(_module(layer, shape, row.shape[0], config))
            shape = row.shape

    @property
    def only_architecture(self) -> Architecture:
        """A baseline has no searched layers: the empty architecture."""
        return Architecture(())

    def stages(self, architecture: Architecture | None = None) -> list[Stage]:
        """One stage a row, in order; there is but one path."""
        return list(self.layers)

    def layer_specs(self, architecture: Architecture | None = None) -> list[LayerSpec]:
        """What each stage is: shape, parameters, counted neurons."""
        return self.layer_rows


def build(
    plan: Plan, config: StudyConfig, generator_seed: int, *, data: Input | None = None, channels: int | None = None
) -> ZooNetwork:
    """A baseline, initialised from `generator_seed` alone; input as in `config`, C as in the plan, unless given.

    Raises ConfigError for C out of bounds or ANN mode, ShapeError naming the layer that the input is too small for.
    """
    if not config.network.neuron.info.spiking:
        kinds, kind = spiking_in_words(), config.network.neuron.kind
        raise ConfigError([f"network.neuron.kind: baselines vote with spikes: {kinds}, got {kind}"])
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(generator_seed)
        return ZooNetwork(plan, config, data or config.input, shapes.base_channels(plan, channels))


def _module(layer: PlanLayer, shape: Shape, c_out: int, config: StudyConfig) -> nn.Module:
    """The module of one layer: input `shape`, `c_out` channels or neurons out."""
    c_in, height, width = shape
    network = config.network
    match layer:
        case Conv(kernel=3, padding=None, batch_norm=True, pool_first=False):
            return ConvNeuron(c_in, c_out, network)
        case Conv():
            return PlainConvNeuron(layer, c_in, c_out, network)
        case Residual(_, stride):
            return build_block(shapes.SRB, c_in, c_out, stride, network)
        case Pool("max"):
            return MaxPool(network)
        case Pool():
            return AvgPool(network)
        case GlobalPool():
            return GlobalAvgPool(network)
        case Downsample():
            return InputPool(layer, network)
        case Dense(_, bias):
            return HiddenLayer(c_in * height * width, c_out, bias, network)
        case Output():
            return Classifier(c_in * height * width, c_out, config)
