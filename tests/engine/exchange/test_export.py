"""What `export` refuses, what it leaves behind, and what its report says."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from engine.errors import ExportError
from engine.exchange import spikingjelly
from engine.exchange.export import export
from engine.exchange.formats import FORMATS
from engine.exchange.layers import Convolution
from engine.exchange.report import Report
from engine.model.decision import predicted
from tests.engine.exchange.networks import CASES, SNN_1, config_of, inputs_of, package_of, samples_of

REPORT = Report("nir", Path("net.nir"), (Path("net.nir"),), "X", 10, 20_000, 0, 0, 0, 0.1, 0.5, 9.0, 0.5, 9.0)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, ""),
        ({"flips": 2}, ""),
        ({"flips": 3}, "3 of 20,000 spikes differ in float32; at most one in 10,000 may"),
        ({"flipped_answers": 1}, "1 of 10 samples get another answer; none may"),
        ({"float64_flips": 1}, "1 of 20,000 spikes differ in float64; none may"),
        ({"float64_flips": None}, ""),
    ],
)
def test_a_report_says_why_an_export_does_not_agree(changes, why):
    report = dataclasses.replace(REPORT, **changes)
    assert (report.agrees, report.why) == (not why, why)


@pytest.mark.parametrize("to", ["nir", "onnx", "spikingjelly"])
def test_what_does_not_agree_is_not_written(to, tmp_path, monkeypatch):
    """A writer that forgets the batch norm's mean: the older file stays, and there is no new one."""

    def without_bias(drive):
        return drive.weight.double(), torch.zeros(len(drive.weight), dtype=torch.float64)

    monkeypatch.setattr(Convolution, "folded", without_bias)
    monkeypatch.setattr(
        spikingjelly,
        "_norm",
        lambda name, norm: type(norm)(norm.num_features, "per_step").state_dict(prefix=f"{name}.").items(),
    )
    out = tmp_path / f"net{FORMATS[to].suffix}"
    out.write_text("older")
    package = package_of(*CASES[1])
    report = export(package, to, out, samples_of(package))
    assert not report.agrees
    assert report.flips > 0
    assert "differ" in report.why or "another answer" in report.why
    assert [file.name for file in tmp_path.iterdir()] == [out.name]
    assert out.read_text() == "older"


def test_unknown_formats_and_networks_that_a_format_cannot_hold_are_refused(tmp_path):
    package = package_of(*CASES[0])
    with pytest.raises(ExportError, match="to: must be one of nir, onnx, pt2, spikingjelly, got 'tflite'"):
        export(package, "tflite", tmp_path / "net.tflite", samples_of(package))
    soft = package_of(11, SNN_1, "plif", reset="soft")
    with pytest.raises(ExportError, match=r"NIR cannot hold this network: network\.neuron\.reset: "):
        export(soft, "nir", tmp_path / "net.nir", samples_of(soft))
    assert list(tmp_path.iterdir()) == []


def test_why_a_config_cannot_have_a_format_is_known_beforehand():
    config = config_of(SNN_1, package_of(*CASES[0]).network.config.network.neuron)
    assert [FORMATS[name].obstacles(config) for name in FORMATS] == [(), (), (), ()]
    neuron = config.network.neuron.model_copy(update={"reset": "soft"})
    soft = config.model_copy(update={"network": config.network.model_copy(update={"neuron": neuron})})
    assert [len(FORMATS[name].obstacles(soft)) for name in FORMATS] == [1, 0, 0, 0]
    relu = neuron.model_copy(update={"kind": "relu"})
    ann = config.model_copy(update={"network": config.network.model_copy(update={"neuron": relu})})
    assert all(FORMATS[name].obstacles(ann)[0].startswith("network.neuron.kind: ") for name in FORMATS)


@pytest.mark.parametrize(
    ("inputs", "problem"),
    [
        (np.zeros((2, 1, 9, 8), np.uint8), r"inputs: must be uint8 \[n, 1, 8, 8\] .*, got uint8 \[2, 1, 9, 8\]"),
        (np.zeros((2, 1, 8, 8), np.float32), "got float32"),
        (np.zeros((0, 1, 8, 8), np.uint8), "inputs: at least 1 sample, got 0"),
        (None, "keeps no samples"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(inputs, problem, tmp_path):
    with pytest.raises(ExportError, match=problem):
        export(package_of(*CASES[0]), "nir", tmp_path / "net.nir", inputs)


def test_a_package_that_keeps_no_preprocessing_is_refused(tmp_path):
    package = dataclasses.replace(package_of(*CASES[0]), record=None)
    with pytest.raises(ExportError, match="of an earlier version"):
        export(package, "nir", tmp_path / "net.nir", np.zeros((2, 1, 8, 8), np.uint8))


def test_samples_without_labels_have_no_accuracy(tmp_path):
    package = package_of(*CASES[1])
    report = export(package, "onnx", tmp_path / "net.onnx", samples_of(package).images)
    assert report.agrees
    assert (report.accuracy, report.expected_accuracy) == (None, None)


def test_onnx_has_a_graph_of_one_step_and_one_of_all(tmp_path):
    package = package_of(*CASES[1])
    report = export(package, "onnx", tmp_path / "net.onnx", samples_of(package))
    assert [file.name for file in report.files] == ["net.onnx", "net.step.onnx"]
    images = inputs_of(package)
    expected, counts = package.network(images)
    whole = onnxruntime.InferenceSession(tmp_path / "net.onnx")
    rates, spikes = whole.run(None, {"input": images.numpy()})
    assert np.allclose(rates, expected.detach().numpy(), atol=1e-6)
    assert spikes.sum(0).tolist() == counts.sum(1).tolist()
    said = whole.get_modelmeta().custom_metadata_map
    assert json.loads(said["rows"]) == ["stem", "1", "2", "3", "4", "output"]
    step = onnxruntime.InferenceSession(tmp_path / "net.step.onnx")
    state = {one.name: np.zeros([2, *one.shape[1:]], np.float32) for one in step.get_inputs() if one.name != "input"}
    votes = np.zeros((2, 9), np.float32)
    for _ in range(4):
        output, _, *after = step.run(None, {"input": images[:2].numpy(), **state})
        state = dict(zip(state, after, strict=True))
        votes += output
    assert np.allclose(votes.reshape(2, 3, 3).mean(2) / 4, expected.detach().numpy()[:2], atol=1e-6)


@pytest.mark.parametrize("number", [0, 5])
def test_spikingjellys_module_takes_raw_samples_and_trains_on(number, tmp_path):
    package = package_of(*CASES[number])
    out = tmp_path / "net.zip"
    export(package, "spikingjelly", out, samples_of(package))
    first = out.read_bytes()
    export(package, "spikingjelly", out, samples_of(package))
    assert out.read_bytes() == first
    code = spikingjelly.loaded(out, tmp_path / "unpacked")
    net, raw = code.load(), torch.from_numpy(samples_of(package).images)
    assert not net.training
    rates = code.rates(net, raw)
    expected, _ = package.network(inputs_of(package))
    assert predicted(rates).tolist() == predicted(expected).tolist()
    net.train()
    code.rates(net, raw).sum().backward()
    assert all(p.grad is not None for p in net.parameters())
