"""Runs a network's paths by the kernels, where they can: evaluation without gradients, training with."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from engine.backends.cpu.evaluation import Spikes, StageRunner, StemRunner, fired
from engine.backends.cpu.library import Library, library
from engine.backends.cpu.training import MAX_STEPS, Path, Tape, Workspace, run_path
from engine.backends.plan import Plans, Stem, Steps
from engine.model.network import SpikingNetwork, Stage
from engine.space.architecture import Architecture


class Kernels:
    """One network's use of the kernels: its plans, and the memory its training steps of so many images use again."""

    def __init__(self, found: Library) -> None:
        self.library, self.workspace, self.images, self.plans = found, Workspace(), 0, Plans()

    def plan(self, network: SpikingNetwork, architecture: Architecture) -> list[Steps] | None:
        """The path's steps; None where one of its stages is not the kernels'."""
        return self.plans.of(network.stages(architecture))

    def train(self, network: SpikingNetwork, plan: list[Steps], frames: Tensor) -> tuple[Tensor, Tensor]:
        """Rates [N, classes] and counts [rows, T] with batch statistics; differentiable where gradients are on."""
        images = frames.shape[1]
        if images != self.images:  # an epoch's last batch may be smaller: its arrays in the place of the others
            self.images, self.workspace = images, Workspace()
        tape = Tape(self.library, self.workspace, torch.is_grad_enabled())
        if not tape.keep:
            active = run_path(tape, plan, frames)
            return network.rates(fired(self.library, active.spikes)), torch.stack(tape.counts).float()
        parameters = [parameter for stage in plan for step in stage for parameter in step.parameters()]
        rates, counts = Path.apply(tape, plan, frames, network.votes_per_class, *parameters)  # type: ignore[no-untyped-call]
        return rates, counts


class Evaluator:
    """Stages with batch norm folded in, each when it first runs: its numbers are those of the weights of then."""

    def __init__(self, found: Library) -> None:
        self.library = found
        self.runners: dict[int, tuple[Stage, StageRunner | StemRunner]] = {}

    def run(self, stage: Stage, steps: Steps, x: Tensor | Spikes) -> tuple[Spikes, Tensor]:
        """Frames into the stem, spikes into every other stage; spikes and counts [T] of the batch out."""
        if id(stage) not in self.runners:
            first = steps[0] if steps else None
            made = StemRunner(self.library, first) if isinstance(first, Stem) else StageRunner(self.library, steps)
            self.runners[id(stage)] = (stage, made)
        runner = self.runners[id(stage)][1]
        if isinstance(runner, StemRunner):
            assert isinstance(x, Tensor)
            return runner.run(x)
        assert isinstance(x, Spikes)
        return runner.run(x)


_KERNELS: WeakKeyDictionary[nn.Module, Kernels] = WeakKeyDictionary()


def kernels_of(network: SpikingNetwork) -> Kernels | None:
    """The kernels, where the network is theirs: on a CPU, in single precision, and not told to do without them."""
    if network.plain:
        return None
    if network not in _KERNELS:
        found = library()
        if found is None:
            return None
        _KERNELS[network] = Kernels(found)
    weight = next(network.parameters())
    return _KERNELS[network] if weight.device.type == "cpu" and weight.dtype == torch.float32 else None


def has_hooks(network: nn.Module) -> bool:
    """Whether somebody watches the network's modules, forward or on the way back, which the kernels pass by."""
    return any(
        module._forward_hooks or module._forward_pre_hooks or module._backward_hooks or module._backward_pre_hooks
        for module in network.modules()
    )


def forward(network: SpikingNetwork, images: Tensor, architecture: Architecture) -> tuple[Tensor, Tensor] | None:
    """Rates and counts of a path as SpikingNetwork.forward's; None where plain torch has to do it."""
    kernels = kernels_of(network)
    if kernels is None or images.requires_grad or images.dtype != torch.float32 or has_hooks(network):
        return None
    plan = kernels.plan(network, architecture)
    if plan is None or (torch.is_grad_enabled() and not network.training):
        return None
    frames = network.as_frames(images)
    if network.training:
        if len(frames) > MAX_STEPS:
            return None
        return kernels.train(network, plan, frames)
    evaluator, x = Evaluator(kernels.library), frames
    counts = []
    for stage, steps in zip(network.stages(architecture), plan, strict=True):
        x, counted = evaluator.run(stage, steps, x)  # type: ignore[assignment]
        counts.append(counted)
    assert isinstance(x, Spikes)
    return network.rates(fired(kernels.library, x)), torch.stack(counts).float()
