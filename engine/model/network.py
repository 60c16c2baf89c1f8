"""Supernet and stand-alone child from one builder: the supernet holds every candidate block, a child one a layer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import cast

import torch
from torch import Tensor, nn

from engine.blocks.registry import BLOCKS
from engine.config.study import StudyConfig
from engine.model.backend import Backend
from engine.model.blocks import AvgPool, ConvNeuron, Counted, GlobalAvgPool, MaxPool, build_block, counter
from engine.model.neurons import Neuron
from engine.space.architecture import Architecture
from engine.space.shapes import LayerSpec, layer_specs

Stage = Callable[[Tensor], Counted]
"""One row of the network: spikes in, (spikes, counted) out."""


class Classifier(nn.Module):
    """Flatten – linear without bias – N, to votes_per_class neurons a class; in ANN mode the linear layer alone."""

    def __init__(self, features: int, outputs: int, config: StudyConfig) -> None:
        super().__init__()
        self.linear = nn.Linear(features, outputs, bias=False)
        self.count = counter(config.network)
        self.neuron = Neuron(config.network.neuron) if config.network.neuron.info.spiking else nn.Identity()

    def forward(self, x: Tensor) -> Counted:
        out = self.neuron(self.linear(x.flatten(2)))  # [T, N, outputs]
        return out, self.count(out)


class SpikingNetwork(nn.Module, ABC):
    """What training and evaluation ask of a network: a path's rows as stages, and votes read as rates."""

    config: StudyConfig
    votes_per_class: int
    backend: Backend | None = None
    """What runs it in the place of plain torch; attached by `engine.backends.dispatch`."""

    @property
    @abstractmethod
    def only_architecture(self) -> Architecture:
        """The architecture of a network that holds but one."""

    @abstractmethod
    def stages(self, architecture: Architecture) -> list[Stage]:
        """The rows of one path, in order. Paths that share leading blocks share leading stages (same objects)."""

    @abstractmethod
    def layer_specs(self, architecture: Architecture) -> list[LayerSpec]:
        """What each stage of a path is: shape, parameters, counted neurons."""

    def as_frames(self, images: Tensor) -> Tensor:
        """Images [N, C, H, W] or event frames [N, T, C, H, W] → [1 or T, N, C, H, W]."""
        return images.unsqueeze(0) if images.dim() == 4 else images.transpose(0, 1)

    def channels_last(self, images: Tensor) -> Tensor:
        """`as_frames` [T or 1, N, C, H, W], laid out in memory as convolutions are fastest on."""
        frames = self.as_frames(images)
        flat = frames.flatten(0, 1).contiguous(memory_format=torch.channels_last)
        return flat.reshape(frames.shape[0], frames.shape[1], *flat.shape[1:])

    def rates(self, outputs: Tensor) -> Tensor:
        """Output spikes [T, N, votes·classes] → firing rate per class [N, classes]: mean over votes and time."""
        return outputs.reshape(*outputs.shape[:2], -1, self.votes_per_class).mean(dim=(0, 3))

    def forward(self, images: Tensor, architecture: Architecture | None = None) -> tuple[Tensor, Tensor]:
        """Normalised images → (firing rates [N, classes], counted spikes [rows, T] summed over the batch)."""
        path = architecture or self.only_architecture
        done = None if self.backend is None else self.backend.forward(self, images, path)
        return done or self.forward_in_torch(images, path)

    def forward_in_torch(self, images: Tensor, architecture: Architecture) -> tuple[Tensor, Tensor]:
        """`forward` in plain torch, stage by stage: the reference of every back end, and what runs without one.

        Images as `as_frames` takes them to rates [N, classes] and counts [layers, T].
        """
        x, counts = self.channels_last(images), []
        for stage in self.stages(architecture):
            x, counted = stage(x)
            counts.append(counted)
        return self.rates(x), torch.stack(counts)


class Network(SpikingNetwork):
    """A network of a study: `choices[i]` are the candidate blocks that searched layer i holds.

    Every path through it has the same rows (engine.space.shapes.layer_specs): stem, extra stem, layers, GAP, output.
    """

    def __init__(self, config: StudyConfig, choices: Sequence[Sequence[str]]) -> None:
        super().__init__()
        self.config, self.choices = config, tuple(tuple(blocks) for blocks in choices)
        network, macro, data = config.network, config.network.macro, config.input
        self.votes_per_class = macro.votes_per_class
        channels, height, width = macro.stem_channels, data.height, data.width
        self.stem = ConvNeuron(data.channels, channels, network)
        self.extra = nn.ModuleList()
        if macro.extra_stem != "none":
            self.extra.extend([MaxPool(network), ConvNeuron(channels, channels, network)])
            height, width = height // 2, width // 2
        if macro.extra_stem == "pool_conv_pool":
            self.extra.append(MaxPool(network))
            height, width = height // 2, width // 2
        self.layers = nn.ModuleList()
        searched = iter(self.choices)
        for layer in macro.layers:
            if layer.kind == "search":
                width_out = layer.channels or channels
                self.layers.append(
                    nn.ModuleDict(
                        {
                            name: build_block(BLOCKS[name], channels, width_out, layer.stride, network)
                            for name in next(searched)
                        }
                    )
                )
                channels, height, width = width_out, -(-height // layer.stride), -(-width // layer.stride)
            else:
                self.layers.append(MaxPool(network) if layer.kind == "max_pool" else AvgPool(network))
                height, width = height // 2, width // 2
        self.gap = GlobalAvgPool(network) if macro.global_average_pooling else None
        features = channels if self.gap is not None else channels * height * width
        self.classifier = Classifier(features, macro.votes_per_class * data.classes, config)

    @property
    def only_architecture(self) -> Architecture:
        """The architecture of a child, which holds one block a layer."""
        return Architecture(tuple(blocks[0] for blocks in self.choices))

    def stages(self, architecture: Architecture) -> list[Stage]:
        """The rows of one path, in order. Paths that share leading blocks share leading stages (same objects)."""
        blocks = iter(architecture.blocks)
        path: list[nn.Module] = [self.stem, *self.extra]
        path += [layer[next(blocks)] if isinstance(layer, nn.ModuleDict) else layer for layer in self.layers]
        path += [] if self.gap is None else [self.gap]
        return [*path, self.classifier]

    def layer_specs(self, architecture: Architecture) -> list[LayerSpec]:
        """The rows of one path, stage by stage."""
        config = self.config
        return layer_specs(config.network.macro, architecture, config.input, config.neuron_parameters)


def build_supernet(config: StudyConfig, generator_seed: int) -> Network:
    """The supernet with every candidate block, initialised from `generator_seed` alone."""
    return _seeded(config, config.space.choices, generator_seed)


def build_child(config: StudyConfig, architecture: Architecture, generator_seed: int) -> Network:
    """One architecture as a network of its own. Raises ArchitectureError where the space does not hold it."""
    blocks = config.space.require(architecture).blocks
    return _seeded(config, [(name,) for name in blocks], generator_seed)


def _seeded(config: StudyConfig, choices: Sequence[Sequence[str]], seed: int) -> Network:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return Network(config, choices)


def parameter_count(network: nn.Module) -> int:
    return sum(cast(Tensor, p).numel() for p in network.parameters())
