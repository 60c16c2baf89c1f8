"""A spiking network beside an 8-bit ANN of its layers: ratio, break-even rate, and where the spikes come from."""

import numpy as np
import pytest

from engine.config.network import NetworkConfig, NeuronConfig
from engine.errors import MeasureError
from engine.metrics.energy_comparison import as_json, beside_ann, compare, run_of, spikes_by_layer
from engine.metrics.memory_energy import INT8, Run, ann_parts, snn_parts
from engine.space.architecture import Architecture
from engine.space.dataflow import Connection, DataflowLayer, dataflow
from engine.space.shapes import layer_specs
from tests.engine.tiny import tiny_config

WIDE = DataflowLayer("1", 4, 4, (Connection("linear", 0, 1000, 4000, 4000),))
"""1,000 inputs to 4 neurons: few neurons and many weights, where sparse spikes pay."""
SOURCE = DataflowLayer("stem", 1, 1000, (Connection("conv", -1, 1, 9, 9, 9),))
RUN = Run(time_steps=2, input_passes=1, leaks=False)


def test_ratio_and_rows_are_those_of_the_layers():
    found = compare([SOURCE, WIDE], [100.0, 2.0], 0.05, RUN)
    ours = [snn_parts(one, [100.0, 2.0], own, RUN, INT8).total for one, own in ((SOURCE, 100.0), (WIDE, 2.0))]
    theirs = [ann_parts(one, INT8).total for one in (SOURCE, WIDE)]
    assert found.ratio == pytest.approx(sum(ours) / sum(theirs))
    assert found.rows == (("stem", ours[0], theirs[0]), ("1", ours[1], theirs[1]))


def test_at_the_break_even_rate_both_take_the_same():
    narrow = DataflowLayer("stem", 1, 10, (Connection("conv", -1, 1, 9, 9, 9),))
    wide = DataflowLayer("1", 4, 4, (Connection("linear", 0, 10, 40_000, 40_000),))
    found = compare([narrow, wide], [2.0, 1.0], 0.1, RUN)
    assert found.break_even is not None
    scale = found.break_even / 0.1
    assert compare([narrow, wide], [2.0 * scale, 1.0 * scale], found.break_even, RUN).ratio == pytest.approx(1)
    assert compare([narrow, wide], [2.1 * scale, 1.1 * scale], 0.1, RUN).ratio > 1


def test_where_even_silence_takes_more_than_the_ann_there_is_no_break_even():
    """1,000 neurons with 9 products between them: their potentials alone, at T = 200, outweigh one pass of the ANN."""
    slow = Run(time_steps=200, input_passes=1, leaks=True)
    assert compare([SOURCE], [1000.0], 0.1, slow).break_even is None
    assert compare([SOURCE, WIDE], [0.0, 0.0], 0.0, RUN).break_even is None  # silent: no rate to scale


def test_inner_spikes_are_taken_at_the_block_s_rate_unless_they_are_measured():
    """SRB_k3 has two layers of neurons of one size: of 60 spikes each gets 30, or what was measured."""
    config = tiny_config()
    architecture = Architecture(("SRB_k3",) * len(config.space.choices))
    macro, data = config.network.macro, config.input
    layers, rows = dataflow(macro, architecture, data), layer_specs(macro, architecture, data)
    counts = np.zeros((len(rows), 2), np.float32)
    counts[1] = (40, 20)
    block = rows[1].name
    inner = [place for place, layer in enumerate(layers) if layer.row == block]
    guessed = spikes_by_layer(layers, rows, counts)
    assert [guessed[place] for place in inner] == [30, 30]
    known = spikes_by_layer(layers, rows, counts, {block: [50.0, 10.0]})
    assert [known[place] for place in inner] == [50, 10]
    other = spikes_by_layer(layers, rows, counts, {block: [50.0, 9.0, 1.0]})  # neurons of a module of one's own
    assert [other[place] for place in inner] == [30, 30]


def test_a_map_of_another_network_is_refused():
    with pytest.raises(MeasureError, match=r"the spike map must be \[1 layers, T\], got \[2, 3\]"):
        spikes_by_layer([], layer_specs(*_tiny())[:1], np.zeros((2, 3), np.float32))
    with pytest.raises(MeasureError, match="2 layers have spikes, got 1"):
        compare([SOURCE, WIDE], [1.0], 0.1, RUN)


def _tiny():
    config = tiny_config()
    return config.network.macro, config.space.at(0), config.input


def test_how_a_study_runs_follows_its_data_and_neurons():
    config = tiny_config()
    assert run_of(config) == Run(config.network.time_steps, 1, leaks=True)
    rate = config.model_copy(update={"data": config.data.model_copy(update={"encoding": "rate"})})
    assert run_of(rate).input_passes == config.network.time_steps
    plain = NetworkConfig(macro=config.network.macro, neuron=NeuronConfig(kind="if"))
    assert not run_of(config.model_copy(update={"network": plain})).leaks


def test_the_json_names_its_source_and_an_ann_has_no_comparison():
    config = tiny_config()
    architecture = config.space.at(config.space.size - 1)
    rows = layer_specs(config.network.macro, architecture, config.input)
    counts = np.ones((len(rows), config.network.time_steps), np.float32)
    found = beside_ann(config, architecture, counts)
    assert found is not None
    assert "arXiv 2210.13107" in found["source"]
    assert found["ratio"] == pytest.approx(found["snn_int8_nj"]["total"] / found["ann_int8_nj"]["total"])
    assert sum(row["snn_int8_nj"] for row in found["rows"]) == pytest.approx(found["snn_int8_nj"]["total"])
    relu = NetworkConfig(
        macro=config.network.macro.model_copy(update={"votes_per_class": 1}),
        neuron=NeuronConfig(kind="relu"),
        time_steps=1,
    )
    assert beside_ann(config.model_copy(update={"network": relu}), architecture, counts[:, :1]) is None


def test_zero_spikes_are_told_as_numbers():
    assert as_json(compare([SOURCE], [0.0], 0.0, RUN))["break_even_firing_rate"] is None
