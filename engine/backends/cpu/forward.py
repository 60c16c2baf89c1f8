"""CPU back end: runs a network's paths by the C++ kernels, evaluation without gradients, training with them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from engine.backends.cpu.evaluation import Spikes, StageRunner, StemRunner, decoded, fired
from engine.backends.cpu.library import Library, library
from engine.backends.cpu.tape import Tape
from engine.backends.cpu.training import MAX_STEPS, PathFunction, run_path
from engine.backends.cpu.workspace import Workspace
from engine.backends.plan import Plans, Stem, Steps
from engine.config.runtime import Precision
from engine.model.backend import Backend
from engine.model.evaluator import Emitted, StageEvaluator
from engine.model.network import SpikingNetwork, Stage
from engine.space.architecture import Architecture


class CpuBackend(Backend):
    """A network's CPU back end: plans of its stages, and the memory that training steps of `images` images reuse."""

    def __init__(self, device: torch.device, precision: Precision) -> None:
        super().__init__(device, precision)
        found = library()
        assert found is not None
        self.library, self.workspace, self.images, self.plans = found, Workspace(), 0, Plans()

    def evaluator(self) -> CpuEvaluator:
        """Stages with batch norm folded in."""
        return CpuEvaluator(self.library, self.plans)

    def _forward(self, network: SpikingNetwork, images: Tensor, path: Architecture) -> tuple[Tensor, Tensor] | None:
        """Images [N, C, H, W] or [N, T, C, H, W] → rates [N, classes] and counts [layers, T]; None: needs torch."""
        stages, frames = network.stages(path), network.as_frames(images)
        plan = self.plans.of(stages)
        if plan is None or images.dtype != torch.float32:
            return None
        if network.training:
            return self._train(network, plan, frames) if len(frames) <= MAX_STEPS else None
        return None if torch.is_grad_enabled() else self._evaluate(network, stages, frames)

    def _train(self, network: SpikingNetwork, plan: list[Steps], frames: Tensor) -> tuple[Tensor, Tensor]:
        """Frames [1 or T, N, C, H, W] → rates [N, classes] and counts [layers, T], with batch statistics.

        They are differentiable where gradients are on.
        """
        images = frames.shape[1]
        if images != self.images:  # an epoch's last batch may be smaller: its arrays replace the others
            self.images, self.workspace = images, Workspace()
        tape = Tape(self.library, self.workspace, torch.is_grad_enabled())
        if not tape.keep:
            activation = run_path(tape, plan, frames)
            return network.rates(fired(self.library, activation.spikes)), torch.stack(tape.counts).float()
        parameters = [parameter for stage in plan for step in stage for parameter in step.parameters()]
        rates, counts = PathFunction.apply(tape, plan, frames, network.votes_per_class, *parameters)  # type: ignore[no-untyped-call]
        return rates, counts

    def _evaluate(self, network: SpikingNetwork, stages: list[Stage], frames: Tensor) -> tuple[Tensor, Tensor]:
        """Frames [1 or T, N, C, H, W] → rates [N, classes] and counts [layers, T], with running statistics."""
        evaluator, x, counts = self.evaluator(), frames, list[Tensor]()
        evaluator.takes(stages)
        for stage in stages:
            x, counted = evaluator.run(stage, x)  # type: ignore[assignment]
            counts.append(counted)
        return network.rates(evaluator.outputs(x)), torch.stack(counts).float()  # type: ignore[arg-type]


class CpuEvaluator(StageEvaluator):
    """Stages with batch norm folded in, each when it first runs. It hands on spikes as bits."""

    def __init__(self, found: Library, plans: Plans) -> None:
        self.library, self.plans = found, plans
        self.steps: dict[int, Steps] = {}
        self.runners: dict[int, tuple[Stage, StageRunner | StemRunner]] = {}

    def takes(self, path: Sequence[Stage]) -> bool:
        """Whether the kernels know every stage of the path; keeps the plans of its stages."""
        plan = self.plans.of(path)
        self.steps |= {id(stage): steps for stage, steps in zip(path, plan or (), strict=plan is not None)}
        return plan is not None

    def run(self, stage: Stage, x: Tensor | Spikes) -> tuple[Spikes, Tensor]:
        """Frames [1 or T, N, C, H, W] of the stem, or spikes of another stage → spikes as bits and their counts [T]."""
        runner = self._runner(stage)
        if isinstance(runner, StemRunner):
            assert isinstance(x, Tensor)
            return runner.run(x)
        assert isinstance(x, Spikes)
        return runner.run(x)

    def run_layers(self, stage: Stage, x: Tensor | Spikes) -> tuple[Spikes, Emitted]:
        """`run`, with the spikes [T, N, C, H, W] of each of the stage's steps."""
        runner = self._runner(stage)
        if isinstance(runner, StemRunner):
            assert isinstance(x, Tensor)
            made, counted = runner.run(x)
            inner = [made]
        else:
            assert isinstance(x, Spikes)
            (_, *inner), counted = runner.run_all(x)
            made = inner[-1] if inner else x
        layers = [decoded(self.library, spikes) for spikes in inner]
        output = layers[-1] if layers else decoded(self.library, made)
        return made, Emitted(layers, output.float(), counted)

    def outputs(self, x: Spikes) -> Tensor:
        """The output neurons' spikes [T, N, votes·classes] as floats."""
        return fired(self.library, x)

    def bytes_of(self, x: Spikes) -> int:
        """Bytes of spikes [N, T, H, W, groups]: a bit each, few enough to be kept."""
        return x.bits.nbytes

    def _runner(self, stage: Stage) -> StageRunner | StemRunner:
        if id(stage) not in self.runners:
            steps = self.steps[id(stage)]
            first = steps[0] if steps else None
            made = StemRunner(self.library, first) if isinstance(first, Stem) else StageRunner(self.library, steps)
            self.runners[id(stage)] = (stage, made)  # kept with its stage, so that no other object gets its id
        return self.runners[id(stage)][1]
