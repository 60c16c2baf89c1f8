"""SpikingJelly: a zip of `model.py`, readable and of their layers, and `weights.safetensors`; also to train on."""

from __future__ import annotations

import importlib.util
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from safetensors.torch import save
from torch import Tensor, nn

from engine.exchange.facts import Facts
from engine.exchange.layers import Convolution, Dense, Layers, Spiking
from engine.exchange.reference import Ran, counted_in, rates_of
from engine.exchange.spikingjelly_code import code_of
from engine.exchange.written import Written
from engine.model.blocks import BatchNorm

CODE, WEIGHTS = "model.py", "weights.safetensors"
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The date of every member, so that equal networks give equal bytes; no zip has an earlier one."""


def write(layers: Layers, facts: Facts, path: Path) -> Written:
    """The zip at `path`. What is run is what lies in it, unpacked beside it."""
    members = {CODE: code_of(layers, facts).encode(), WEIGHTS: save(dict(_weights(layers)))}
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in members.items():
            packed.writestr(zipfile.ZipInfo(name, LONG_AGO), content, zipfile.ZIP_DEFLATED)
    code = loaded(path, path.with_name(f"{path.stem}.unpacked"))
    return Written("spikingjelly", (path,), "SpikingJelly, the file's own code", partial(_interpreters, layers, code))


def _weights(layers: Layers) -> Iterator[tuple[str, Tensor]]:
    """The state of the module in `model.py`, by name."""
    for layer in layers.layers:
        if not isinstance(layer, Spiking):
            continue
        for drive in layer.drives:
            if isinstance(drive, Convolution):
                yield f"{drive.name}.weight", drive.weight.contiguous()
                yield from _norm(f"{drive.name}_norm", drive.norm)
            elif isinstance(drive, Dense):
                yield f"{drive.name}.weight", drive.weight.contiguous()
        if layer.neurons.weight is not None:
            yield f"{layer.name}.w", layer.neurons.weight


def _norm(name: str, norm: BatchNorm) -> Iterator[tuple[str, Tensor]]:
    for part, values in norm.state_dict().items():
        yield f"{name}.{part}", values


def loaded(path: Path, folder: Path) -> ModuleType:
    """`model.py` of a zip, unpacked into a new folder; only for one that was written here, for its code is run."""
    folder.mkdir()
    with zipfile.ZipFile(path) as packed:
        for name in (CODE, WEIGHTS):
            (folder / name).write_bytes(packed.read(name))
    spec = importlib.util.spec_from_file_location("exported_model", folder / CODE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _interpreters(layers: Layers, code: ModuleType, dtype: torch.dtype) -> tuple[ModuleInterpreter]:
    return (ModuleInterpreter(layers, code.load().to(dtype)),)


class ModuleInterpreter:
    """The module of the file, all time steps at once."""

    def __init__(self, layers: Layers, module: nn.Module) -> None:
        self.layers, self.module = layers, module

    @torch.no_grad()
    def run(self, images: Tensor) -> Ran:
        """Images [n, C, H, W] at every time step, or frames [n, T, C, H, W]."""
        from spikingjelly.activation_based import functional

        functional.reset_net(self.module)
        steps = self.layers.time_steps
        x = images.transpose(0, 1) if self.layers.frames else images.unsqueeze(0).repeat(steps, 1, 1, 1, 1)
        found: dict[str, Tensor] = {}
        hooks = [self._watch(layer.name, found) for layer in self.layers.layers]
        outputs = self.module(x)
        for hook in hooks:
            hook.remove()
        spikes = [found[layer.name] != 0 for layer in self.layers.layers]
        return Ran(spikes, rates_of(self.layers, outputs), counted_in(spikes))

    def _watch(self, name: str, found: dict[str, Tensor]) -> Any:
        def keep(_module: nn.Module, _inputs: Any, output: Tensor) -> None:
            found[name] = output

        return self.module.get_submodule(name).register_forward_hook(keep)
