"""Inspections of architectures: the search's numbers to the last bit, spikes that add up, a network worked by hand."""

import dataclasses
import hashlib
import io
import json

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from engine.__main__ import main
from engine.backends.cpu.forward import CpuEvaluator
from engine.backends.dispatch import attach, place
from engine.config.parse import parse_config
from engine.data.load import load
from engine.errors import CheckpointError, ConfigError, DataError, MeasureError
from engine.evaluation.prefix_tree import PrefixTree
from engine.evaluation.tally import Tally
from engine.events import Commit
from engine.inspection import sample as sample_module
from engine.inspection.decision import decided_at, decisions, running_rates
from engine.inspection.inspect import answer, inspect, serve
from engine.inspection.probe import Probe
from engine.inspection.request import parse
from engine.inspection.source import open_source
from engine.metrics.spike_map import decode_map
from engine.model.network import build_child, build_supernet
from engine.run.fork import fork
from engine.space.architecture import Architecture
from engine.space.shapes import layer_specs
from engine.study import run
from tests.engine.test_study import collect
from tests.engine.tiny import hand_neuron, tiny_config


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A finished tiny study: its folder, its events, and its data root."""
    folder = tmp_path_factory.mktemp("finished")
    events, _ = collect(tiny_config(), folder)
    return folder, events


@pytest.fixture(scope="module")
def source(finished, tmp_path_factory):
    return open_source(finished[0], tmp_path_factory.mktemp("data"))


def candidates(events):
    return [c for event in events if event["kind"] == "generation_finished" for c in event["candidates"]]


def ask(source, kind, output=None, **asked):
    return answer(source, parse({"kind": kind, **asked}), output)


def test_an_evaluation_is_the_search_s_own_to_the_last_bit(finished, source):
    for candidate in candidates(finished[1]):
        found = ask(source, "evaluation", architecture=candidate["architecture"])
        for key in ("accuracy", "spikes", "firing_rate", "fitness", "parameters", "spike_map"):
            assert found[key] == candidate[key], key


def test_an_inspection_recalibrates_where_the_search_does(tmp_path):
    config = tiny_config()
    config = config.model_copy(update={"search": config.search.model_copy(update={"recalibration_batches": 2})})
    events, _ = collect(config, tmp_path)
    source = open_source(tmp_path, tmp_path)
    evaluated = {c["architecture"]: c for c in reversed(candidates(events))}  # the first evaluation of each
    for code, candidate in evaluated.items():
        assert ask(source, "evaluation", architecture=code)["spike_map"] == candidate["spike_map"]
    new = next(a.code for a in config.space.enumerate() if a.code not in evaluated)
    first = ask(source, "evaluation", architecture=new)
    assert first == ask(source, "evaluation", architecture=new)


def test_the_retrained_winner_is_what_the_study_reported(finished, source):
    end = finished[1][-1]
    assert end["kind"] == "study_finished"
    found = ask(source, "evaluation", architecture=end["architecture"], weights="retrained")
    assert (found["accuracy"], found["spikes"], found["spike_map"]) == (
        end["test_accuracy"], end["test_spikes"], end["spike_map"]
    )  # fmt: skip
    assert (found["split"], found["fitness"]) == ("test", None)
    package = inspect(finished[0] / "result", source.folder, {"kind": "evaluation"}, None)
    assert package["spike_map"] == end["spike_map"]


@pytest.mark.parametrize("code", ["S-S", "C3-R3", "R3-C3"])
def test_the_samples_of_a_split_add_up_to_its_evaluation(source, code, tmp_path):
    evaluated = ask(source, "evaluation", architecture=code)
    total, correct = np.zeros((5, 2)), 0
    for k in range(evaluated["samples"]):
        found = ask(source, "sample", tmp_path / "s", architecture=code, sample=k)
        total += [row["spikes"] for row in found["rows"]]
        # the network's own answer, silent networks answering class 0
        correct += (found["prediction"] or 0) == found["label"]
        assert found["spikes"] == sum(sum(row["spikes"]) for row in found["rows"])
    assert np.array_equal((total / evaluated["samples"]).astype(np.float32), decode_map(evaluated["spike_map"], 2))
    assert correct == round(evaluated["accuracy"] * evaluated["samples"])


def test_a_sample_s_bits_are_its_spikes_and_its_input_is_the_network_s(source, tmp_path):
    found = ask(source, "sample", tmp_path / "s", architecture="R3-C3", sample=13)
    tensors = load_file(tmp_path / "s")
    for row in found["rows"]:
        fired = [np.unpackbits(tensors[layer["tensor"]], axis=1).sum(axis=1) for layer in row["layers"]]
        assert np.sum(fired, axis=0).tolist() == row["spikes"]
    assert [layer["shape"] for layer in found["rows"][1]["layers"]] == [[4, 8, 8], [4, 8, 8]]
    assert tensors["input"].shape == (1, 1, 8, 8)
    images = source.data.validation
    mean, std = source.data.encoding.mean[0], source.data.encoding.std[0]
    assert np.allclose(tensors["input"][0], (images.images[13] / 255 - mean) / std, atol=1e-5)
    assert found["label"] == images.labels[13]
    votes = np.unpackbits(tensors[found["rows"][-1]["layers"][0]["tensor"]], axis=1, count=20).reshape(2, 10, 2)
    assert np.allclose(tensors["rates"], running_rates(votes.astype(np.float32)))


def test_a_sample_s_input_is_upright_however_it_lies_in_memory(source, tmp_path, monkeypatch):
    """Digits are enlarged into an array whose rows and columns have changed places in memory."""
    turned = np.asfortranarray(source.data.validation.images)
    lying = dataclasses.replace(source.data, validation=dataclasses.replace(source.data.validation, images=turned))
    monkeypatch.setattr(source, "data", lying)
    ask(source, "sample", tmp_path / "s", architecture="R3-C3", sample=13)
    mean, std = lying.encoding.mean[0], lying.encoding.std[0]
    assert np.allclose(load_file(tmp_path / "s")["input"][0], (turned[13] / 255 - mean) / std, atol=1e-5)


def test_the_ledger_sums_exactly_to_n(source, tmp_path):
    for code in ("S-C3", "R3-R3"):
        found = ask(source, "activity", tmp_path / "a", architecture=code)
        evaluated = ask(source, "evaluation", architecture=code)
        ledger = load_file(tmp_path / "a")["ledger"]
        assert (found["spikes"], found["spike_map"]) == (evaluated["spikes"], evaluated["spike_map"])
        assert ledger.sum() == found["total"]
        by_step = ledger.sum(axis=2)
        assert np.array_equal((by_step / found["samples"]).astype(np.float32), decode_map(found["spike_map"], 2))
        layers = layer_specs(source.config.network.macro, Architecture.from_code(code), source.config.input, 1)
        for row, account in zip(layers, found["rows"], strict=True):
            assert account["neurons"] == row.output_elements
            assert account["dead"] + sum(account["histogram"]) == row.output_elements
        assert sum(found["class_samples"]) == found["samples"]


def test_neurons_are_counted_by_hand():
    """One input pixel 0.6 drives an integrate-and-fire stem of weight 1 and threshold 1: H = 0.6, 1.2, 0.6, 1.2.

    Channel 1 (weight 0) is dead, channel 2 (weight 2: 1.2 each step) fires always; pools hand all that on.
    """
    config = tiny_config(neuron=hand_neuron(), time_steps=4)
    network = build_child(config, Architecture(("skip_connect", "SCB_k3")), 0).eval()
    with torch.no_grad():
        conv = network.stem.conv
        conv.conv.weight.zero_()
        conv.conv.weight[0, 0, 1, 1], conv.conv.weight[2, 0, 1, 1] = 1.0, 2.0
        conv.bn.eps = 0.0
    found = list(Probe(network, network.only_architecture).rows(torch.full((1, 1, 8, 8), 0.6)))
    stem = found[0].layers[0][:, 0].flatten(2).sum(2).tolist()  # per step and channel, of 64 output elements
    assert stem == [[0, 0, 64, 0], [64, 0, 64, 0], [0, 0, 64, 0], [64, 0, 64, 0]]
    assert found[1].layers == []  # the identity has no neurons of its own
    assert found[2].layers[0][:, 0].flatten(2).sum(2).tolist() == [[n // 4 for n in step] for step in stem]


def test_votes_worked_by_hand():
    """Two classes of two neurons: a vote for class 1 at t = 1, two for class 0 at t = 2 and 3."""
    votes = np.array([[[0, 0], [1, 0]], [[1, 1], [0, 0]], [[1, 1], [0, 0]]], np.float32)
    rates = running_rates(votes)
    assert rates.tolist() == [[0, 0.5], [0.5, 0.25], [pytest.approx(2 / 3), pytest.approx(1 / 6)]]
    assert decisions(rates) == [1, 0, 0]
    assert decided_at([1, 0, 0]) == 2
    assert decided_at([0, 0, 0]) == 1
    assert decided_at([0, 1, 0]) == 3
    assert decisions(np.zeros((2, 3), np.float32)) == [None, None]
    assert decided_at([None, None]) is None


@pytest.mark.parametrize("candidates", [("SIB_k3_e1", "DSIB_k3_e3"), ("skip_connect", "SRB_k5")])
@pytest.mark.parametrize("neuron", ["plif", "relu"])
def test_every_block_s_neurons_account_for_every_spike_counted(candidates, neuron):
    changes = {"neuron": {"kind": neuron, "threshold": 0.3}, "time_steps": 1 if neuron == "relu" else 3}
    if neuron == "relu":
        changes["macro"] = tiny_config().network.macro.model_copy(update={"votes_per_class": 1})
    config = tiny_config(candidates=candidates, **changes)
    for architecture in config.space.enumerate():
        network = build_child(config, architecture, 1)
        images = torch.rand(3, 1, 8, 8)
        tally = Tally()
        found = list(Probe(network, architecture).rows(images))
        tally.add(0, 3, torch.stack([row.counted for row in found]))
        assert tally.average_spikes > 0
        expected = layer_specs(config.network.macro, architecture, config.input, config.neuron_parameters)
        neurons = [sum(layer[0, 0].numel() for layer in row.layers) for row in found]
        assert neurons == [row.output_elements for row in expected]


def test_an_inspection_uses_the_kernels_where_an_evaluation_does():
    """Their sums may differ from torch's in the last bit, and a few spikes with them; the two must agree."""
    config = tiny_config(candidates=("skip_connect", "SCB_k5", "SRB_k3", "SIB_k3_e3"))
    network = place(build_supernet(config, 3), torch.device("cpu"))
    if network.backend is None:
        pytest.skip("this machine has no compiler for the kernels")
    images, labels = torch.rand(5, 1, 8, 8), torch.zeros(5, dtype=torch.long)
    for architecture in config.space.enumerate():
        tally = Tally()
        PrefixTree(network, [architecture]).evaluate(images, labels, [tally])
        probe = Probe(network, architecture)
        assert isinstance(probe.evaluator, CpuEvaluator)
        found = list(probe.rows(images))
        seen = [sum((layer.flatten(1).sum(1) for layer in row.layers), torch.zeros(2)).tolist() for row in found]
        assert seen == tally.spikes.tolist()
        attach(network, "torch")
        plain = list(Probe(network, architecture).rows(images))
        attach(network, "cpu")
        for by_kernels, by_torch in zip(found, plain, strict=True):
            shapes = [[layer[0, 0].numel() for layer in row.layers] for row in (by_kernels, by_torch)]
            assert shapes[0] == shapes[1]
            for one, other in zip(by_kernels.layers, by_torch.layers, strict=True):
                assert (one.flatten(2) != other.flatten(2)).double().mean() < 0.01


