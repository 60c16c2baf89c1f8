"""All proxies of an architecture, with the initial weights that its training begins with."""

from __future__ import annotations

import numpy as np
import torch

from engine.config.study import StudyConfig
from engine.data.load import Dataset
from engine.model.network import build_child
from engine.proxies.hamming import hamming
from engine.proxies.saliency import grad_norm, snip
from engine.proxies.synaptic_flow import synflow
from engine.seeds import derive
from engine.space.architecture import Architecture
from engine.training.trainer import Batch, evaluation_batches

PROXIES = ("synflow", "snip", "grad_norm", "hamming")


def scores(config: StudyConfig, architecture: Architecture, batch: Batch) -> dict[str, float]:
    """Every proxy by name, with the initial weights of a training with this study's seed.

    All but synflow see `batch`: encoded samples [N, C, H, W] or [N, T, C, H, W], and labels [N].
    """
    images, labels = batch
    network = build_child(config, architecture, derive(config.seed, "retrain/init"))
    return {
        "synflow": synflow(network),
        "snip": snip(network, images, labels),
        "grad_norm": grad_norm(network, images, labels),
        "hamming": hamming(network, images),
    }


def proxy_batch(config: StudyConfig, data: Dataset) -> Batch:
    """One batch of the recipe's size, without augmentation, from the training split; drawn from the study's seed."""
    rng = np.random.default_rng(derive(config.seed, "proxies/batch"))
    chosen = rng.permutation(len(data.train.labels))[: config.retrain.batch_size]
    return next(evaluation_batches(data.train.take(chosen), data.encoding, len(chosen), torch.device("cpu")))
