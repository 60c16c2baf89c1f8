"""A training recipe in words, and what is trained after a search."""

from __future__ import annotations

from engine.config.recipe import Recipe, RetrainConfig, SupernetConfig
from engine.config.words import counted, listed
from engine.describe.clauses import Clauses, told
from engine.zoo.registry import ZOO

OPTIMIZERS = {"adam": "Adam", "sgd": "SGD with momentum 0.9"}
UNSAMPLED = {
    "rest": "no steps of blocks off the path",
    "drift": "blocks off the path moved on by momentum as in PyTorch 1.4",
}
LOSSES = {"mse": "mean squared error on firing rates", "cross_entropy": "cross-entropy on firing rates"}
SCHEDULES = {
    "constant": "constant schedule",
    "step": "step schedule, a tenth from 50% and a hundredth from 75% of the epochs on",
    "cosine": "cosine schedule",
}


def recipe(config: Recipe) -> str:
    """Epochs, and the rest in brackets."""
    parts = dict(clauses(config))
    return f"{parts.pop('epochs')} ({told(parts)})"


def retraining(config: RetrainConfig) -> str:
    """The recipe of the winner, or that there is none."""
    return (
        recipe(config) if config.winner else f"no winner is trained, the study ends with its search ({recipe(config)})"
    )


def clauses(config: Recipe) -> Clauses:
    """A recipe by topic."""
    decay, penalty, side = config.weight_decay, config.spike_regularisation, config.cutout
    return {
        "epochs": counted(config.epochs, "epoch"),
        "optimizer": OPTIMIZERS[config.optimizer],
        "learning rate": f"learning rate {config.learning_rate:g}",
        "schedule": SCHEDULES[config.schedule],
        "batch size": f"batch size {config.batch_size}",
        "loss": LOSSES[config.loss],
        "weight decay": f"weight decay {decay:g}" if decay else "no weight decay",
        "penalty": f"spike regularisation with λ_reg = {penalty:g}" if penalty else "no spike regularisation",
        "cutout": f"cutout of {side}×{side} pixels" if side else "no cutout",
        **({"off the path": UNSAMPLED[config.unsampled]} if isinstance(config, SupernetConfig) else {}),
    }


def seeds(first: int, count: int) -> str:
    """`seed 3`, or `seeds 3 to 7`."""
    return f"seed {first}" if count == 1 else f"seeds {first} to {first + count - 1}"


def after_search(config: RetrainConfig, seed: int) -> str:
    """What is trained besides the winner by its recipe; empty where nothing is."""
    parts = []
    if config.seeds > 1:
        parts.append(f"the winner with {seeds(seed + 1, config.seeds - 1)}")
    if config.baselines:
        parts.append(f"the baselines {listed([baseline(name, config.baseline_channels) for name in config.baselines])}")
    if config.trust:
        ranked = counted(config.trust, "evaluated architecture")
        parts.append(f"up to {ranked}, spread evenly over the ranking, for the rank correlation of the supernet")
    return f"By the same recipe were trained {listed(parts)}." if parts else ""


def baseline(name: str, channels: int | None) -> str:
    """A baseline of the zoo with its width C."""
    plan = ZOO[name]
    return f"{plan.title} with C = {channels or plan.channels}"
