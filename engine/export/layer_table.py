"""The layer table of a package: every layer with its shape, and which tensors of model.safetensors are its own."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, cast

from torch import nn

from engine.model.blocks import WiredBlock
from engine.model.network import SpikingNetwork
from engine.space.shapes import described


def layer_table(network: SpikingNetwork) -> list[dict[str, Any]]:
    """As JSON values, in order: what `show` prints of a layer, its module, and the shape of each of its tensors.

    A block has its `wiring` too: layers of neurons, each with the convolutions that drive it (`engine.blocks.wiring`).
    """
    path = network.only_architecture
    names = {id(module): name for name, module in network.named_modules()}
    rows = zip(network.layer_specs(path), network.stages(path), strict=True)
    return [described(spec) | _of_module(names[id(stage)], cast(nn.Module, stage)) for spec, stage in rows]


def _of_module(name: str, module: nn.Module) -> dict[str, Any]:
    tensors = {f"{name}.{key}": list(value.shape) for key, value in module.state_dict().items()}
    wired = {"wiring": [asdict(layer) for layer in module.wiring]} if isinstance(module, WiredBlock) else {}
    return {"module": name, **wired, "tensors": tensors}
