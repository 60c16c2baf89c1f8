"""Options of the command: presets by key, fields set anew, seeds in folders of their own, JSON, quiet."""

import json
import os
import pty
import subprocess
import sys

import pytest

from autosnn.__main__ import main
from engine.config.parse import parse_config
from tests.engine.tiny import tiny_config

QUICK = ["--set", "retrain.epochs=1", "--set", "supernet.epochs=1", "--set", "search.generations=1"]


@pytest.fixture
def study(tmp_path):
    path = tmp_path / "study.json"
    path.write_text(json.dumps(tiny_config().model_dump(mode="json")))
    return str(path)


def answer(capsys, *arguments):
    assert main(list(arguments)) == 0
    return json.loads(capsys.readouterr().out)


def test_a_preset_is_named_wherever_a_study_is(capsys):
    found = answer(capsys, "config", "quick-look", "--seed", "3", "--set", "search.generations=5")
    assert (found["seed"], found["search"]["generations"]) == (3, 5)
    costs = answer(capsys, "estimate", "quick-look", "--macs-per-second", "1e9")
    assert (costs["space_size"], costs["evaluations"], costs["macs_per_second"]) == (125, 80, 1e9)
    assert sum(costs["seconds"].values()) == pytest.approx(2 * costs["seconds"]["total"])


def test_a_file_of_a_preset_s_name_goes_first(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "quick-look").write_text(json.dumps(tiny_config().model_dump(mode="json")))
    assert answer(capsys, "config", "quick-look")["name"] == "Tiny"


def test_a_mistyped_preset_is_told_the_nearest(capsys, tmp_path):
    assert main(["run", "quik-look", "--workdir", str(tmp_path / "w")]) == 2
    assert "quik-look does not exist; the preset of the nearest name is quick-look" in capsys.readouterr().err


def test_the_schema_describes_what_config_prints(capsys):
    described = set(answer(capsys, "schema")["properties"])
    assert described - {"parts"} == set(answer(capsys, "config", "quick-look"))  # parts are written where there are any


def test_seeds_of_an_array_job_have_folders_of_their_own(study, tmp_path, capsys):
    """As `--seed $SLURM_ARRAY_TASK_ID` runs them; then their summary, which runs nothing anew."""
    work = tmp_path / "w"
    for seed in ("0", "1"):
        assert main(["run", study, "--workdir", str(work), "--seed", seed, *QUICK]) == 0
    assert parse_config((work / "seed-1" / "study.json").read_bytes()).seed == 1
    capsys.readouterr()
    assert main(["run", study, "--workdir", str(work), "--seeds", "2", *QUICK]) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("already finished") == 2
    assert len(json.loads((work / "seeds.json").read_text())["seeds"]) == 2


def test_a_run_ends_with_winner_front_and_files(study, tmp_path, capsys):
    assert main(["run", study, "--workdir", str(tmp_path / "w"), *QUICK]) == 0
    told = capsys.readouterr()
    last = json.loads(told.out.splitlines()[-1])
    winner, front, done = (line for line in told.err.splitlines() if line.startswith(("winner", "front", "done")))
    assert winner.startswith(f"winner {last['architecture']}: {last['test_accuracy']:.2%} on the test split, ")
    assert front.startswith("front of 4 (validation, supernet; accuracy, spikes): ")
    assert done == f"done: {tmp_path / 'w' / 'result'}"


def test_train_takes_genomes_a_study_and_seeds(study, tmp_path, capsys):
    work = tmp_path / "w"
    assert main(["train", "S-S", "--study", study, "--seeds", "2", "--workdir", str(work), "--quiet", *QUICK]) == 0
    told = capsys.readouterr()
    events = [json.loads(line) for line in told.out.splitlines()]
    trained = [(e["architecture"], e["seed"]) for e in events if e["kind"] == "training_finished"]
    assert trained == [("S-S", 0), ("S-S", 1)]
    assert told.err == ""


def test_errors_are_json_where_that_is_asked_for_and_quiet_leaves_them(study, tmp_path, capsys):
    command = ["run", study, "--workdir", str(tmp_path / "w"), "--set", "serch.ties=oldest"]
    assert main([*command, "--json"]) == 2
    said = "serch.ties: is no field of a study; the nearest is search.ties"
    assert json.loads(capsys.readouterr().err) == {"error": [said], "exit": 2}
    assert main([*command, "--quiet"]) == 2
    assert capsys.readouterr().err == f"error: {said}\n"


def test_what_a_folder_was_asked_is_json_where_that_is_asked_for(study, tmp_path, capsys):
    work = tmp_path / "w"
    work.mkdir()
    (work / "study.json").write_text(tiny_config().canonical())
    assert answer(capsys, "stop", str(work), "--json") == {"workdir": str(work), "asked": "stop", "then": "result"}
    assert main(["--json", "pause", str(work)]) == 2
    assert "there is nothing to pause" in json.loads(capsys.readouterr().err)["error"][0]


def test_help_calls_the_command_by_its_name(capsys):
    with pytest.raises(SystemExit):
        main(["run", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert told.startswith("usage: autosnn run")
    assert "75 paused" in told


def test_in_a_terminal_events_go_to_their_file_alone(study, tmp_path):
    work = tmp_path / "w"
    terminal, end = pty.openpty()
    command = [sys.executable, "-m", "autosnn", "run", study, "--workdir", str(work), *QUICK]
    with subprocess.Popen(command, stdout=end, stderr=end, stdin=subprocess.DEVNULL) as process:
        os.close(end)
        shown = b"".join(pieces(terminal)).decode()
    os.close(terminal)
    assert process.returncode == 0
    assert "{" not in shown
    assert "best so far  " in shown
    assert "done: " in shown
    assert (work / "events.jsonl").read_text().startswith('{"')


def pieces(terminal):
    """All that is written to a terminal, until nobody has it open."""
    while True:
        try:
            yield os.read(terminal, 4096)
        except OSError:
            return
