"""The digests of studies: what a config is known by must not change with the code around it."""

import json

import pytest

from engine.config.parse import parse_stored
from engine.config.presets import PRESETS
from tests.stored.commands import as_of_version_1

VERSION_1 = {
    "quick-look": "279b5c74e173d347",
    "cifar10-hour": "b1066331adcb86f7",
    "n-mnist-small": "f71579324e4a5b19",
    "digits-exhaustive": "a264b3aa2135f088",
    "digits-nsga2": "af72e62343420536",
    "digits-trust": "9caa7554cf301ac6",
    "digits-blocks": "ecd7467eed13d394",
    "digits-space": "313071f46ed39ebc",
    "paper-cifar10": "f518641827332abb",
    "autosnn-32": "5e4a6d661bbea7fc",
    "autosnn-64": "538430c0d43d6453",
    "autosnn-128": "4d29e18c21a63c5c",
    "snn-2": "e34e9d81e5ec2d98",
    "snn-3": "4ec1823eacd0c45a",
    "snn-4": "1763b9f010e08b4b",
    "table-base": "ff8181319f8f66be",
    "table-blocks": "ed793fc01fccb0fe",
    "table-regularisation": "756880ec4576e1bd",
    "space-quality": "049921a173d96e7b",
    "found": "4d6a169c726f45c1",
    "transfer-width": "ac8b34d86a3a3eae",
    "table-transfer": "c4d614fb8bd4ad58",
    "ann-space": "99de8af87d2eebe8",
    "lambda-0": "fde1cc596f33d862",
    "lambda-0.16": "634dc8182b8924f2",
    "lambda-0.24": "ca90168ebe360a1e",
    "scaled-base": "8260fd9294d1546a",
    "scaled-blocks": "fd0b98b09c983a15",
    "scaled-regularisation": "637bcabbd6b370bc",
    "scaled-lambda-0": "c116d68fd2ae82fc",
    "scaled-lambda-0.08": "2c7172bd8076177c",
    "scaled-lambda-0.16": "67ad1e5e09037ae7",
    "scaled-lambda-0.24": "e5180920deb8938c",
}
"""The first 16 digits of each preset's, as of version 1 of the format, of 2026."""
DIGESTS = VERSION_1 | {
    "quick-look": "d2d594d4339ef74f",
    "cifar10-hour": "9bff6d1c2836e68c",
    "n-mnist-small": "c474fd744d078f2c",
    "digits-exhaustive": "5af3f5b1ecbf90b1",
    "digits-nsga2": "1c758498db3817a1",
    "digits-trust": "16eaa4e5b1df315e",
    "digits-blocks": "deaefcc9613116a8",
    "digits-space": "5a95e74d7eb98a98",
    "paper-cifar10": "54433cf1147e6edb",
    "autosnn-32": "f47dff3a37d0bc7c",
    "autosnn-64": "af0cbc2b986d5d28",
    "autosnn-128": "f0e9c728f07bde98",
    "snn-2": "e9126c806d5d5fb2",
    "snn-3": "cf167f40c856ce0d",
    "snn-4": "3928754134867a78",
    "table-base": "b551033d40c038d9",
    "table-blocks": "c804d8985185b35a",
    "table-regularisation": "0672e08132edece0",
    "space-quality": "f659340141702a22",
    "found": "ab8655eeff2983c8",
    "transfer-width": "50b60a8f9cc1a496",
    "table-transfer": "d4218c94a3d810bc",
    "ann-space": "809aaa8c4765590d",
    "lambda-0": "5ed998875e3e834b",
    "lambda-0.16": "8cd5731b48af9694",
    "lambda-0.24": "498e636e03dd2f44",
    "digits-125": "e26245529497ac2a",
    "findings-base": "f9f1796c448697e1",
    "findings-regularisation": "ea02d71c2c4cdc62",
    "findings-blocks": "d969f8dd099f86a0",
}
"""The same as of version 2: those of the scaled ones, which ask for what was always done, are the same."""


@pytest.mark.parametrize("key", PRESETS)
def test_a_preset_keeps_its_digest(key):
    assert PRESETS[key].config.digest()[:16] == DIGESTS[key]


@pytest.mark.parametrize("key", VERSION_1)
def test_a_config_stored_by_version_1_keeps_its_digest_and_its_rules(key):
    config = parse_stored(as_of_version_1(json.loads(PRESETS[key].config.canonical())))
    assert config.digest()[:16] == VERSION_1[key]
    assert (config.supernet.unsampled, config.search.crossover_cut) == ("rest", "searched_layers")
    assert config.search.ties == "oldest"
    assert parse_stored(config.canonical()) == config


def test_a_new_config_that_says_nothing_ranks_the_newest_first():
    document = json.loads(PRESETS["quick-look"].config.canonical())
    del document["search"]["ties"], document["version"]
    assert parse_stored(document).search.ties == "newest"
    assert parse_stored({**document, "search": {}}).search.ties == "newest"


def test_version_1_without_a_search_ranks_the_oldest_first():
    document = json.loads(PRESETS["quick-look"].config.canonical())
    del document["search"]
    assert parse_stored({**document, "version": 1}).search.ties == "oldest"


def test_the_version_alone_is_no_other_study():
    config = PRESETS["quick-look"].config
    assert config.model_copy(update={"version": 1}).digest() == config.digest()


def test_version_1_is_written_as_it_was():
    """A stored study that goes on writes its config into checkpoints and packages, byte for byte."""
    document = as_of_version_1(json.loads(PRESETS["quick-look"].config.canonical()))
    assert json.loads(parse_stored(document).canonical()) == document
    document["search"]["ties"] = "newest"
    assert json.loads(parse_stored(document).canonical()) == document
