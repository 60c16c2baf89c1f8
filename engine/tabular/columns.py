"""The columns of a table, with their units: Parquet file, card and Croissant metadata take them from here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from engine.rows.columns import Column

Source = Literal["validation", "supernet"]
"""What a search on a table may be shown: begins the names of a column of accuracy and one of spikes."""
LAYER = "spikes_"
"""Begins the name of a column that holds one layer's spikes."""


KEYS = (
    Column("genome", "text", "the architecture: the block of each searched layer, such as R5-S-C3"),
    Column("seed", "integer", "seed of initial weights, order of the samples and augmentation"),
)
MEASURES = (
    Column("test_accuracy", "number", "share 0…1 of the test samples classified correctly after the last epoch"),
    Column("test_spikes", "number", "N, spikes per test sample over all counted layers and T time steps"),
    Column("validation_accuracy", "number", "share 0…1 of the validation samples, which no training saw"),
    Column("validation_spikes", "number", "N per validation sample"),
    Column("firing_rate", "number", "N per test sample ÷ (counted neurons · T), 0…1"),
    Column("parameters", "integer", "trained parameters of the network"),
    Column("effective_macs", "number", "effective multiply-accumulates per test sample (NeuroBench)"),
    Column("effective_acs", "number", "effective accumulates per test sample (NeuroBench); with the MACs, the SynOps"),
    Column("training_loss", "number", "mean loss of the last epoch of training"),
    Column("training_accuracy", "number", "share 0…1 of the training samples classified correctly in the last epoch"),
)
ESTIMATES = (
    Column(
        "supernet_accuracy", "number", "accuracy 0…1 on the validation samples with the weights of the seed's supernet"
    ),
    Column("supernet_spikes", "number", "N per validation sample with the weights of the seed's supernet"),
    Column("synflow", "number", "synaptic flow of the initial weights (Tanaka et al. 2020)"),
    Column("snip", "number", "connection sensitivity of the initial weights (Lee et al. 2019)"),
    Column("grad_norm", "number", "sum of the layers' gradient norms at the initial weights (Abdelfattah et al. 2021)"),
    Column("hamming", "number", "log determinant of sparsity-aware Hamming kernels (SNASNet, Kim et al. 2022)"),
)


def of_layer(layer: str) -> Column:
    """The column of one layer's spikes; the layers are those of a spike heatmap, from stem to output."""
    return Column(LAYER + layer, "number", f"spikes per test sample of layer {layer}; the layers sum to N")


def columns(layers: Iterable[str]) -> tuple[Column, ...]:
    """Every column of a table in order."""
    return (*KEYS, *MEASURES, *map(of_layer, layers), *ESTIMATES)
