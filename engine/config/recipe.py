"""How networks are trained: the supernet and the winner."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from engine.config.fields import OURS, PAPER
from engine.schema.frozen import Frozen

Epochs = Annotated[int, Field(ge=1, le=10_000)]


class Recipe(Frozen):
    """How a network is trained; supernet and winner alike."""

    epochs: Epochs = Field(600, description="epochs", json_schema_extra=PAPER)
    batch_size: Annotated[int, Field(ge=2, le=4096)] = Field(96, description="images a step", json_schema_extra=PAPER)
    learning_rate: Annotated[float, Field(gt=0, le=1)] = Field(
        1e-3, description="learning rate at the start", json_schema_extra=PAPER
    )
    optimizer: Literal["adam", "sgd"] = Field(
        "adam", description="adam, or sgd with momentum 0.9", json_schema_extra=PAPER
    )
    weight_decay: Annotated[float, Field(ge=0, le=1)] = Field(0.0, description="L2 penalty", json_schema_extra=PAPER)
    schedule: Literal["constant", "step", "cosine"] = Field(
        "constant",
        description="constant; step = ÷10 at 50 % and 75 % (paper's option with sgd); cosine to zero (ours)",
        json_schema_extra=PAPER,
    )
    loss: Literal["mse", "cross_entropy"] = Field(
        "mse",
        description="on the firing rates of the classes: mean squared error to one-hot (the paper's), or cross-entropy",
        json_schema_extra=OURS,
    )
    spike_regularisation: Annotated[float, Field(ge=0, le=1000)] = Field(
        0.0,
        description="λ_reg: adds λ_reg × the mean firing rate of the counted neurons to the loss; 0 = off. The paper "
        "studies 1, 0.1 and 0.01; its formula is not published, this dimensionless one is ours",
        json_schema_extra=PAPER,
    )
    cutout: Annotated[int, Field(ge=0, le=64)] = Field(
        0, description="side of a square blacked out at random in each training image; 0 = off", json_schema_extra=PAPER
    )


class SupernetConfig(Recipe):
    """Training of the weight-sharing supernet: one uniformly drawn path a batch (Na et al. 2022, section 4.2)."""

    unsampled: Literal["rest", "drift"] = Field(
        "rest",
        description="blocks that a batch's path does not use: rest = they stay as they are; drift = the optimiser goes "
        "on moving them by its momentum and counting steps, as the reference's PyTorch 1.4 does: the paper's run",
        json_schema_extra=PAPER,
    )


class RetrainConfig(Recipe):
    """Training of the winner from scratch on the whole training set (Na et al. 2022, section 4.4)."""

    winner: bool = Field(
        True,
        description="retrain the winner; off = the study ends with its search",
        json_schema_extra=OURS,
        exclude_if=lambda winner: winner,  # texts and digests of studies begun before it was there stay as they are
    )
    seeds: Annotated[int, Field(ge=1, le=100)] = Field(
        1,
        description="train the winner this often, with seeds seed, seed + 1, …, and report mean and spread; the "
        "downloaded network is the first",
        json_schema_extra=OURS,
    )
    trust: Annotated[int, Field(ge=0, le=200)] = Field(
        0,
        description="retrain this many evaluated architectures, spread evenly over the search's ranking, and report "
        "how well the supernet ranks them (Kendall's τ); 0 = none, else at least 3",
        json_schema_extra=OURS,
    )

    baselines: Annotated[tuple[str, ...], Field(max_length=20, strict=False)] = Field(
        (),
        description="also train these baselines of `python -m engine zoo` by this recipe, to be shown beside the front",
        json_schema_extra=PAPER,
    )
    baseline_channels: Annotated[int, Field(ge=1, le=1024)] | None = Field(
        None, description="initial channels C of the baselines; empty = each paper's", json_schema_extra=OURS
    )
