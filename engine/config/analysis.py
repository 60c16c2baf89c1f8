"""What an analysis trains in place of a search: arms of architectures."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from engine.config.data import DataConfig
from engine.config.fields import NO_NUL
from engine.config.network import NetworkConfig
from engine.config.recipe import RetrainConfig
from engine.schema.frozen import Frozen

MAX_TRAININGS = 2000


class Arm(Frozen):
    """One side of a comparison: architectures that share a network, a data set and a recipe."""

    label: Annotated[str, Field(min_length=1, max_length=80), NO_NUL] = Field(description="what the arm is called")
    architectures: Annotated[tuple[str, ...], Field(max_length=MAX_TRAININGS, strict=False)] = Field(
        (), description="genomes, such as R5-S-C3"
    )
    random: Annotated[int, Field(ge=0, le=MAX_TRAININGS)] = Field(
        0, description="and this many architectures drawn uniformly, none twice"
    )
    zoo: Annotated[str, Field(max_length=40)] | None = Field(
        None, description="and this baseline of `python -m engine zoo`, in the arm's data, neuron and time steps"
    )
    zoo_channels: Annotated[int, Field(ge=1, le=1024)] | None = Field(
        None, description="the baseline's initial channels C; empty = its paper's"
    )
    network: NetworkConfig | None = Field(None, description="its own search space and neuron; empty = the study's")
    data: DataConfig | None = Field(None, description="its own data set; empty = the study's")
    retrain: RetrainConfig | None = Field(None, description="its own recipe; empty = the study's")

    @property
    def trainings(self) -> int:
        """Networks to train, once a seed."""
        return len(self.architectures) + self.random + (self.zoo is not None)


class AnalysisConfig(Frozen):
    """What an analysis study trains: every architecture of every arm, once a seed."""

    arms: Annotated[tuple[Arm, ...], Field(min_length=1, max_length=64, strict=False)] = Field(
        description="the sides of the comparison"
    )
    seeds: Annotated[int, Field(ge=1, le=100)] = Field(
        1, description="train each architecture this often, with seeds seed, seed + 1, …"
    )
    train_on: Literal["all", "train"] = Field(
        "all",
        description="all = training and validation samples, as the winner is retrained; train = the training samples "
        "alone, so that accuracy and spikes on the validation samples are recorded too",
        exclude_if=lambda train_on: train_on == "all",  # texts and results of earlier analyses stay as they are
    )
    operations: bool = Field(
        False,
        description="also count each network's synaptic operations on the test samples (NeuroBench)",
        exclude_if=lambda operations: not operations,
    )
    order: Literal["arms", "seeds"] = Field(
        "arms",
        description="arms: all seeds of an architecture before the next one; seeds: every architecture with one seed "
        "before the next seed, so that a run cut short holds whole comparisons",
        exclude_if=lambda order: order == "arms",
    )
    table: Literal["base", "blocks", "regularisation", "transfer"] | None = Field(
        None, description="the poster's table to stand beside: arms with the labels of its rows are compared with them"
    )
