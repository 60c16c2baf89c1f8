"""GPU back end: runs a network's paths by the Triton kernels, stage by stage, in training as CUDA graphs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor, nn

from engine.backends.gpu.graphs import StageGraphs
from engine.backends.gpu.stage import FusedStage
from engine.backends.plan import Plans
from engine.config.runtime import Precision
from engine.model.backend import Backend
from engine.model.blocks import Counted, Identity
from engine.model.evaluator import Emitted, StageEvaluator, TorchEvaluator
from engine.model.network import SpikingNetwork, Stage
from engine.process.device import spike_type
from engine.space.architecture import Architecture


class GpuBackend(Backend):
    """A network's GPU back end: its fused stages and their CUDA graphs."""

    def __init__(self, device: torch.device, precision: Precision) -> None:
        super().__init__(device, precision)
        self.stages = GpuStages(spike_type(precision))

    def evaluator(self) -> GpuStages:
        """The stages that training uses too: they read the weights at each call."""
        return self.stages

    def _forward(self, network: SpikingNetwork, images: Tensor, path: Architecture) -> tuple[Tensor, Tensor] | None:
        """Images [N, C, H, W] or [N, T, C, H, W] → rates [N, classes] and counts [layers, T]; None: needs torch."""
        stages = network.stages(path)
        if not self.stages.takes(stages):
            return None
        x, counts = network.channels_last(images), []
        for stage in stages:
            x, counted = self.stages.run(stage, x)
            counts.append(counted)
        return network.rates(x), torch.stack(counts)


class GpuStages(StageEvaluator):
    """Fused stages, each made once. They hand on spikes [T, N, ...]."""

    def __init__(self, dtype: torch.dtype) -> None:
        self.dtype, self.graphs, self.plans = dtype, StageGraphs(), Plans()
        self.made: dict[int, tuple[Stage, FusedStage]] = {}

    def takes(self, path: Sequence[Stage]) -> bool:
        """Whether the kernels know all stages of the path; makes those that are new."""
        plan = self.plans.of(path)
        for stage, steps in zip(path, plan or (), strict=plan is not None):
            if id(stage) not in self.made:
                self.made[id(stage)] = (stage, FusedStage(cast(nn.Module, stage), steps, self.dtype))
        return plan is not None

    def run(self, stage: Stage, x: Tensor) -> Counted:
        """One stage: [1 or T, N, C, H, W] → spikes [T, N, ...] and their counts [T]; in training by its CUDA graph."""
        if isinstance(stage, Identity):
            return cast(Counted, stage(x))
        fused = self.made[id(stage)][1]
        fused.training = cast(nn.Module, stage).training
        learning = fused.training and torch.is_grad_enabled()
        return self.graphs.run(fused, x) if learning else fused(x)

    def run_layers(self, stage: Stage, x: Tensor) -> tuple[Tensor, Emitted]:
        """A stage on x [1 or T, N, C, H, W] in plain torch: a fused stage does not give inner layers' spikes."""
        return TorchEvaluator().run_layers(stage, x)

    def outputs(self, x: Tensor) -> Tensor:
        """The output neurons' spikes [T, N, votes·classes]: `x` itself."""
        return x
