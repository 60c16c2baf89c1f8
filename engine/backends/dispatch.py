"""Which back end runs a network: plain torch, the C++ kernels on a CPU, or CUDA graphs and Triton kernels on a GPU.

Every network starts in plain torch. One that is opened for a run is placed here; what its config or its state at the
time of a call forbids (`Backend.may_run`, a block that the kernels do not know) runs in plain torch all the same.
"""

from __future__ import annotations

from typing import Literal, TypeVar

import torch

from engine.backends.cpu.forward import CpuBackend
from engine.backends.cpu.library import library
from engine.backends.gpu.self_check import trusted
from engine.model.network import SpikingNetwork

BackendName = Literal["torch", "cpu", "gpu"]
Placed = TypeVar("Placed", bound=SpikingNetwork)


def choose(device: torch.device, *, kernels: bool = True) -> BackendName:
    """The fastest back end that works on a device; plain torch where a run was begun without `kernels`.

    On a CPU it waits for the kernels' compilation, on a GPU it checks the Triton kernels once a process.
    """
    if not kernels:
        return "torch"
    if trusted(device):
        return "gpu"
    return "cpu" if device.type == "cpu" and library() is not None else "torch"


def attach(network: SpikingNetwork, name: BackendName) -> None:
    """Let a back end run the network from now on, where the network lies."""
    device, precision = next(network.parameters()).device, network.config.runtime.precision
    if name == "cpu":
        network.backend = CpuBackend(device, precision)
    elif name == "gpu":
        from engine.backends.gpu.forward import GpuBackend  # needs Triton

        network.backend = GpuBackend(device, precision)
    else:
        network.backend = None


def place(network: Placed, device: torch.device, *, kernels: bool = True) -> Placed:
    """The network on a device, with the back end that is chosen there."""
    network.to(device)
    attach(network, choose(device, kernels=kernels))
    return network
