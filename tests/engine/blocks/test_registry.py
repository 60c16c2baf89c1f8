"""A family of one's own is registered by a call; a config that names none that is there is told which there are."""

from dataclasses import replace

import pytest

from engine.blocks.family import Block
from engine.blocks.registry import BLOCKS, register
from engine.config.parse import parse_config
from engine.config.presets import PRESETS
from engine.config.study import StudyConfig
from engine.errors import ArchitectureError, ConfigError, RegistryError
from engine.space.architecture import Architecture
from tests.engine.tiny import tiny_config
from tests.own_blocks import DILATED, TWO_PATHS, registered


def naming(*blocks):
    document = tiny_config().model_dump(mode="json")
    document["network"]["candidates"] = list(blocks)
    return document


def test_a_config_that_names_an_unknown_family_says_what_families_there_are():
    with pytest.raises(ConfigError) as refused:
        parse_config(naming("SCB_k3", "TPB_k3"))
    [problem] = refused.value.problems
    assert problem.startswith(
        "network.candidates.1: must be a block of the families skip (skip_connect), scb (SCB_k3, "
    )
    assert "dsib (DSIB_k3_e1" in problem
    assert problem.endswith(", got TPB_k3")


def test_once_registered_it_is_one_of_them():
    with registered(TWO_PATHS):
        config = parse_config(naming("SCB_k3", "TPB_k3"))
        assert config.space.at(3).code == "T3-T3"
        assert Architecture.from_code("T3-C3").blocks == ("TPB_k3", "SCB_k3")
        with pytest.raises(ConfigError, match=r"two_paths \(TPB_k3\), got TPB_k5$"):
            parse_config(naming("SCB_k3", "TPB_k5"))
        schema = StudyConfig.model_json_schema()["$defs"]["NetworkConfig"]["properties"]["candidates"]
        assert schema["items"]["enum"] == list(BLOCKS)
        assert "TPB_k3" in BLOCKS
    assert "TPB_k3" not in BLOCKS
    with pytest.raises(ArchitectureError, match="'T3' is not one of S, C3"):
        Architecture.from_code("T3-C3")


def test_a_layer_of_its_own_may_name_it_too():
    document = naming("SCB_k3")
    document["network"]["macro"]["layers"][0]["candidates"] = ["TPB_k3"]
    with pytest.raises(ConfigError, match=r"^network\.macro\.layers\.0\.candidates\.0: must be a block of the fam"):
        parse_config(document)
    with registered(TWO_PATHS):
        assert parse_config(document).space.choices == (("TPB_k3",), ("SCB_k3",))


def test_no_more_candidates_than_there_are_blocks():
    with pytest.raises(ConfigError, match=r"^network\.candidates: must have at most 19 of them, got 20$"):
        parse_config(naming(*["SCB_k3"] * 20))
    with registered(TWO_PATHS, DILATED), pytest.raises(ConfigError, match="at most 21 of them, got 22"):
        parse_config(naming(*["SCB_k3"] * 22))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "scb"}, "block family 'scb' is registered already"),
        ({"name": "two paths"}, "block family 'two paths' must be letters"),
        ({"blocks": (Block("SCB_k3", "T3", "two_paths"),)}, "'SCB_k3' is the name or code of another block"),
        ({"blocks": (Block("TPB_k3", "C3", "two_paths"),)}, "'C3' is the name or code of another block"),
        ({"blocks": (Block("TPB.k3", "T3", "two_paths"),)}, "'TPB.k3' must be letters, digits and _ after a letter"),
        ({"blocks": (Block("TPB_k3", "T-3", "two_paths"),)}, "'T-3' must be letters, digits and _ after a letter"),
        ({"blocks": (Block("TPB_k3", "T3", "scb"),)}, "block 'TPB_k3' says family 'scb', it is listed in 'two_paths'"),
        ({"blocks": 2 * (Block("TPB_k3", "T3", "two_paths"),)}, "'TPB_k3' is the name or code of another block"),
    ],
)
def test_what_cannot_be_registered_is_told_and_leaves_the_registry_alone(changes, said):
    before = dict(BLOCKS)
    with pytest.raises(RegistryError, match=said):
        register(replace(TWO_PATHS, **changes))
    assert before == BLOCKS


def test_a_registered_family_leaves_the_digests_of_other_studies_alone():
    before = {key: preset.config.digest() for key, preset in PRESETS.items()}
    with registered(TWO_PATHS):
        documents = {key: preset.config.model_dump(mode="json") for key, preset in PRESETS.items()}
        assert {key: parse_config(document).digest() for key, document in documents.items()} == before
