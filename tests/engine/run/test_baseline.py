"""`python -m engine zoo NAME --study STUDY.json`: a baseline trained and evaluated as a study's winner is."""

import json

import pytest

from engine.__main__ import main
from engine.run.baseline import with_threshold
from engine.zoo.registry import ZOO
from tests.engine.tiny import tiny_config
from tests.engine.zoo.tiny import zoo_config


@pytest.fixture
def study_file(tmp_path):
    path = tmp_path / "study.json"
    path.write_text(zoo_config(2).model_dump_json())
    return path


def train(study_file, capsys, name="zheng-2021-resnet-19-gap"):
    assert main(["zoo", name, "--study", str(study_file), "--channels", "2"]) == 0
    output = capsys.readouterr()
    return json.loads(output.out), output.err


def test_it_trains_every_epoch_and_names_what_its_numbers_depend_on(study_file, capsys):
    found, progress = train(study_file, capsys)
    assert [line.split(":")[0] for line in progress.splitlines()] == ["epoch 1", "epoch 2"]
    assert {"split": "test, last epoch", "epochs": 2, "seed": 0, "channels": 2, "samples": 40}.items() <= found.items()
    assert 0 <= found["accuracy"] <= 1
    assert found["spikes"] == pytest.approx(sum(found["spikes_by_layer"].values()))
    assert found["spikes"] > 0


def test_the_same_study_gives_the_same_numbers(study_file, capsys):
    assert train(study_file, capsys) == train(study_file, capsys)


def test_a_plan_that_names_a_threshold_brings_it_along():
    config = tiny_config()
    assert config.network.neuron.threshold == 0.3
    one = config.network.neuron.model_copy(update={"threshold": 1.0})
    config = config.model_copy(update={"network": config.network.model_copy(update={"neuron": one})})
    assert with_threshold(ZOO["he-2020"], config).network.neuron.threshold == 0.3
    assert with_threshold(ZOO["fang-2021"], config) == config


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["resnet-50"], "baseline: must be one of wu-2019b, fang-2021,"),
        (["fang-2021"], "study: --study STUDY.json is needed to train a baseline"),
    ],
)
def test_what_is_wrong_is_named(arguments, message, capsys):
    assert main(["zoo", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_an_input_too_small_for_a_baseline_is_named(study_file, capsys):
    """Digits of 8×8: after two pools and three halvings nothing is left to pool."""
    assert main(["zoo", "fang-2021-dvs128-gesture", "--study", str(study_file), "--channels", "1"]) == 2
    assert "layer max pool 4 (max_pool): its input is 1×1" in capsys.readouterr().err
