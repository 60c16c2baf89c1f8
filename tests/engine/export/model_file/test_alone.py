"""model.py --check, with torch and safetensors alone: accuracy and N to the digit, of every kind of network."""

import json
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from engine.export.package import open_package
from tests.engine.export.model_file.random_packages import KINDS, SAMPLES, write_random

ALONE = Path(__file__).with_name("alone.py")
FIELDS = re.compile(
    r"(float\d\d): accuracy ([\d.]+) recorded, ([\d.]+) found, of (\d+) samples\n"
    r"\1: spikes N ([\d.]+) recorded, ([\d.]+) found\n"
    r"\1: every answer and spike is (as|NOT)"
)


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("packages")
    for seed, (name, kind) in enumerate(KINDS.items(), 1):
        write_random(kind, folder / name, seed)
    altered(folder / "SNN_1, PLIF", folder / "altered")
    return folder


def altered(source, folder):
    """A copy whose first convolution is another."""
    shutil.copytree(source, folder)
    package = open_package(source)
    tensors = load_file(folder / "model.safetensors")
    tensors["stem.conv.conv.weight"] = -tensors["stem.conv.conv.weight"]
    save_file(tensors, folder / "model.safetensors", {"autosnn": json.dumps(package.document)})


@pytest.fixture(scope="module")
def checks(packages):
    """Exit status and output of every package's check, in one process outside the product."""
    command = [sys.executable, "-I", "-S", str(ALONE), sysconfig.get_path("purelib"), str(packages)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=packages, env={"OMP_NUM_THREADS": "1"})
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", KINDS)
def test_it_finds_the_recorded_accuracy_and_spikes_to_the_digit(packages, checks, name):
    status, printed = checks[name]
    assert status == 0, printed
    told = json.loads((packages / name / "config.json").read_text())["kept_samples"]
    lines = FIELDS.findall(printed)
    assert [line[0] for line in lines] == ["float32", "float64"]
    for precision, accuracy, found, count, spikes, found_spikes, outcome in lines:
        assert (accuracy, spikes) == (str(told[precision]["accuracy"]), str(told[precision]["spikes"]))
        assert (found, found_spikes, count, outcome) == (accuracy, spikes, str(SAMPLES), "as")


def test_another_network_is_noticed(checks):
    status, printed = checks["altered"]
    assert status == 1
    assert "float64: every answer and spike is NOT as recorded" in printed


@pytest.mark.parametrize("name", KINDS)
def test_its_layers_fire_and_its_answers_differ(packages, name):
    """Else a check would compare nothing."""
    samples = open_package(packages / name).samples
    table = {layer["name"]: layer for layer in open_package(packages / name).document["layers"]}
    silent = [layer for layer, count in samples.spikes_by_layer.items() if not count]
    assert [layer for layer in silent if table[layer]["tensors"]] == [], "identities alone count no spikes"
    assert len(samples.predictions.unique()) > 1


def test_the_kinds_are_all_there_are(packages):
    """Every block family, neuron, reset, coding, pool and head is in one of them."""
    text = "".join((packages / name / "model.py").read_text() for name in KINDS)
    for part in ("SCB_", "SRB_", "SIB_", "DSIB_", "FactorizedReduction(", "Skip()", "MaxPool()", "AvgPool()",
                 "GlobalAvgPool()", "PLIF neurons", "LIF neurons", "IF neurons", "torch.relu", "self.extra",
                 "V[t] = H[t] - THRESHOLD S[t]", "groups=", "_stride2", "LinearClassifier("):  # fmt: skip
        assert part in text, part


def test_recorded_is_what_the_opened_network_answers_and_fires(packages):
    package = open_package(packages / "events, PLIF")
    with torch.no_grad():
        rates, counts = package.network(package.network_input(package.samples.inputs))
    assert rates.argmax(1).tolist() == package.samples.predictions.tolist()
    assert float(counts.double().sum()) / SAMPLES == package.samples.spikes
