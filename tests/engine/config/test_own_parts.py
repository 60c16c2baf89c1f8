"""The own parts that a study names: filled in, part of its digest, and held to."""

import json
from types import FunctionType

import pytest

from engine.config.algorithms import SearchAlgorithm
from engine.config.objectives import Objective
from engine.config.own_parts import missing, require_network, require_unchanged
from engine.config.parse import parse_config, parse_stored
from engine.errors import ConfigError, RegistryError
from engine.run.fork import require_forkable
from engine.schema.own import SOURCES
from tests.engine.tiny import tiny_config
from tests.own_blocks import DILATED, EVERY_OTHER, TWO_PATHS, registered

OTHER = "ab" * 32


@pytest.fixture(autouse=True)
def own():
    mine = (SearchAlgorithm("mine", "my search", ask=lambda _: []), Objective("mine", "mine", lambda one: one.accuracy))
    with registered(TWO_PATHS, DILATED, EVERY_OTHER, *mine):
        yield


def study(parts=None, candidates=("TPB_k3",), **search):
    document = json.loads(tiny_config().canonical())
    document["network"]["candidates"] = list(candidates)
    document["search"] |= search
    return document if parts is None else document | {"parts": parts}


def test_built_in_parts_leave_text_and_digest_alone():
    config = parse_config(study(candidates=("SCB_k3",)))
    assert config.parts == {}
    assert '"parts"' not in config.canonical()
    assert '"objective"' not in config.canonical()


def test_each_kind_is_named_and_what_the_study_does_not_name_is_dropped():
    config = parse_config(study({"block_family.dilated": OTHER}, algorithm="mine", objective="mine"))
    keys = ("block_family.two_paths", "objective.mine", "search.mine")
    assert config.parts == {key: SOURCES[key] for key in keys}
    again = parse_config(json.loads(config.canonical()))
    assert again == config
    assert hash(again) == hash(config)


def test_blocks_of_one_layer_and_networks_of_arms_are_named_too():
    document = study(candidates=("SCB_k3",))
    document["network"]["macro"]["layers"][0]["candidates"] = ["TPB_k3"]
    own_network = json.loads(json.dumps(document["network"])) | {"candidates": ["Dilated_k3"]}
    own_network["neuron"] = {"kind": "every_other", "threshold": 0.3}
    document["analysis"] = {"arms": [{"label": "one", "architectures": ["T3-W3"], "network": own_network}]}
    assert set(parse_config(document).parts) == {"block_family.two_paths", "block_family.dilated", "neuron.every_other"}


def test_another_source_is_another_digest_and_a_new_study_is_held_to_what_it_says():
    config, other = parse_stored(study()), parse_stored(study({"block_family.two_paths": OTHER}))
    assert config.digest() != other.digest()
    require_unchanged(config.parts)
    said = "parts.block_family.two_paths: block family 'two_paths' has changed since this study began: the SHA-256 of "
    for refuse in (lambda: require_unchanged(other.parts), lambda: parse_config(json.loads(other.canonical()))):
        with pytest.raises(ConfigError) as refused:
            refuse()
        assert refused.value.problems[0].startswith(said)
        assert f"{SOURCES['block_family.two_paths'][:12]}…, the study wants {OTHER[:12]}…" in str(refused.value)


def test_a_network_wants_its_blocks_and_neurons_as_they_were_and_all_its_parts_to_be_here():
    require_network({"parts": {"search.mine": OTHER}})
    require_network({})
    with pytest.raises(ConfigError, match="block family 'two_paths' has changed"):
        require_network({"parts": {"block_family.two_paths": OTHER}})
    [line] = missing({"search.gone": OTHER, "search.mine": OTHER})
    assert line.startswith("search 'gone' is not registered here; name its file with --parts")


def test_a_part_whose_source_cannot_be_read_is_refused():
    [code, *_] = compile("lambda one: one.accuracy", "<nowhere>", "eval").co_consts
    with (
        pytest.raises(RegistryError, match="objective 'blind': its source cannot be read"),
        registered(Objective("blind", "blind", FunctionType(code, {}))),
    ):
        pass


@pytest.mark.parametrize(
    ("part", "said"),
    [(SearchAlgorithm("idle", "idle"), "must have ask"), (Objective("idle", "idle"), "must have fitness")],
)
def test_a_part_without_its_function_is_refused(part, said):
    with pytest.raises(RegistryError, match=f"'idle' {said}"), registered(part):
        pass


@pytest.mark.parametrize("generation", [0, 1])
def test_a_fork_may_have_another_search_and_no_other_block(generation):
    source = parse_stored(study({"block_family.two_paths": OTHER}))
    same = {"block_family.two_paths": OTHER}
    require_forkable(source, parse_stored(study(same, algorithm="mine")), generation)
    with pytest.raises(ConfigError, match=r"^parts\.block_family\.two_paths: a fork keeps its source's"):
        require_forkable(source, parse_stored(study()), generation)


def test_a_fork_may_have_another_objective_at_generation_0_alone():
    source, other = parse_stored(study()), parse_stored(study(objective="mine"))
    require_forkable(source, other, 0)
    with pytest.raises(ConfigError, match=r"^search\.objective: a fork keeps its source's, but at generation 0"):
        require_forkable(source, other, 1)


def test_the_source_of_a_kept_objective_matters_once_generations_are_kept():
    source = parse_stored(study({"objective.mine": OTHER}, objective="mine"))
    changed = parse_stored(study(objective="mine"))
    require_forkable(source, changed, 0)
    with pytest.raises(ConfigError, match=r"^parts\.objective\.mine: a fork keeps its source's"):
        require_forkable(source, changed, 1)
