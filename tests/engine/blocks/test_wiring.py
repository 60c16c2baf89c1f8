"""What a wiring may say, and which of it the compiled back ends know."""

import pytest

from engine.blocks.wiring import ConvSpec, SpikingLayer, compiles, fault

INPUT, OUTPUT = (4, 6, 6), (8, 6, 6)


def conv(name="conv", c_in=4, c_out=8, **more):
    return ConvSpec(name, c_in, c_out, **more)


def layer(*convolutions, shortcut=False):
    return SpikingLayer("neuron", convolutions, shortcut)


@pytest.mark.parametrize(
    ("wiring", "said"),
    [
        ((layer(conv()),), ""),
        ((layer(conv(c_out=4)),), "its wiring ends in 4×6×6, the layer in 8×6×6"),
        ((layer(conv(stride=2)),), "its wiring ends in 8×3×3, the layer in 8×6×6"),
        ((), "its wiring ends in 4×6×6, the layer in 8×6×6"),
        ((layer(conv(c_in=3)),), "conv reads 3 channels where there are 4"),
        ((layer(conv(), conv("other", stride=2)),), "neuron sums 8×6×6 and 8×3×3"),
        ((layer(conv(), shortcut=True),), "neuron adds an input of 4×6×6 to 8×6×6"),
    ],
)
def test_a_wiring_that_does_not_fit_its_place_is_told(wiring, said):
    assert fault(wiring, INPUT, OUTPUT) == said


def test_the_compiled_back_ends_know_up_to_two_drives_of_a_layer():
    second = conv("second", 8, 8, source=1)
    assert compiles(())
    assert compiles((layer(conv()), layer(second, conv("shortcut"))))
    assert compiles((layer(conv()), layer(second, shortcut=True)))
    assert not compiles((layer(conv()), layer(second, conv("shortcut"), shortcut=True)))
    assert not compiles((layer(conv(groups=4)),))
    assert not compiles((layer(conv()), layer(conv("second"))))  # nobody reads the first layer's spikes
