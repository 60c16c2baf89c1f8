"""The model card's section on energy: its four numbers, which network takes less, and nothing of an ANN."""

import pytest

from engine.config.network import NetworkConfig, NeuronConfig
from engine.export.energy_section import energy_section, in_words
from tests.engine.tiny import tiny_config

LAYERS = {"stem": 100.5, "1": 20.25, "2": 3.0, "3": 0.0, "output": 7.5}


def test_it_has_the_operations_alone_and_both_networks_with_memory_accesses():
    text = energy_section(tiny_config(), "R3-C3", LAYERS)
    assert text.startswith("## Energy (nJ per image, estimated from the spikes by layer)\n| ")
    for line in ("| operations alone (Horowitz", "| with memory accesses, 32-bit |", "| with memory accesses, 8-bit |",
                 "| 8-bit ANN of the same layers, with memory accesses |", "arXiv 2210.13107"):  # fmt: skip
        assert line in text


def test_a_network_in_ann_mode_has_none():
    tiny = tiny_config()
    macro = tiny.network.macro.model_copy(update={"votes_per_class": 1})
    relu = NetworkConfig(macro=macro, neuron=NeuronConfig(kind="relu"), time_steps=1)
    assert energy_section(tiny.model_copy(update={"network": relu}), "R3-C3", LAYERS) == ""


@pytest.mark.parametrize(
    ("ratio", "even", "told"),
    [
        (2.0, 0.08, "takes 2.00 times the energy of the ANN: it takes more. Both take the same at a firing rate of "
                    "0.080; this network fires at 0.170."),
        (0.5, 0.3, "it takes less. Both take the same at a firing rate of 0.300"),
        (2.0, None, "it takes more. No lower firing rate would change that."),
        (0.5, None, "it takes less."),
    ],
)  # fmt: skip
def test_it_says_which_takes_less_and_from_which_firing_rate(ratio, even, told):
    assert told in in_words({"ratio": ratio, "firing_rate": 0.17, "break_even_firing_rate": even})
