"""Self-check of the Triton kernels: a study uses them only where they run and agree with plain torch."""

from __future__ import annotations

import logging
from functools import cache
from importlib.util import find_spec
from typing import cast

import torch
from torch import Tensor, nn

from engine.backends.cpu.build import switched_off
from engine.backends.plan import Plans
from engine.config.presets import PRESETS
from engine.model.blocks import Counted, WiredBlock
from engine.model.network import build_child
from engine.space.architecture import Architecture

log = logging.getLogger(__name__)
FLIPPED, GRADIENTS = 1e-3, 1e-2
"""Largest differences from plain torch: the share of spikes, which differ where a potential is within rounding of the
threshold, and the relative norm of a gradient, which such spikes change.
"""


def usable(device: torch.device) -> bool:
    """Whether there are a CUDA device and Triton (a part of torch for CUDA), and AUTOSNN_KERNELS is not `off`."""
    return device.type == "cuda" and not switched_off() and find_spec("triton") is not None


def trusted(device: torch.device) -> bool:
    """Whether the kernels run on this device and agree with plain torch on a block; checked once per process."""
    return usable(device) and _agree(torch.device(device.type, device.index or 0))


@cache
def _agree(device: torch.device) -> bool:
    """`trusted` of one device; logs the reason where it is False."""
    try:
        wrong = disagreement(device)
    except Exception as error:  # compiler, driver or device: plain torch replaces it
        log.warning("the Triton kernels cannot run here, plain torch is used: %s: %s", type(error).__name__, error)
        return False
    if wrong:
        log.warning("the Triton kernels disagree with plain torch, which is used: %s", wrong)
    return not wrong


def disagreement(device: torch.device) -> str:
    """How a training step of a residual block by the kernels differs from plain torch; empty where it does not."""
    from engine.backends.gpu.stage import FusedStage  # needs Triton

    config = PRESETS["quick-look"].config
    network = build_child(config, Architecture.from_code("R3-R3-S"), 0)
    stages = network.stages(network.only_architecture)
    place = next(i for i, stage in enumerate(stages) if isinstance(stage, WiredBlock))
    block = cast(WiredBlock, stages[place])
    for module in block.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.constant_(module.bias, 0.5)
    plan = Plans().of(stages)
    assert plan is not None
    steps = config.network.time_steps
    channels = block.wiring[0].convolutions[0].c_in
    draws = torch.rand(steps, 4, channels, 8, 8, generator=torch.Generator().manual_seed(0))
    x, block = (draws < 0.2).float().to(device), block.to(device)  # [T, 4, C, 8, 8]
    (spikes, counts), gradients = _step(FusedStage(block, plan[place], torch.float32)(x), block)
    (expected, expected_counts), expected_gradients = _step(block(x), block)
    if not expected.any() or (spikes != expected).float().mean() > FLIPPED:
        return "spikes differ"
    if not torch.allclose(counts, expected_counts, rtol=FLIPPED, atol=2):
        return "counts differ"
    pairs = zip(gradients, expected_gradients, block.named_parameters(), strict=True)
    far = [name for ours, theirs, (name, _) in pairs if not (ours - theirs).norm() <= GRADIENTS * theirs.norm()]
    return f"gradients of {', '.join(far)} differ" if far else ""


def _step(made: Counted, block: nn.Module) -> tuple[Counted, list[Tensor]]:
    """A block's spikes [T, N, C, H, W] and counts [T], and gradients of a loss on both."""
    spikes, counts = made
    slope = torch.linspace(-1, 1, spikes.numel(), device=spikes.device).view(spikes.shape)
    loss = (spikes * slope).sum() + 1e-3 * counts.sum()
    return (spikes.detach(), counts.detach()), list(torch.autograd.grad(loss, list(block.parameters())))
