"""Parameters that a batch's path did not use: whether the optimiser moves them all the same."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.config.recipe import Recipe, SupernetConfig


def drifts(recipe: Recipe) -> bool:
    """Whether the optimiser goes on moving what a path did not use. A child has but one path."""
    return isinstance(recipe, SupernetConfig) and recipe.unsampled == "drift"


def zero_missing_gradients(optimizer: torch.optim.Optimizer) -> None:
    """A gradient [...] of zeros for each parameter that got none and was moved before.

    The next step then moves it by its momentum and counts, and weight decay acts on it. So does PyTorch 1.4, with which
    the reference code of Na et al. 2022 ran: its `zero_grad` leaves zeros. A parameter that no path has used yet has no
    gradient there either, and rests. The optimiser's own state says which were used, so a resumed run needs no more.
    """
    for parameter in (one for group in optimizer.param_groups for one in group["params"]):
        if _is_missing(parameter) and parameter in optimizer.state:
            parameter.grad = torch.zeros_like(parameter)


def _is_missing(parameter: Tensor) -> bool:
    return parameter.requires_grad and parameter.grad is None
