"""Requests for a headless run: SIGTERM, `pause`, `stop`, and `fork` of its folder."""

import json
import signal
import subprocess
import sys

from engine.__main__ import main
from engine.cli.journal import Journal
from engine.space.macro import Layer, MacroArchitecture
from tests.engine.run.played import more_generations
from tests.engine.tiny import tiny_config


def endless_config():
    """Seconds of searching, at one image a batch: too long for the search to end before a request is read."""
    layers = (Layer(channels=4), Layer(kind="max_pool", stride=2), *[Layer(channels=4)] * 5)
    config = more_generations(tiny_config(macro=MacroArchitecture(stem_channels=4, layers=layers)), 1000)
    return config.model_copy(update={"search": config.search.model_copy(update={"batch_size": 1})})


def headless(*arguments):
    return [sys.executable, "-m", "engine", *map(str, arguments)]


def test_sigterm_and_pause_save_and_stop_ends_early(tmp_path, capsys):
    """A long headless run: SIGTERM, `pause`, `stop`, `fork`; nothing done is done again."""
    config = endless_config()
    study = tmp_path / "study.json"
    study.write_text(config.model_dump_json())
    work = tmp_path / "work"
    command = headless("run", study, "--workdir", work)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        printed = read_until(process, b"supernet_finished")
        process.send_signal(signal.SIGTERM)
        printed += process.stdout.read()
        assert b"paused at a checkpoint" in process.stderr.read()
    assert process.returncode == 75
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        printed += read_until(process, b"generation_finished")
        assert main(["pause", str(work)]) == 0
        printed += process.stdout.read()
    assert process.returncode == 75
    assert main(["stop", str(work)]) == 0
    again = subprocess.run(command, capture_output=True, check=True)
    printed += again.stdout
    events = [json.loads(line) for line in printed.splitlines()]
    assert events == [json.loads(line) for line in (work / "events.jsonl").read_text().splitlines()]
    generations = [event["generation"] for event in events if event["kind"] == "generation_finished"]
    assert generations == list(range(len(generations)))
    assert 1 <= len(generations) < 1000
    assert Journal(work, config).finished
    assert main(["fork", str(work), "--generation", "1", "--to", str(tmp_path / "forked")]) == 0
    assert Journal(tmp_path / "forked", config).resume.step == 1
    capsys.readouterr()
    assert main(["pause", str(tmp_path / "nowhere")]) == 2
    assert "holds no study" in capsys.readouterr().err
    assert main(["pause", str(work)]) == 2
    assert capsys.readouterr().err == f"error: workdir: no run is at work in {work}; there is nothing to pause\n"


def read_until(process, words):
    """What it printed, up to the line with these words."""
    printed = b""
    for line in process.stdout:
        printed += line
        if words in line:
            break
    return printed
