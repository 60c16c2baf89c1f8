"""The columns of each set of rows: name, type, what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "integer", "number", "yes"]
What = Literal["candidates", "front", "curves", "trainings"]


@dataclass(frozen=True)
class Column:
    """`description` says it for people, with the unit; `kind` `yes` is true or false. A cell may be empty."""

    name: str
    kind: Kind
    description: str


STUDY = (
    Column("seed", "integer", "the study's seed; of a training its own"),
    Column("config_sha256", "text", "digest of the study's config"),
)
CANDIDATES = (
    Column("candidate", "integer", "number of the candidate, from 0, in order of evaluation"),
    Column("generation", "integer", "generation it was evaluated in, from 1"),
    Column("architecture", "text", "genome: the code of each searched layer's block"),
    Column("accuracy", "number", "accuracy, 0 to 1, on the validation split with the supernet's weights"),
    Column("spikes", "number", "spikes N per sample, on the same"),
    Column("firing_rate", "number", "N by counted outputs and time steps, 0 to 1"),
    Column("fitness", "number", "fitness by the study's objective and λ"),
    Column("parameters", "integer", "parameters of the network"),
    Column("origin", "text", "random, mutation, crossover, enumerated or proposed"),
    Column("parents", "text", "numbers of the parents, separated by spaces"),
    Column("changed", "text", "searched layers, from 1, that differ from the first parent, separated by spaces"),
    Column("on_front", "yes", "whether it is on the Pareto front of all candidates"),
    *STUDY,
)
CURVES = (
    Column("phase", "text", "supernet, retrain, or training: a network of an analysis, or trained after the search"),
    Column("training", "integer", "number of that training, from 0; empty in the other phases"),
    Column("architecture", "text", "genome or baseline that is trained; empty for the supernet"),
    Column("epoch", "integer", "epoch, from 1"),
    Column("loss", "number", "mean loss on the training samples"),
    Column("accuracy", "number", "accuracy on them, 0 to 1"),
    Column("spikes", "number", "spikes per sample on them; empty of a training"),
    Column("test_accuracy", "number", "accuracy on the test split after the epoch; of retraining alone"),
    Column("test_spikes", "number", "spikes per sample on it; of retraining alone"),
    *STUDY,
)
TRAININGS = (
    Column("training", "integer", "number of the training, from 0; empty for the search's winner"),
    Column("arm", "text", "arm of an analysis, baseline, or winner"),
    Column("architecture", "text", "genome or baseline"),
    Column("epochs", "integer", "epochs it was trained for; empty for the search's winner"),
    Column("test_accuracy", "number", "accuracy on the test split after the last epoch, 0 to 1"),
    Column("test_spikes", "number", "spikes N per sample on it"),
    Column("firing_rate", "number", "N by counted outputs and time steps, 0 to 1"),
    Column("parameters", "integer", "parameters of the network"),
    Column("search_accuracy", "number", "the supernet's estimate on the validation split, where there is one"),
    Column("validation_accuracy", "number", "on the validation split, where the network was not trained on it"),
    Column("validation_spikes", "number", "on the same"),
    *STUDY,
)
COLUMNS: dict[What, tuple[Column, ...]] = {
    "candidates": CANDIDATES,
    "front": CANDIDATES,
    "curves": CURVES,
    "trainings": TRAININGS,
}
