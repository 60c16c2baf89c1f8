"""The headless commands: what users script against."""

import json
import os
import signal
import subprocess
import sys

import pytest

from engine.__main__ import main
from tests.engine.tiny import tiny_config


@pytest.fixture
def study_file(tmp_path):
    path = tmp_path / "study.json"
    path.write_text(json.dumps(tiny_config().model_dump(mode="json")))
    return path


def engine(*arguments):
    return [sys.executable, "-m", "engine", *map(str, arguments)]


def test_presets_are_listed_and_printed(capsys):
    assert main(["presets"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert {"quick-look", "paper-cifar10", "cifar10-hour"} <= {entry["preset"] for entry in listed}
    for entry in listed:
        assert main(["config", entry["preset"]]) == 0
        assert json.loads(capsys.readouterr().out)["version"] == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seed": -1}, "seed: must be at least 0, got -1"),
        ({"search": {"generations": 10**6}}, "search.generations: must be at most 1000, got 1000000"),
        ({"time": 4}, "time: is no field of this format"),
    ],
)
def test_bad_input_exits_2_with_one_line_naming_field_and_bound(study_file, tmp_path, capsys, change, message):
    study_file.write_text(json.dumps({**json.loads(study_file.read_text()), **change}))
    assert main(["run", str(study_file), "--workdir", str(tmp_path / "w")]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_run_evaluate_show(study_file, tmp_path, capsys):
    workdir = tmp_path / "w"
    assert main(["run", str(study_file), "--workdir", str(workdir)]) == 0
    captured = capsys.readouterr()
    events = [json.loads(line) for line in captured.out.splitlines()]
    assert events[0]["kind"] == "study_started"
    assert "supernet: epoch 1 of 2" in captured.err
    assert main(["evaluate", str(workdir / "result")]) == 0
    measured = json.loads(capsys.readouterr().out)
    assert measured["accuracy"] == events[-1]["test_accuracy"]
    assert measured["spikes"] == events[-1]["test_spikes"]
    assert main(["show", str(workdir / "result" / "model.safetensors")]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["architecture"] == events[-1]["architecture"]
    assert sum(layer["parameters"] for layer in shown["layers"]) == shown["parameters"]


def test_a_study_over_several_seeds_reports_mean_and_spread(study_file, tmp_path, capsys):
    work = tmp_path / "seeds"
    assert main(["run", str(study_file), "--workdir", str(work), "--seeds", "2"]) == 0
    summary = json.loads((work / "seeds.json").read_text())
    capsys.readouterr()
    alone = []
    for seed in (0, 1):
        events = [json.loads(line) for line in (work / f"seed-{seed}" / "events.jsonl").read_text().splitlines()]
        alone.append(events[-1])
        assert json.loads((work / f"seed-{seed}" / "study.json").read_text())["seed"] == seed
    assert [one["test_spikes"] for one in summary["seeds"]] == [event["test_spikes"] for event in alone]
    spikes = [event["test_spikes"] for event in alone]
    assert summary["test_spikes"]["mean"] == pytest.approx(sum(spikes) / 2)
    assert summary["test_spikes"]["deviation"] == pytest.approx(abs(spikes[0] - spikes[1]) / 2**0.5)
    assert main(["run", str(study_file), "--workdir", str(work), "--seeds", "2"]) == 0
    assert "already finished" in capsys.readouterr().err
    assert main(["run", str(study_file), "--workdir", str(work), "--seeds", "101"]) == 2
    assert "--seeds: must be 1 to 100, got 101" in capsys.readouterr().err


def test_a_finished_folder_is_left_alone_and_another_study_is_refused(study_file, tmp_path, capsys):
    workdir = tmp_path / "w"
    assert main(["run", str(study_file), "--workdir", str(workdir)]) == 0
    capsys.readouterr()
    assert main(["run", str(study_file), "--workdir", str(workdir)]) == 0
    assert "already finished" in capsys.readouterr().err
    study_file.write_text(json.dumps(tiny_config(seed=9).model_dump(mode="json")))
    assert main(["run", str(study_file), "--workdir", str(workdir)]) == 2
    assert "another study" in capsys.readouterr().err


def test_killed_in_the_middle_and_run_again_it_ends_the_same(study_file, tmp_path):
    """kill -9 right after the first generation is on stdout; the second run prints only what was missing."""
    calm = subprocess.run(engine("run", study_file, "--workdir", tmp_path / "calm"), capture_output=True, check=True)
    command = engine("run", study_file, "--workdir", tmp_path / "killed")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        printed = b""
        for line in process.stdout:
            printed += line
            if b"generation_finished" in line:
                os.kill(process.pid, signal.SIGKILL)
                break
        printed += process.stdout.read()
    assert process.returncode == -signal.SIGKILL
    again = subprocess.run(command, capture_output=True, check=True)
    assert printed + again.stdout == calm.stdout
    files = [(tmp_path / run / "result" / "model.safetensors").read_bytes() for run in ("calm", "killed")]
    assert files[0] == files[1]


def test_a_second_run_in_a_folder_at_work_is_refused_and_writes_nothing(study_file, tmp_path, capsys):
    work = tmp_path / "w"
    run = ["run", str(study_file), "--workdir", str(work)]
    with subprocess.Popen(engine(*run), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as first:
        printed = first.stdout.readline()  # an event is stored
        first.send_signal(signal.SIGSTOP)  # whatever changes now, the second run changes it
        before = contents(work)
        status = main(run)
        after = contents(work)
        first.send_signal(signal.SIGCONT)
        printed += first.stdout.read()
    assert (status, after) == (2, before)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == (
        f"error: workdir: another run is at work in {work}; wait for it, pause it, or choose another --workdir\n"
    )
    assert (work / "events.jsonl").read_bytes() == printed
    assert main(run) == 0  # the lock went with the process


def contents(folder):
    """Every file below it."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("content", [b"", b"not a model", b"\xff" * 64, (2**63).to_bytes(8, "little") + b"{}"])
def test_rubbish_for_a_checkpoint_is_refused_in_one_line(tmp_path, capsys, content):
    path = tmp_path / "model.safetensors"
    path.write_bytes(content)
    assert main(["evaluate", str(path)]) == 2
    assert "is not an AutoSNN Studio model" in capsys.readouterr().err
    assert main(["show", str(tmp_path / "nothing.zip")]) == 2
    assert "does not exist" in capsys.readouterr().err


def test_figures_of_a_folder_while_it_runs_and_after(study_file, tmp_path, capsys):
    workdir, out = tmp_path / "w", tmp_path / "kit"
    assert main(["figures", str(workdir), "--out", str(out)]) == 2
    assert "study.json is missing; give the --workdir of a run" in capsys.readouterr().err
    assert main(["run", str(study_file), "--workdir", str(workdir)]) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert main(["figures", str(workdir), "--out", str(out)]) == 0
    assert str(out / "front.svg") in capsys.readouterr().out.splitlines()
    assert f"{last['test_accuracy']:.2%} on the test split" in (out / "method.txt").read_text()
    assert main(["run", str(out / "study.json"), "--workdir", str(workdir)]) == 0  # the kit's config is the study's


def test_where_nobody_reads_on_it_ends_in_silence():
    """As in `python -m engine presets | head`, whose reader has gone when the rest is written."""
    with subprocess.Popen(engine("presets"), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.wait(timeout=60) == 141
        assert process.stderr.read() == b""
