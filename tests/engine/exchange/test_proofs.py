"""Ten random architectures in every format: every spike beside the network's own, in float32 and in float64."""

from __future__ import annotations

import json

import pytest
import torch
from onnx.reference import ReferenceEvaluator

from engine.exchange.export import export, report_file
from engine.exchange.facts import Facts
from engine.exchange.folded import FoldedNetwork
from engine.exchange.formats import FORMATS
from engine.exchange.layers import Layers, layers_of
from engine.exchange.onnx_graph import unrolled_model
from engine.exchange.reference import Reference
from engine.export.package import Package
from tests.engine.exchange.networks import CASES, IDS, SAMPLES, inputs_of, package_of, samples_of

ZERO_MARGIN = 6
"""The case whose potentials lie exactly on θ: IF after an average of four spikes."""


def found(package: Package) -> Layers:
    return layers_of(package.network, frames=package.record.preprocessing.coding != "direct")


@pytest.mark.parametrize("to", ["nir", "onnx", "spikingjelly"])
@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_every_spike_of_ten_architectures_is_the_same(case, to, exported):
    package, report = exported(case, to)
    assert (report.flips, report.flipped_answers) == (0, 0)
    assert report.float64_flips == (None if to == "onnx" else 0)
    assert (report.accuracy, report.spikes) == (report.expected_accuracy, report.expected_spikes)
    neurons = sum(torch.Size(layer.shape).numel() for layer in found(package).layers)
    assert report.compared == neurons * SAMPLES * 4 * len(report.files)
    assert case[0] != ZERO_MARGIN or report.smallest_margin == 0
    assert json.loads(report_file(report.file).read_text()) == report.to_json()


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_they_fire_at_a_sensible_rate(case):
    package = package_of(*case)
    layers = found(package)
    ran = Reference(package.network, layers, torch.float32).run(inputs_of(package))
    rates = [layer.float().mean().item() for layer in ran.spikes]
    assert 0.05 < sum(rates) / len(rates) < 0.7
    assert sum(rate > 0 for rate in rates) >= 0.75 * len(rates)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_what_pt2_holds_gives_every_spike_in_float64(case):
    package = package_of(*case)
    layers, images = found(package), inputs_of(package).double()
    expected = Reference(package.network, layers, torch.float64).run(images)
    folded = FoldedNetwork(layers, torch.float64)
    for layer, mine, theirs in zip(layers.layers, expected.spikes, folded.spikes(images), strict=True):
        assert torch.equal(mine.reshape(theirs.shape), theirs != 0), layer.name
    rates, counts = folded(images)
    assert torch.equal(rates, expected.rates)
    assert counts.sum(1).tolist() == expected.counted.tolist()


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_onnx_gives_every_answer_in_float64(case):
    """By onnx's own reference evaluator, for onnxruntime has no convolution in float64."""
    package = package_of(*case)
    layers, images = found(package), inputs_of(package).double()
    expected = Reference(package.network, layers, torch.float64).run(images)
    facts = Facts("", 4, 3, "", (), (), ())
    rates, counts = ReferenceEvaluator(unrolled_model(layers, facts, torch.float64)).run(
        None, {"input": images.numpy()}
    )
    assert rates.tolist() == expected.rates.tolist()
    assert counts.sum(1).tolist() == expected.counted.tolist()


def test_the_pt2_file_agrees_spike_by_spike(tmp_path):
    """One of the ten: exporting a program takes seconds."""
    package = package_of(*CASES[9])
    report = export(package, "pt2", tmp_path / "net.pt2", samples_of(package))
    assert (report.flips, report.flipped_answers, report.float64_flips) == (0, 0, 0)
    assert report.spikes == report.expected_spikes
    extra = {"autosnn.json": ""}
    program = torch.export.load(tmp_path / "net.pt2", extra_files=extra).module()
    assert json.loads(extra["autosnn.json"])["classes"] == ["a", "b", "c"]
    images = inputs_of(package)
    one, all_of_them = program(images[:1])[0], program(images)[0]
    assert torch.equal(one, all_of_them[:1])


@pytest.mark.parametrize("to", ["onnx", "spikingjelly"])
def test_soft_reset_is_proven_where_it_can_be_written(to, tmp_path):
    package = package_of(11, CASES[0][1], "plif", reset="soft", threshold=0.5, surrogate="triangle")
    report = export(package, to, tmp_path / f"net{FORMATS[to].suffix}", samples_of(package))
    assert (report.flips, report.flipped_answers) == (0, 0)
