"""The headless commands answer what they answered at commit abaee20, key by key."""

from __future__ import annotations

import json
import shutil

import pytest

from tests.stored import commands
from tests.stored.alike import LAST_DIGITS, differences
from tests.stored.headless import outcome, said


@pytest.fixture(scope="module")
def told(facts):
    return facts["commands"]


def test_presets_and_baselines_are_listed_as_they_were(told):
    listed = commands.of_the_product()
    known = [preset["preset"] for preset in told["presets"]]
    listed["presets"] = [preset for preset in listed["presets"] if preset["preset"] in known]  # new ones may come
    for part in ("presets", "zoo"):
        assert differences(listed[part], told[part], LAST_DIGITS) == []


def test_a_preset_as_it_was_printed_keeps_its_digest_and_its_texts(told):
    """What `config` prints today says version 2 and more fields; that of version 1 is written as it was then."""
    assert differences(commands.configs_of_version_1(), told["configs"], LAST_DIGITS) == []


@pytest.fixture(scope="module")
def network(stored):
    return commands.of_a_finished_study(stored / "evolution" / "finished")


@pytest.mark.parametrize("part", ["show", "directions"])
def test_what_needs_no_computing_is_said_again(network, told, part):
    assert differences(network[part], told["finished"][part], LAST_DIGITS) == []


@pytest.mark.parametrize("part", ["evaluate", "evaluate_validation", "energy", "inspect", "inspect_sample"])
def test_what_is_computed_of_a_stored_network_is_computed_again(network, told, computed, part):
    found, expected = dict(network[part]), dict(told["finished"][part])
    if computed is not LAST_DIGITS:  # the bits of a map are those of this machine
        for one in (found, expected):
            one.pop("spike_map", None)
    assert differences(found, expected, computed) == []


def test_the_paper_kit_has_the_same_files_which_tell_the_same(stored, told, tmp_path):
    assert differences(commands.kit_of(stored / "evolution" / "finished", tmp_path / "kit"), told["kit"]) == []


def test_a_data_set_of_ones_own_is_described_as_it_was(stored, told):
    assert differences(commands.of_images(stored), told["data"], LAST_DIGITS) == []


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("config", "nothing"), "error: preset: "),
        (("zoo", "nothing"), "error: baseline: "),
        (("show", "nothing.zip"), "error: nothing.zip "),
        (("pause", "nothing"), "error: workdir: nothing "),
        (("fork", "nothing", "--generation", "1", "--to", "new"), "error: workdir: nothing "),
        (("figures", "nothing", "--out", "new"), "error: "),
        (("data", "nothing"), "error: "),
    ],
)  # fmt: skip
def test_bad_input_exits_2_with_one_line_that_names_the_field(arguments, complaint):
    status, printed, told = outcome(*arguments)
    assert (status, printed) == (2, "")
    assert told.startswith(complaint)
    assert told.count("\n") == 1


def test_a_folder_over_several_seeds_is_summarised_with_the_same_keys(stored, tmp_path):
    """A stored study stands for the only run: no seed is left to be trained."""
    config = json.loads((stored / "nsga2.json").read_text())
    (tmp_path / "study.json").write_text(json.dumps(config))
    shutil.copytree(stored / "nsga2" / "finished", tmp_path / "w" / f"seed-{config['seed']}")
    assert said("run", tmp_path / "study.json", "--workdir", tmp_path / "w", "--seeds", "1") == ""
    summary = json.loads((tmp_path / "w" / "seeds.json").read_text())
    last = json.loads((stored / "nsga2" / "finished" / "events.jsonl").read_text().splitlines()[-1])
    keys = ("architecture", "test_accuracy", "test_spikes", "firing_rate", "parameters")
    assert (summary.pop("split"), summary.pop("epochs")) == ("test", 1)
    assert summary.pop("seeds") == [{"seed": 6, **{key: last[key] for key in keys}}]
    assert sorted(summary) == sorted(keys[1:])
    assert {spread["mean"] for spread in summary.values()} == {last[key] for key in keys[1:]}