def test_spikes_counted_beyond_those_of_the_neurons_are_an_error(monkeypatch):
    network = build_child(tiny_config(), Architecture(("SCB_k3", "SCB_k3")), 0)
    monkeypatch.setattr(network.stem, "count", lambda out: out.flatten(1).sum(1) + 7)
    with pytest.raises(MeasureError, match=r"layer 1: \d+ spikes seen"):
        list(Probe(network, network.only_architecture).rows(torch.rand(2, 1, 8, 8)))


def test_the_largest_layers_are_left_out_beyond_the_bound(source, tmp_path, monkeypatch):
    monkeypatch.setattr(sample_module, "MAX_DATA_BYTES", 100)
    found = ask(source, "sample", tmp_path / "s", architecture="C3-C3", sample=0)
    named = [layer["tensor"] for row in found["rows"] for layer in row["layers"]]
    assert named[0] is None  # the stem: 4 × 8 × 8 neurons at 2 steps are 64 bytes
    assert named[-1] is not None
    assert set(load_file(tmp_path / "s")) == {"input", "rates", *filter(None, named)}
    assert sum(found["rows"][0]["spikes"]) > 0  # counted all the same


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"kind": "guess"}, "kind: must be one of evaluation, sample, activity"),
        ({"kind": "evaluation", "architecture": "X"}, "architecture: genome 'X': 'X' is not one of"),
        ({"kind": "evaluation", "architecture": "S-C5"}, "architecture: searched layer 2: SCB_k5 is not one of"),
        ({"kind": "evaluation", "architecture": 7}, "architecture: must be a genome such as R5-S-C3"),
        ({"kind": "sample", "architecture": "S-S"}, "sample: must be a whole number from 0"),
        ({"kind": "sample", "architecture": "S-S", "sample": True}, "sample: must be a whole number from 0"),
        ({"kind": "sample", "architecture": "S-S", "sample": 20}, "sample: must be 0 to 19, the validation split has"),
        ({"kind": "activity", "architecture": "S-S", "sample": 1}, "sample: only a request of kind sample names one"),
        ({"kind": "activity", "architecture": "S-S", "weights": "mine"}, "weights: must be one of supernet, retrained"),
        (
            {"kind": "activity", "architecture": "S-S", "split": "test"},
            "split: the supernet is evaluated on validation",
        ),
        (
            {"kind": "evaluation", "architecture": "S-S", "weights": "retrained", "split": "validation"},
            "split: the retrained network was trained on the validation images",
        ),
    ],
)
def test_what_cannot_be_asked_is_refused_by_field_and_bound(source, asked, message):
    with pytest.raises(ConfigError) as refused:
        answer(source, parse(asked), None)
    assert str(refused.value).startswith(message)


