"""parse_config: every wrong field is named with its bound."""

import json

import pytest

from engine.__main__ import main
from engine.config.parse import parse_config
from engine.config.presets import PRESETS
from engine.errors import ConfigError

QUICK = PRESETS["quick-look"].config


def written(name="Quick", path=None, label="x"):
    """A document with all the text that a person writes freely."""
    document = json.loads(QUICK.canonical()) | {"name": name}
    document["data"]["path"] = path
    code = "-".join(["S"] * len(QUICK.space.choices))
    arm_data = {**document["data"], "path": path}
    return document | {"analysis": {"arms": [{"label": label, "architectures": [code], "data": arm_data}]}}


def test_text_with_the_character_that_no_path_and_no_database_takes_is_refused_by_field():
    assert parse_config(written(path="below/there")).data.path == "below/there"
    with pytest.raises(ConfigError) as refused:
        parse_config(json.dumps(written("Quick\0", "a\0b", "\0")))
    fields = ["name", "data.path", "analysis.arms.0.label", "analysis.arms.0.data.path"]
    refusals = {f"{field}: must not contain the character U+0000" for field in fields}
    assert refusals <= set(refused.value.problems)


def test_half_a_surrogate_pair_is_refused_by_field():
    whole = written("\N{BRAIN}")
    assert parse_config(json.dumps(whole)).name == "\N{BRAIN}"  # as JSON escapes it: both halves
    network = whole["network"] | {"\udfff": 1}
    document = written("\ud800", "a\udc00b", "\udfff") | {"network": network}
    for given in (document, json.dumps(document)):
        with pytest.raises(ConfigError) as refused:
            parse_config(given)
        assert sorted(refused.value.problems) == [
            "analysis.arms.0.data.path: must not contain the character U+DC00, half of a pair",
            "analysis.arms.0.label: must not contain the character U+DFFF, half of a pair",
            "data.path: must not contain the character U+DC00, half of a pair",
            "name: must not contain the character U+D800, half of a pair",
            "network: has a key with half of a pair of characters (U+D800 to U+DFFF)",
        ]


def test_the_command_line_refuses_such_a_name_before_it_makes_a_folder(tmp_path, capsys):
    study = tmp_path / "study.json"
    study.write_text(json.dumps(written("Quick\0")))
    assert main(["run", str(study), "--workdir", str(tmp_path / "work")]) == 2
    assert capsys.readouterr().err == f"error: {study}: name: must not contain the character U+0000\n"
    assert not (tmp_path / "work").exists()


@pytest.mark.parametrize(
    ("part", "field", "value", "message"),
    [
        ("supernet", "epochs", 0, r"supernet\.epochs: must be at least 1, got 0"),
        ("supernet", "epochs", "3", r"supernet\.epochs: must be a whole number, got 3"),
        ("search", "fitness_lambda", 0.1, r"search\.fitness_lambda: must be at most 0, got 0\.1"),
        ("search", "parents", 11, r"search\.parents: must be at most the population \(10\), got 11"),
        ("data", "image_size", 12, r"data\.image_size: UCI optical digits comes in 8, 16, 32 pixels, got 12"),
        ("network", "colour", 1, r"network\.colour: is no field"),
    ],
)
def test_a_wrong_field_is_named_with_its_bound(part, field, value, message):
    document = json.loads(QUICK.canonical())
    document[part][field] = value
    with pytest.raises(ConfigError, match=message):
        parse_config(document)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("trust", 3),
        ("seeds", 2),
        ("baselines", ["fang-2021"]),
    ],
)
def test_a_study_that_ends_with_its_search_cannot_ask_for_retraining(field, value):
    document = json.loads(QUICK.canonical())
    document["retrain"] |= {"winner": False}
    assert parse_config(document).retrain.epochs == QUICK.retrain.epochs
    document["retrain"][field] = value
    with pytest.raises(ConfigError, match=rf"retrain\.{field}: needs retrain\.winner"):
        parse_config(document)


def test_a_search_without_a_seed_of_its_own_is_written_as_before_and_draws_with_the_study_s():
    document = json.loads(QUICK.canonical())
    assert "seed" not in document["search"]
    document["search"]["seed"] = None
    assert (parse_config(document), parse_config(document).digest()) == (QUICK, QUICK.digest())
    document["search"]["seed"] = 7
    own = parse_config(document)
    assert (own.search_seed, QUICK.search_seed, own.digest() == QUICK.digest()) == (7, QUICK.seed, False)
    assert parse_config(own.canonical()) == own


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000, '{"seed": 1, "seed": 2}', '{"seed": NaN}'])
def test_what_is_no_config_is_a_config_error(text):
    with pytest.raises(ConfigError):
        parse_config(text)
