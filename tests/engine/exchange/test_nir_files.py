"""The NIR file in the hands of others: nirtorch with NIR's equations, SpikingJelly, snnTorch; and what it says."""

from __future__ import annotations

import contextlib
import io
import json

import nir
import nirtorch
import numpy as np
import pytest
import torch

from engine.exchange.facts import Facts
from engine.exchange.layers import layers_of
from engine.exchange.nir import DT, below, full, graph_of
from engine.exchange.reference import Reference
from tests.engine.exchange.networks import CASES, IDS, SNN_1, inputs_of, package_of
from tests.engine.exchange.nir_equations import EQUATIONS

LEAKY = [case for case in CASES if case[2] != "if"][:4]
"""LIF and PLIF, of SNN_1 to SNN_3."""


@pytest.fixture
def written(exported):
    """Of a case: its package, and the graph as it is read from the file."""

    def read(case):
        package, report = exported(case, "nir")
        return package, nir.read(report.file)

    return read


def frames_of(package, images):
    events = package.record.preprocessing.kind == "events"
    return images.transpose(0, 1) if events else images.expand(4, *images.shape)


def outputs_of(package, dtype):
    layers = layers_of(package.network, frames=package.record.preprocessing.kind == "events")
    return Reference(package.network, layers, dtype).run(inputs_of(package).to(dtype)).spikes[-1].flatten(2)


@pytest.mark.parametrize("case", CASES[::2], ids=IDS[::2])
def test_nirtorch_with_nirs_equations_gives_the_same_outputs_in_float64(case, written):
    package, graph = written(case)
    module, state = nirtorch.nir_to_torch(graph, EQUATIONS, dtype=torch.float64), None
    expected = outputs_of(package, torch.float64)
    for frame, fired in zip(frames_of(package, inputs_of(package).double()), expected, strict=True):
        spikes, state = module(frame, state)
        assert torch.equal(spikes != 0, fired)


@pytest.mark.parametrize("case", LEAKY, ids=[case[1].name for case in LEAKY])
def test_snntorch_gives_the_same_outputs(case, written):
    from snntorch.import_nir import import_from_nir

    package, graph = written(case)
    with contextlib.redirect_stdout(io.StringIO()):
        module, state = import_from_nir(graph), None
    with torch.no_grad():
        for frame, fired in zip(
            frames_of(package, inputs_of(package)), outputs_of(package, torch.float32), strict=True
        ):
            spikes, state = module(frame, state)
            assert torch.equal(spikes != 0, fired)


def test_snntorch_refuses_if_as_nir_defines_it(written):
    from snntorch.import_nir import import_from_nir

    _, graph = written(CASES[2])
    with contextlib.redirect_stdout(io.StringIO()), pytest.raises(AssertionError, match="r != 1"):
        import_from_nir(graph)


def test_the_file_says_what_its_input_is_and_what_its_outputs_mean(written):
    package, graph = written(CASES[0])
    said = {name: json.loads(value) for name, value in graph.metadata.items()}
    assert said == {
        "made_by": "AutoSNN Studio",
        "architecture": package.document["architecture"],
        "dt": DT,
        "T": 4,
        "votes_per_class": 3,
        "coding": "direct",
        "mean": [0.4],
        "std": [0.3],
        "classes": ["a", "b", "c"],
    }


def test_neurons_with_a_learned_time_constant_are_leaky_ones():
    """a = σ(w): τ = dt ÷ a, r = τ ÷ dt, the threshold θ ÷ a. With w = 0, a = ½."""
    package = package_of(1, SNN_1, "plif", threshold=0.5)
    package.network.stem.neuron.w.data.zero_()
    node = graph_of(layers_of(package.network, frames=False), Facts("", 4, 3, "", (), (), ())).nodes["stem_neurons"]
    assert isinstance(node, nir.LIF)
    assert node.v_threshold.shape == (4, 8, 8)
    assert np.unique(node.tau) == 2 * DT
    assert np.unique(node.r) == 2.0
    assert np.unique(node.v_threshold) == below(1.0, averaged=False)
    assert not node.v_leak.any()
    assert not node.v_reset.any()


def test_a_residual_block_is_two_edges_into_its_second_neurons(written):
    package, graph = written(CASES[5])
    assert package.document["architecture"] == "R5-I3x1-D3x3"
    into = sorted(source for source, target in graph.edges if target == "layer1_neuron2")
    assert into == ["layer1_second", "stem_neurons"]


def test_a_skip_is_no_node_where_it_is_an_identity_and_one_convolution_at_stride_2(written):
    package, graph = written(CASES[1])
    assert package.document["architecture"] == "I3x1-S-S"
    assert not [name for name in graph.nodes if name.startswith("layer4")]
    assert ("layer3_neuron", "output_linear_flatten") in graph.edges
    package, graph = written(CASES[4])
    assert package.document["architecture"] == "C3-S-R5"
    assert graph.nodes["layer2_reduce"].weight.shape == (6, 4, 2, 2)
    assert list(graph.nodes["layer2_reduce"].stride) == [2, 2]


def test_flatten_counts_from_the_end_so_that_a_batch_may_come_first(written):
    _, graph = written(CASES[2])
    flatten = graph.nodes["output_linear_flatten"]
    assert (int(flatten.start_dim), int(flatten.end_dim)) == (-3, -1)


@pytest.mark.parametrize(("averaged", "kind"), [(False, np.float64), (True, np.float32)])
def test_above_the_written_threshold_is_at_or_above_ours(averaged, kind):
    for threshold in (1.0, 0.3, 7.25):
        written = kind(below(threshold, averaged=averaged))
        assert kind(threshold) > written
        assert not np.nextafter(kind(threshold), kind(0)) > written


def test_a_potential_just_below_the_threshold_is_one_in_float64_unless_it_is_of_an_average():
    """4.9e-8 below θ = 1 there was one among the 14 million of a digits network; the float32 below 1 is 6e-8 away."""
    near = 1 - 4.9e-8
    assert not near > below(1.0, averaged=False)
    assert near > below(1.0, averaged=True)


def test_a_grouped_convolution_is_a_full_one_with_zeros():
    weight = torch.arange(1.0, 9.0).reshape(4, 2, 1, 1)  # two groups: two of four outputs read two of four inputs
    assert full(weight, 2).flatten(1).tolist() == [[1, 2, 0, 0], [3, 4, 0, 0], [0, 0, 5, 6], [0, 0, 7, 8]]
    assert torch.equal(full(weight, 1), weight)