def test_only_the_winner_was_retrained(finished, source):
    winner = finished[1][-1]["architecture"]
    other = next(a.code for a in source.config.space.enumerate() if a.code != winner)
    with pytest.raises(ConfigError, match=f"only the winner was retrained and kept, {winner}; choose supernet"):
        ask(source, "evaluation", architecture=other, weights="retrained")


def test_a_study_without_its_supernet_says_so(tmp_path):
    for event in run(tiny_config(), tmp_path, data_root=tmp_path):
        if getattr(event, "phase", "") == "supernet" and (tmp_path / "checkpoints").is_dir():
            break
    with pytest.raises(CheckpointError, match="the supernet is not trained yet"):
        open_source(tmp_path, tmp_path)


def test_changed_data_is_refused(finished, monkeypatch, tmp_path):
    def other(config, root):
        found = load(config, root)
        return type(found)(**{**found.__dict__, "digest": "other"})

    monkeypatch.setattr("engine.inspection.source.load", other)
    with pytest.raises(DataError, match="the data set has changed since this study began"):
        open_source(finished[0], tmp_path)


def test_requests_are_served_line_by_line(finished, tmp_path):
    good = {"kind": "sample", "architecture": "S-C3", "sample": 2, "output": str(tmp_path / "s")}
    lines = [good, {**good, "architecture": "S-C7"}, good]
    answers = [json.loads(a) for a in serve(finished[0], tmp_path, io.StringIO("\n".join(map(json.dumps, lines))))]
    assert answers[0]["result"]["sample"] == 2
    assert answers[1]["error"].startswith("architecture: searched layer 2: SCB_k7")
    assert answers[2] == answers[0]


