"""The poster's numbers, checked against each other, and the 'paper | here' table."""

import pytest

from engine.analysis.published import PUBLISHED, UNITS, Measured, paper_and_here
from engine.config.presets import snn
from engine.errors import MeasureError
from engine.space.architecture import Architecture
from engine.space.shapes import Input, layer_specs

TABLE = {(entry.table, entry.row, entry.column): entry.value for entry in PUBLISHED}


@pytest.mark.parametrize(
    ("table", "cells"),
    [
        ("base", 4 * 2 * 2),  # macros × blocks × (accuracy, spikes)
        ("blocks", 4 * 3),
        ("regularisation", 4 * 3 * 2),
        ("transfer", (2 + 2 + 2 + 4 + 5) * 2),
    ],
)
def test_every_cell_of_the_poster_is_there_once(table, cells):
    assert len(paper_and_here(table, {})) == cells
    assert len({(entry.row, entry.column) for entry in PUBLISHED if entry.table == table}) == cells


def test_the_two_tables_that_share_snn_1_agree():
    for block in ("SCB_k3", "SRB_k3"):
        for column in ("accuracy", "spikes"):
            assert TABLE["base", f"SNN_1 {block}", column] == TABLE["blocks", block, column]


@pytest.mark.parametrize("block", ["SCB_k3", "SRB_k3", "SIB_k3_e1", "SIB_k3_e3"])
def test_published_spikes_and_rates_agree_through_the_counted_output_elements(block):
    outputs = sum(row.output_elements for row in layer_specs(snn(16), Architecture((block,) * 5), Input(3, 32, 32, 10)))
    assert round(TABLE["blocks", block, "spikes"] / (outputs * 8), 2) == TABLE["blocks", block, "firing rate"]


@pytest.mark.parametrize("block", ["SCB_k3", "SRB_k3", "SIB_k3_e1", "SIB_k3_e3"])
def test_stronger_regularisation_means_fewer_spikes_and_less_accuracy(block):
    for column in ("accuracy", "spikes"):
        values = [TABLE["regularisation", f"{block} λ_reg {strength}", column] for strength in ("1", "0.1", "0.01")]
        assert values == sorted(values)
        assert values[-1] < TABLE["blocks", block, column]


def test_units_and_sources_are_named_and_what_is_not_published_is_empty():
    assert all(entry.unit == UNITS[entry.column] and "ICML 2022" in entry.source for entry in PUBLISHED)
    assert TABLE["transfer", "CIFAR10-DVS AutoSNN† C=16", "spikes"] == 1_269_000
    empty = [entry.row for entry in PUBLISHED if entry.value is None]
    assert empty == ["CIFAR10-DVS Wu 2019b C=128", "DVS128-Gesture He 2020 C=64", "DVS128-Gesture Kaiser 2020 C=64"]
    assert all("quoted" in entry.source for entry in PUBLISHED if entry.row in empty)


def test_paper_and_here_side_by_side_with_tags():
    one = Measured(61.2, "test", 12, (0,), 1, None)
    three = Measured(98765.4, "test", 12, (0, 1, 2), 3, 1234.5)
    lines = paper_and_here("base", {("SNN_1 SCB_k3", "accuracy"): one, ("SNN_1 SCB_k3", "spikes"): three})
    assert [(line.paper.value, line.here) for line in lines[:2]] == [(86.93, one), (154_000, three)]
    assert all(line.here is None for line in lines[2:])
    assert one.tag == "test, 12 epochs, seed 0, n = 1, no spread"
    assert three.tag == "test, 12 epochs, seeds 0, 1, 2, n = 3, sd 1.23e+03"


def test_a_cell_the_poster_does_not_have_is_refused():
    with pytest.raises(MeasureError, match=r"table 'base' has no row 'SNN_1 SIB_k3_e1' with column 'accuracy'"):
        paper_and_here("base", {("SNN_1 SIB_k3_e1", "accuracy"): Measured(1.0, "test", 1, (0,), 1, None)})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((50.0, "test", 1, (0,), 1, 0.0), "spread must be given for n > 1 and only then, got n 1, 0.0"),
        ((50.0, "test", 1, (0, 1), 2, None), "only then, got n 2, None"),
        ((float("nan"), "test", 1, (0,), 1, None), "value and spread must be finite"),
        ((50.0, "test", 1, (), 1, None), "seeds not empty"),
    ],
)
def test_a_measured_value_cannot_hide_what_it_rests_on(arguments, message):
    with pytest.raises(MeasureError, match=message):
        Measured(*arguments)
