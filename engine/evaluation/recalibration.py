"""Recalibration of batch norm: statistics of one path before its evaluation.

This is ours: Na et al. 2022 evaluate with the supernet's running statistics.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn

from engine.config.study import StudyConfig
from engine.data.load import Dataset
from engine.model.blocks import BatchNorm
from engine.model.network import SpikingNetwork
from engine.search.path_sampling import batch_count
from engine.seeds import derive
from engine.space.architecture import Architecture
from engine.training.trainer import training_images


@contextmanager
def recalibrated(network: SpikingNetwork, architecture: Architecture, batches: Iterable[Tensor]) -> Iterator[None]:
    """Within the context, the path's running statistics are plain averages over `batches` of encoded images.

    A batch is [N, C, H, W] or [N, T, C, H, W]. Paths share layers, so the supernet's statistics are restored.
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


def _norms_of(network: SpikingNetwork, architecture: Architecture) -> list[BatchNorm]:
    stages = network.stages(architecture)
    modules = (module for stage in stages if isinstance(stage, nn.Module) for module in stage.modules())
    return [module for module in modules if isinstance(module, BatchNorm)]


def recalibration_images(config: StudyConfig, data: Dataset, device: torch.device, number: int) -> Iterator[Tensor]:
    """Batches of encoded training images, [N, C, H, W] or [N, T, C, H, W], to recalibrate candidate `number` with.

    They are drawn from the study's seed and the number alone.
    """
    rng = np.random.default_rng(derive(config.seed, "recalibration/order", number))
    order, size = rng.permutation(len(data.train.labels)), config.supernet.batch_size
    generator = torch.Generator().manual_seed(derive(config.seed, "recalibration/augment", number))
    for batch in range(min(config.search.recalibration_batches, batch_count(len(order), size))):
        pixels = data.train.images[order[batch * size : (batch + 1) * size]]
        yield training_images(pixels, data, config.supernet.cutout, generator, device)
