"""Neuron kinds: what each is known by, and one from outside the engine that trains a whole study."""

from dataclasses import replace

import pytest
import torch

from engine.backends.plan import Plans
from engine.config.network import NeuronConfig
from engine.config.parse import parse_config
from engine.config.study import StudyConfig
from engine.cost.memory import knows_all_blocks
from engine.errors import ConfigError, RegistryError
from engine.exchange.nir_verdict import verdict
from engine.export.reproduce import reproduce
from engine.model.network import build_supernet
from engine.model.neurons import Neuron
from engine.neurons.registry import NEURONS, register
from engine.space.shapes import layer_specs
from tests.engine.test_study import collect
from tests.engine.tiny import tiny_config
from tests.own_blocks import EVERY_OTHER, registered


@pytest.mark.parametrize(
    ("name", "leak", "parameters", "spiking", "compiles"),
    [
        ("plif", "learned", 1, True, True),
        ("lif", "fixed", 0, True, True),
        ("if", "none", 0, True, True),
        ("relu", "none", 0, False, False),
    ],
)
def test_what_a_kind_is_known_by(name, leak, parameters, spiking, compiles):
    kind = NEURONS[name]
    assert (kind.leak, kind.parameters, kind.spiking, kind.compiles) == (leak, parameters, spiking, compiles)
    module = Neuron(NeuronConfig(kind=name))
    assert sum(p.numel() for p in module.parameters()) == parameters


def test_the_registry_holds_these_four_in_the_order_of_the_form():
    assert list(NEURONS) == ["plif", "lif", "if", "relu"]
    assert StudyConfig.model_json_schema()["$defs"]["NeuronConfig"]["properties"]["kind"]["enum"] == list(NEURONS)


def with_kind(name):
    document = tiny_config().model_dump(mode="json")
    document["network"]["neuron"] |= {"kind": name}
    return document


def test_a_config_that_names_an_unknown_kind_says_what_kinds_there_are():
    with pytest.raises(ConfigError, match=r"^network\.neuron\.kind: must be 'plif', 'lif', 'if' or 'relu', got izh$"):
        parse_config(with_kind("izh"))
    with (
        registered(EVERY_OTHER),
        pytest.raises(ConfigError, match=r"'relu' or 'every_other', got izh$"),
    ):
        parse_config(with_kind("izh"))


@pytest.mark.parametrize(
    ("name", "said"), [("plif", "'plif' is registered already"), ("a b", "'a b' must be letters, digits and _")]
)
def test_what_cannot_be_registered_is_told(name, said):
    with pytest.raises(RegistryError, match=said):
        register(replace(EVERY_OTHER, name=name))


def test_a_kind_of_one_s_own_is_searched_retrained_and_its_package_reproduces_the_result(tmp_path):
    with registered(EVERY_OTHER):
        config = parse_config(with_kind("every_other"))
        events, _ = collect(config, tmp_path)
        end = events[-1]
        assert end["kind"] == "study_finished"
        assert end["test_spikes"] > 0
        assert events[0]["config_digest"] == config.digest() != tiny_config().digest()
        assert "EVERY_OTHER neurons" in (tmp_path / "result" / "README.md").read_text()
        again = reproduce(tmp_path / "result", tmp_path, "test")
        assert (again["accuracy"], again["spikes"]) == (end["test_accuracy"], end["test_spikes"])


def test_it_runs_in_plain_torch_and_fires_as_its_module_says():
    with registered(EVERY_OTHER):
        config = parse_config(with_kind("every_other"))
        network = build_supernet(config, 0)
        path = config.space.at(0)
        assert Plans().of(network.stages(path)) is None
        assert not knows_all_blocks(config)
        _, counts = network(torch.rand(4, 1, 8, 8) + 1)
        assert counts[0].tolist()[1] == 0  # the stem is silent at odd steps
        assert counts[0].tolist()[0] > 0
        layers = layer_specs(config.network.macro, path, config.input, config.neuron_parameters)
        assert sum(row.parameters for row in layers) == sum(
            p.numel() for stage in network.stages(path) for p in stage.parameters()
        )
        assert verdict(config).obstacles == ("network.neuron.kind: Every-other-step is a module of its own",)
