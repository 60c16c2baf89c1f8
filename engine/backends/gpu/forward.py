"""Runs a network's paths on a GPU by the programs, where they can: stage by stage, in training as CUDA graphs."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from engine.backends.cpu.forward import has_hooks
from engine.backends.gpu.self_check import trusted
from engine.backends.plan import Plans
from engine.model.blocks import Counted, Identity
from engine.model.network import SpikingNetwork, Stage
from engine.process.device import spike_type
from engine.space.architecture import Architecture

if TYPE_CHECKING:
    from engine.backends.gpu.graphs import StageGraphs
    from engine.backends.gpu.stage import FusedStage


class Fused:
    """One network's stages as the GPU runs them, each made once, and their graphs."""

    def __init__(self, network: SpikingNetwork, graphs: StageGraphs) -> None:
        self.dtype = spike_type(network.config.runtime.precision)
        self.graphs = graphs
        self.plans = Plans()
        self.stages: dict[int, tuple[Stage, FusedStage]] = {}

    def takes(self, network: SpikingNetwork, architecture: Architecture) -> bool:
        """Whether all stages of the path are the programs'; makes those that are new."""
        from engine.backends.gpu.stage import FusedStage  # needs Triton

        stages = network.stages(architecture)
        plan = self.plans.of(stages)
        for stage, steps in zip(stages, plan or (), strict=plan is not None):
            if id(stage) not in self.stages:
                self.stages[id(stage)] = (stage, FusedStage(cast(nn.Module, stage), steps, self.dtype))
        return plan is not None

    def run(self, stage: Stage, x: Tensor) -> Counted:
        """One stage of a path that `takes` said yes to: [T or 1, N, C, H, W] → (spikes [T, N, …], counts [T])."""
        if isinstance(stage, Identity):
            return cast(Counted, stage(x))
        fused = self.stages[id(stage)][1]
        fused.training = cast(nn.Module, stage).training
        learning = fused.training and torch.is_grad_enabled()
        return self.graphs.run(fused, x) if learning else fused(x)


_FUSED: WeakKeyDictionary[nn.Module, Fused] = WeakKeyDictionary()


def fused_of(network: SpikingNetwork) -> Fused | None:
    """The programs, where the network is theirs: on a GPU they are trusted on, and not told to do without them."""
    weight = next(network.parameters())
    if network.plain or weight.dtype != torch.float32 or not trusted(weight.device):
        return None
    if network not in _FUSED:
        from engine.backends.gpu.graphs import StageGraphs  # needs Triton

        _FUSED[network] = Fused(network, StageGraphs())
    return _FUSED[network]


def forward(network: SpikingNetwork, images: Tensor, architecture: Architecture) -> tuple[Tensor, Tensor] | None:
    """Rates and counts of a path as SpikingNetwork.forward's; None where plain torch has to do it."""
    fused = fused_of(network)
    if fused is None or images.requires_grad or has_hooks(network) or not fused.takes(network, architecture):
        return None
    x, counts = network.channels_last(images), []
    for stage in network.stages(architecture):
        x, counted = fused.run(stage, x)
        counts.append(counted)
    return network.rates(x), torch.stack(counts)
