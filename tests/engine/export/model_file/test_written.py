"""The text of model.py: formatted, the same each time, with what the network uses and no more, or not there."""

import subprocess
import sys
from dataclasses import replace

import pytest

from engine.errors import CheckpointError
from engine.export.members import FILES
from engine.export.model_file.write import model_file, obstacle
from engine.export.package import open_package
from engine.space.architecture import Architecture
from engine.space.macro import Layer, MacroArchitecture
from tests.engine.export.model_file.random_packages import KINDS, Kind, study_of, write_random
from tests.engine.tiny import tiny_config
from tests.own_blocks import DILATED, EVERY_OTHER, TWO_PATHS, registered


def one_layer(block):
    macro = MacroArchitecture(stem_channels=4, layers=(Layer(channels=6),), votes_per_class=2)
    return Kind(macro, {"kind": "if"}, candidates=(block,))


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    """A folder with the model.py of every kind of network."""
    folder = tmp_path_factory.mktemp("t")
    for number, kind in enumerate(KINDS.values()):
        config = study_of(kind)
        (folder / f"m{number}.py").write_text(model_file(config, config.space.at(config.space.size - 1)))
    return folder


def test_it_is_formatted_and_free_of_lint(texts):
    ruff = [sys.executable, "-m", "ruff"]
    select = ["--isolated", "--line-length", "120", "--target-version", "py311", str(texts)]
    for command in (["format", "--check"], ["check", "--select", "E,F,I,B,UP,SIM,RET,C4,PTH", "--ignore", "E501"]):
        done = subprocess.run([*ruff, *command, *select], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def test_it_holds_the_layers_that_its_network_uses_and_no_others():
    config = tiny_config()
    text = model_file(config, Architecture.from_code("S-R3"))
    assert "class MaxPool" in text
    assert "class SRB_k3_4_6(" in text
    assert "nn.Sequential(OrderedDict(skip_connect=Skip())),  # layer 1: [4, 8, 8]" in text
    for absent in (
        "class AvgPool",
        "class GlobalAvgPool",
        "class FactorizedReduction",
        "class LinearClassifier",
        "TAU",
    ):
        assert absent not in text


def test_a_block_reads_as_its_wiring_says():
    text = model_file(tiny_config(), Architecture.from_code("S-R3"))
    forward = text.split("class SRB_k3_4_6(")[1].split("return")[0]
    assert "self.shortcut = ConvBN(4, 6)" in forward
    assert "spikes2 = self.neuron2(self.second(spikes1) + self.shortcut(x))" in forward


def test_a_name_cannot_end_the_docstring():
    config = tiny_config().model_copy(update={"name": 'a """ \\ \n import os'})
    compile(model_file(config, Architecture.from_code("S-R3")), "model.py", "exec")
    assert model_file(config, Architecture.from_code("S-R3")).startswith("\"\"\"a ''' \\\\ import os: a network")


def test_a_family_of_one_s_own_is_written_from_its_wiring(tmp_path):
    with registered(TWO_PATHS):
        write_random(one_layer("TPB_k3"), tmp_path)
        text = (tmp_path / "model.py").read_text()
        assert open_package(tmp_path).samples is not None
    assert "spikes1 = self.neuron(self.wide(x) + self.narrow(x))" in text


@pytest.mark.parametrize(
    ("own", "kind", "why"),
    [
        (DILATED, one_layer("Dilated_k3"), "the block Dilated_k3 is a module of its own"),
        (EVERY_OTHER, replace(one_layer("SCB_k3"), neuron={"kind": "every_other", "threshold": 0.3}),
         "the neuron kind every_other is a module of its own"),
    ],
)  # fmt: skip
def test_a_module_of_one_s_own_is_in_no_file_and_the_package_says_so(tmp_path, own, kind, why):
    with registered(own):
        write_random(kind, tmp_path)
        config = study_of(kind)
        assert obstacle(config, config.space.at(0)) == why
        assert open_package(tmp_path).samples is not None
    readme = (tmp_path / "README.md").read_text()
    assert f"There is no `model.py` in this package: {why}, which no file of its own can rebuild." in readme
    assert "python model.py" not in readme
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(set(FILES) - {"model.py"})
    with pytest.raises(CheckpointError):
        open_package(tmp_path)


def test_the_same_result_is_written_with_the_same_bytes(tmp_path):
    for folder in ("one", "two"):
        write_random(KINDS["events, PLIF"], tmp_path / folder)
    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name
