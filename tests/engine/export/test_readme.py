"""README.md of a package: front matter that parses, whole tables, and code blocks that run as they stand."""

import re
import runpy
import shlex
import sys

import pytest
import yaml

from engine.config.data import DataConfig
from engine.export.front_matter import front_matter
from engine.export.package import open_package
from tests.engine.cli.damage import command, interrupted
from tests.engine.tiny import tiny_config


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    """The package of a finished study."""
    work = tmp_path_factory.mktemp("w")
    interrupted(tiny_config(), work, 8)
    return work / "result"


@pytest.fixture
def within(result, monkeypatch):
    """The package's folder, as the one that one works in."""
    monkeypatch.chdir(result)
    monkeypatch.syspath_prepend(str(result))
    monkeypatch.delitem(sys.modules, "model", raising=False)
    yield result
    sys.modules.pop("model", None)


def blocks(result, kind):
    return re.findall(rf"```{kind}\n(.*?)```", (result / "README.md").read_text(), re.DOTALL)


def test_the_python_blocks_run_and_damage_no_network(within):
    alone, product = blocks(within, "python")
    names: dict[str, object] = {}
    exec(alone, names)
    samples = open_package(within).samples
    assert names["rates"].argmax(1).tolist() == samples.predictions.tolist()
    assert int(names["spikes"].sum()) == int(samples.counts.sum())
    assert not names["network"].training
    exec(product, names)
    assert not names["network"].training


def test_the_lines_for_a_shell_run(within, monkeypatch, capsys):
    alone, product = (block.splitlines() for block in blocks(within, "sh"))
    for line in alone:
        python, *arguments = shlex.split(line, comments=True)
        assert (python, arguments[0]) == ("python", "model.py")
        monkeypatch.setattr(sys, "argv", arguments)
        with pytest.raises(SystemExit) as ended:
            runpy.run_path("model.py", run_name="__main__")
        assert ended.value.code == 0
    told = capsys.readouterr().out
    assert "float64: every answer and spike is as recorded" in told
    assert "samples.safetensors[0]: " in told
    save_pictures(within)
    for line in product:
        arguments = ["pictures.npz" if part == "PATH" else part for part in shlex.split(line, comments=True)]
        assert arguments[:3] == ["python", "-m", "engine"]
        ended = command(*arguments[3:])
        assert ended.status == 0, ended.told


def save_pictures(folder):
    """Samples of the network's classes in a file of arrays."""
    import numpy as np

    samples = open_package(folder).samples
    np.savez(folder / "pictures.npz", x_test=samples.inputs.numpy()[:, 0], y_test=samples.labels.numpy())


def test_there_is_no_other_code_block(result):
    kinds = re.findall(r"```(\w+)\n", (result / "README.md").read_text())
    assert sorted(kinds) == ["python", "python", "sh", "sh"]


def test_its_front_matter_tells_the_hub_what_the_result_says(result):
    document = open_package(result).document
    told = yaml.safe_load((result / "README.md").read_text().split("---\n")[1])
    (found,) = told["model-index"][0]["results"]
    assert told["model-index"][0]["name"] == "Tiny"
    assert {metric["type"]: metric["value"] for metric in found["metrics"]} == {
        "accuracy": document["results"]["accuracy"], "spikes": document["results"]["spikes"]
    }  # fmt: skip
    assert (told["license"], told["metrics"], told["pipeline_tag"]) == ("unknown", ["accuracy"], "image-classification")
    assert "datasets" not in told, "the digits do not lie on the hub"


@pytest.mark.parametrize("name", ['a "quoted" name: # no comment', "- x", "日本 \\ é", "---"])
def test_a_name_is_one_string_to_yaml(name):
    config = tiny_config().model_copy(update={"name": name, "data": DataConfig(dataset="cifar10", image_size=32)})
    told = yaml.safe_load(front_matter(config, 0.5, 1234.5, 10).removeprefix("---\n").removesuffix("\n---"))
    assert told["model-index"][0]["name"] == name
    assert told["datasets"] == ["uoft-cs/cifar10"]


def test_it_says_that_samples_of_one_s_own_go_along(result):
    """The digits are nobody's own; test_written.py has packages of one's own images."""
    text = (result / "README.md").read_text()
    assert "They belong to UCI optical digits; its terms are those of that data set." in text
    assert "`samples.safetensors` holds 32 test images with labels" in text