def test_the_command_prints_what_the_page_shows(finished, source, tmp_path, capsys):
    command = ["inspect", str(finished[0]), "--architecture", "R3-C3", "--data", str(tmp_path)]
    assert main([*command, "--sample", "3", "--output", str(tmp_path / "s")]) == 0
    assert json.loads(capsys.readouterr().out) == ask(source, "sample", architecture="R3-C3", sample=3)
    assert "rates" in load_file(tmp_path / "s")
    assert main([*command, "--sample", "20"]) == 2
    assert "sample: must be 0 to 19" in capsys.readouterr().err


def test_a_study_is_opened_with_its_own_config(finished, source, tmp_path):
    """The supernet's file tells the config it was trained by; a fork's own, or a folder's study.json, comes first."""
    assert source.config == parse_config(tiny_config().model_dump(mode="json"))
    other = source.config.model_copy(update={"seed": 5})
    with pytest.raises(CheckpointError, match="belongs to another config"):
        open_source(finished[0], tmp_path, other)
    at = Commit(*_newest(finished[0]), step=9, phase="done")
    wider = source.config.search.model_copy(update={"batch_size": 7})
    forked = source.config.model_copy(update={"name": "A fork", "search": wider})
    fork(finished[0], at, source.config, 1, forked, tmp_path / "fork")
    with pytest.raises(CheckpointError, match="name it by --study"):
        open_source(tmp_path / "fork", tmp_path)
    opened = open_source(tmp_path / "fork", tmp_path, forked)
    assert (opened.config.search.batch_size, len(opened.state.candidates)) == (7, 4)
    assert ask(opened, "evaluation", architecture="R3-C3")["samples"] == 20


def _newest(folder):
    path = max((folder / "checkpoints").glob("*.safetensors"))
    return path.name, hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size
