"""Batch-norm statistics of one path, taken anew before it is judged (ours; the paper keeps the supernet's)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from engine.blocks import BatchNorm
from engine.network import Network
from engine.space import Architecture


@contextmanager
def recalibrated(network: Network, architecture: Architecture, batches: Iterable[Tensor]) -> Iterator[None]:
    """Within the context, the path's running statistics are plain averages over `batches` of images [N, C, H, W].

    Paths share layers, so the supernet's own statistics are put back at the end.
    """
    norms = _norms_of(network, architecture)
    kept = [{key: value.clone() for key, value in norm.named_buffers()} for norm in norms]
    momenta = [norm.momentum for norm in norms]
    try:
        for norm in norms:
            norm.reset_running_stats()
            norm.momentum = None  # average all batches alike
        network.train()
        with torch.no_grad():
            for images in batches:
                network(images, architecture)
        network.eval()
        yield
    finally:
        for norm, buffers, momentum in zip(norms, kept, momenta, strict=True):
            norm.momentum = momentum
            for key, value in buffers.items():
                getattr(norm, key).copy_(value)


def _norms_of(network: Network, architecture: Architecture) -> list[BatchNorm]:
    stages = network.stages(architecture)
    modules = (module for stage in stages if isinstance(stage, nn.Module) for module in stage.modules())
    return [module for module in modules if isinstance(module, BatchNorm)]
