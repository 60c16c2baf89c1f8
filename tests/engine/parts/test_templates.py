"""Each template is a study's part from a copy of its file: searched with, retrained, packaged, evaluated, resumed."""

import hashlib
import json
import re

import pytest

from engine.__main__ import main
from engine.events import from_wire
from engine.parts.templates import KINDS, template
from engine.search.build import build_search
from tests.engine.tiny import tiny_config
from tests.own_blocks import registered

BARS = {"data": {"dataset": "bars", "image_size": 8}}
CHANGES = {
    "block_family": {"network": {"candidates": ["skip_connect", "TwoPaths_k3", "TwoPaths_k5"]}},
    "neuron": {"network": {"neuron": {"kind": "resting_lif", "threshold": 0.3}}},
    "search": {"search": {"algorithm": "hill_climbing"}},
    "dataset": BARS,
    "objective": {"search": {"objective": "priced"}},
}
"""What a config says that names the template's part."""
NAMES = {
    "block_family": "two_paths", "neuron": "resting_lif", "search": "hill_climbing", "dataset": "bars",
    "objective": "priced",
}  # fmt: skip


@pytest.fixture(autouse=True)
def as_before():
    with registered():
        yield


def write(tmp_path, kinds):
    """The options that name copies of the templates, and a study that uses them, trained for one epoch each."""
    document = json.loads(tiny_config().canonical())
    for kind in kinds:
        (tmp_path / f"my_{kind}.py").write_text(template(kind))
        for part, fields in CHANGES[kind].items():
            document[part] = fields if part == "data" else document[part] | fields
    document["supernet"]["epochs"] = document["retrain"]["epochs"] = 1
    (tmp_path / "study.json").write_text(json.dumps(document))
    return [option for kind in kinds for option in ("--parts", str(tmp_path / f"my_{kind}.py"))]


def run(tmp_path, options):
    return main([*options, "run", str(tmp_path / "study.json"), "--workdir", str(tmp_path / "w")])


def told(tmp_path):
    return [json.loads(line) for line in (tmp_path / "w" / "events.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("kinds", [*((kind,) for kind in KINDS), KINDS], ids=lambda kinds: "-".join(kinds))
def test_a_study_with_it_runs_from_start_to_evaluated_package(tmp_path, capsys, kinds):
    options = write(tmp_path, kinds)
    assert run(tmp_path, options) == 0
    end = told(tmp_path)[-1]
    assert end["kind"] == "study_finished"
    hashes = {
        f"{kind}.{NAMES[kind]}": hashlib.sha256((tmp_path / f"my_{kind}.py").read_bytes()).hexdigest() for kind in kinds
    }
    assert json.loads((tmp_path / "w" / "study.json").read_text())["parts"] == hashes
    packed = json.loads((tmp_path / "w" / "result" / "config.json").read_text())
    assert packed["study"]["parts"] == hashes
    assert all(sha in (tmp_path / "w" / "result" / "README.md").read_text() for sha in hashes.values())
    capsys.readouterr()
    assert main([*options, "evaluate", str(tmp_path / "w" / "result")]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["accuracy"], found["spikes"]) == (end["test_accuracy"], end["test_spikes"])
    assert found["same_data"] is True
    assert found["seen_in_training"] == 0


@pytest.mark.parametrize("kind", KINDS)
def test_without_its_file_study_and_package_are_refused_by_its_name(tmp_path, capsys, kind):
    with registered():
        assert run(tmp_path, write(tmp_path, [kind])) == 0
    words = {"block_family": "block family", "neuron": "neuron kind", "dataset": "data set"}.get(kind, kind)
    capsys.readouterr()
    assert main(["show", str(tmp_path / "w" / "result")]) == 2
    assert f"{words} {NAMES[kind]!r} is not registered here; name its file with --parts" in capsys.readouterr().err
    assert run(tmp_path, []) == 2
    named = "TwoPaths_k3" if kind == "block_family" else NAMES[kind]
    assert re.search(rf": must be .*, got {named}", capsys.readouterr().err)


def test_with_another_source_the_study_does_not_go_on_and_both_hashes_are_told(tmp_path, capsys):
    with registered():
        options = write(tmp_path, ["search"])
        assert run(tmp_path, options) == 0
    before = hashlib.sha256((tmp_path / "my_search.py").read_bytes()).hexdigest()
    with (tmp_path / "my_search.py").open("a") as file:
        file.write("# changed\n")
    after = hashlib.sha256((tmp_path / "my_search.py").read_bytes()).hexdigest()
    capsys.readouterr()
    assert run(tmp_path, options) == 2
    said = capsys.readouterr().err
    assert "parts.search.hill_climbing: search 'hill_climbing' has changed since this study began" in said
    assert f"its source is {after[:12]}…, the study wants {before[:12]}…; restore it, or start a new study" in said
    assert main([*options, "show", str(tmp_path / "w" / "result")]) == 0  # the network is not made of the search


def test_the_search_proposes_the_same_from_the_same_candidates(tmp_path):
    """So a study that is resumed between two generations goes on as if it had not stopped."""
    options = write(tmp_path, ["search"])
    assert run(tmp_path, options) == 0
    config = tiny_config().model_copy(
        update={"search": tiny_config().search.model_copy(update={"algorithm": "hill_climbing"})}
    )
    events = [from_wire(one) for one in told(tmp_path)]
    generations = [one.candidates for one in events if one.kind == "generation_finished"]
    again = build_search(config).ask(1, generations[0])
    assert [(one.architecture.code, one.origin, one.parents) for one in again] == [
        (one.architecture, one.origin, one.parents) for one in generations[1]
    ]
    assert {one.origin for one in generations[1]} == {"mutation", "random"}


def test_the_objective_decides_who_wins(tmp_path):
    """accuracy + λ·N/N_avg − 0.02 for a million parameters, by hand from what the events hold."""
    assert run(tmp_path, write(tmp_path, ["objective"])) == 0
    events = told(tmp_path)
    [average] = [one["average_spikes"] for one in events if one["kind"] == "supernet_finished"]
    seen = [one for event in events if event["kind"] == "generation_finished" for one in event["candidates"]]
    for one in seen:
        by_hand = one["accuracy"] - 0.08 * one["spikes"] / average - 0.02 * one["parameters"] / 1_000_000
        assert one["fitness"] == pytest.approx(by_hand, rel=1e-12)
    best = max(seen, key=lambda one: (one["fitness"], one["id"]))
    assert events[-1]["architecture"] == best["architecture"]


def test_the_command_prints_a_template(capsys):
    assert main(["parts", "--template", "search"]) == 0
    assert capsys.readouterr().out == template("search")
