"""A run whose result is worth little says so on stderr, in its card, and in what evaluate and show print."""

import contextlib
import io
import json
import re
from pathlib import Path

import pytest

from engine.__main__ import main
from engine.config.network import NeuronConfig
from tests.engine.tiny import tiny_config


def run(folder: Path) -> int:
    return main(["run", str(folder.parent / "study.json"), "--workdir", str(folder)])


@pytest.fixture(scope="module")
def told_at_the_end(tmp_path_factory):
    """(the folder of a study that never fires, what its run said on stderr)."""
    folder = tmp_path_factory.mktemp("silent")
    (folder / "study.json").write_text(tiny_config(neuron=NeuronConfig(threshold=100.0)).canonical())
    with contextlib.redirect_stderr(io.StringIO()) as told:
        assert run(folder / "w") == 0
    return folder / "w", told.getvalue()


@pytest.fixture
def silent(told_at_the_end):
    return told_at_the_end[0]


def answer(capsys, *arguments: str) -> dict:
    assert main([*arguments]) == 0
    out = capsys.readouterr().out
    assert not re.search(r"NaN|Infinity", out)
    found: dict = json.loads(out)
    return found


def test_the_run_ends_with_a_warning_a_line(told_at_the_end):
    done, *told = told_at_the_end[1].splitlines()[-3:]
    assert done.startswith("done: ")
    assert [line.split(": ")[:2] for line in told] == [["warning", "Silent network"], ["warning", "Tied candidates"]]
    assert "lower the threshold (network.neuron.threshold, now 100)" in told[0]


def test_a_finished_folder_is_told_to_be_finished_and_no_more(silent, capsys):
    assert run(silent) == 0
    assert capsys.readouterr().err.count("\n") == 1


def test_the_card_has_them(silent):
    told = (silent / "result" / "README.md").read_text()
    assert "## Warnings\n- Silent network: N = 0" in told
    assert "- Tied candidates: one fitness, 0.0000" in told


def test_evaluate_and_show_have_them_under_a_key_of_their_own(silent, capsys):
    evaluated = answer(capsys, "evaluate", str(silent / "result"))
    assert [one["code"] for one in evaluated["warnings"]] == ["silent"]
    assert "the network on the test split" in evaluated["warnings"][0]["message"]
    shown = answer(capsys, "show", str(silent / "result"))
    assert [one["code"] for one in shown["warnings"]] == ["silent"]
    assert set(shown["warnings"][0]) == {"code", "message", "advice"}


def test_directions_say_that_a_silent_winner_is_no_evidence(silent, capsys):
    [search] = answer(capsys, "directions", str(silent))["searches"]
    assert search["evidence"] == "silent"


def test_the_paper_kit_of_a_silent_study_is_whole(silent, tmp_path, capsys):
    assert main(["figures", str(silent), "--out", str(tmp_path / "kit")]) == 0
    assert "Warnings: Silent network" in (tmp_path / "kit" / "method.txt").read_text()
    for file in (tmp_path / "kit").iterdir():
        assert not re.search(r"\bnan\b|\binf\b|Infinity", file.read_text()), file.name
