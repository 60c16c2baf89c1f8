"""What is asked of a running study, forks, and the failures of the machine; each told in words."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys

import pytest
import torch

from engine.__main__ import main
from engine.cli.journal import Journal
from engine.errors import CheckpointError, ConfigError, OutOfDiskError, OutOfMemoryError
from engine.events import Commit, Resume, is_durable, to_wire
from engine.run.control import Control, ask, asked, settle
from engine.run.fork import changed_config, fork
from engine.space.macro import Layer, MacroArchitecture
from engine.storage import atomic, checkpoint
from engine.storage.atomic import read_metadata
from engine.study import run
from tests.engine.tiny import tiny_config


def play(config, workdir, control=None, until=lambda item: False, **options):
    """(durable events, commits) until the study ends or `until` says so; `until` may also change `control`."""
    events, commits = [], []
    for item in run(config, workdir, data_root=workdir, control=control, **options):
        if isinstance(item, Commit):
            commits.append(item)
        elif is_durable(item):
            events.append(to_wire(item))
        if until(item):
            break
    return events, commits


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    workdir = tmp_path_factory.mktemp("whole")
    return workdir, *play(tiny_config(), workdir)


def more_generations(config, count=3):
    return config.model_copy(update={"search": config.search.model_copy(update={"generations": count})})


def test_hurry_commits_at_the_next_batch(tmp_path):
    control = Control()
    seen = []

    def batch(item):
        if item.kind == "progress" if hasattr(item, "kind") else False:
            if control.hurry:
                return True
            control.hurry = True
        if isinstance(item, Commit):
            seen.append(item)
        return control.hurry and len(seen) == 2

    play(tiny_config(), tmp_path, control, batch)
    assert [commit.step for commit in seen] == [1, 2]


@pytest.mark.parametrize(("ending", "tail"), [("result", []), ("retrain", ["phase_started"])])
def test_a_stopped_search_finishes_its_generation(tmp_path, ending, tail):
    """Asked in the middle of the first generation of five: one generation, then retraining or the end."""
    control = Control()

    def generation_at_work(item):
        if getattr(item, "phase", "") == "search" and getattr(item, "kind", "") == "progress":
            control.ending = ending
        return False

    events, commits = play(more_generations(tiny_config(), 5), tmp_path, control, generation_at_work)
    kinds = [event["kind"] for event in events]
    assert kinds.count("generation_finished") == 1
    assert commits[-1].phase == "done"
    assert kinds[kinds.index("generation_finished") + 1 :][:1] == tail
    assert (kinds[-1] == "study_finished") == (ending == "retrain")


def test_a_stop_in_the_middle_of_retraining_ends_at_the_next_batch(tmp_path):
    control, batches = Control(), []

    def second_batch(item):
        if getattr(item, "phase", "") == "retrain" and getattr(item, "kind", "") == "progress":
            batches.append(item.done)
            control.ending = "result" if len(batches) == 2 else ""
        return False

    events, commits = play(tiny_config(), tmp_path, control, second_batch)
    assert batches == [1, 2]
    assert commits[-1].phase == "done"
    assert not [event for event in events if event.get("phase") == "retrain" and event["kind"] == "epoch_finished"]
    assert events[-1]["kind"] != "study_finished"


def test_a_stop_when_all_is_done_keeps_the_network(tmp_path):
    """Asked at the last image of the last epoch: it is finished."""
    control, config = Control(), tiny_config()

    def all_tested(item):
        message = f"epoch {config.retrain.epochs} of {config.retrain.epochs}, 40 of 40 test images"
        if getattr(item, "message", "") == message:
            control.ending = "result"
        return False

    events, _ = play(config, tmp_path, control, all_tested)
    assert control.ending == "result"
    assert events[-1]["kind"] == "study_finished"


def test_a_fork_goes_on_as_its_source_did(whole, tmp_path):
    """Same config, forked after generation 1: the rest is the source's, to the last bit of the weights."""
    source, events, commits = whole
    config = tiny_config()
    commit = fork(source, commits[-1], 1, config, tmp_path)
    resume = Resume(commit.checkpoint, commit.sha256, commit.step)
    again, _ = play(config, tmp_path, resume=resume)
    first = next(i for i, e in enumerate(events) if e["kind"] == "generation_finished")
    assert again == events[first + 1 :]
    weights = [(folder / "result" / "model.safetensors").read_bytes() for folder in (source, tmp_path)]
    assert weights[0] == weights[1]


def test_a_fork_may_search_longer_but_not_on_other_data(whole, tmp_path):
    source, _, commits = whole
    longer = changed_config(tiny_config(), {"search": {"generations": 3}})
    commit = fork(source, commits[-1], 2, longer, tmp_path)
    events, _ = play(longer, tmp_path, resume=Resume(commit.checkpoint, commit.sha256, commit.step))
    assert [e["generation"] for e in events if e["kind"] == "generation_finished"] == [2]
    with pytest.raises(ConfigError, match=r"^seed: a fork keeps its source's"):
        changed_config(tiny_config(), {"seed": 7})
    with pytest.raises(ConfigError, match=r"search\.fitness_lambda: a fork keeps"):
        changed_config(tiny_config(), {"search": {"fitness_lambda": -0.5}})
    with pytest.raises(ConfigError, match="generation: must be 0 to 2, got 3"):
        fork(source, commits[-1], 3, tiny_config(), tmp_path / "other")


def test_a_fork_runs_as_its_own_runtime_says_and_as_its_source_where_that_is_the_same(whole, tmp_path):
    source, _, commits = whole
    forks = {"same": {}, "other": {"runtime": {"threads": 2, "device": "auto"}}}
    began = {}
    for name, changes in forks.items():
        config = changed_config(tiny_config(), changes)
        commit = fork(source, commits[-1], 1, config, tmp_path / name)
        made = read_metadata(tmp_path / name / "checkpoints" / commit.checkpoint, commit.sha256)["state"]
        began[name] = (made["threads"], made["device"])
        assert made["kernels"] == kernels_of(source, commits[-1])
    assert began == {"same": (1, "cpu"), "other": (0, "")}
    _, stored = play(config, tmp_path / "other", resume=Resume(commit.checkpoint, commit.sha256, commit.step))
    after = read_metadata(tmp_path / "other" / "checkpoints" / stored[-1].checkpoint, stored[-1].sha256)["state"]
    assert after["threads"] == 2


def kernels_of(workdir, commit):
    """Whether the compiled kernels run the study."""
    return read_metadata(workdir / "checkpoints" / commit.checkpoint, commit.sha256)["state"]["kernels"]


def test_a_fork_of_a_damaged_supernet_is_refused(whole, tmp_path):
    source, _, commits = whole
    copy = tmp_path / "source"
    shutil.copytree(source, copy)
    supernet = next(copy.glob("supernet-*"))
    supernet.write_bytes(supernet.read_bytes()[:-1])
    with pytest.raises(CheckpointError, match="damaged"):
        fork(copy, commits[-1], 1, tiny_config(), tmp_path / "fork")


def test_a_torchless_checkpoint_reads_like_any_other(tmp_path):
    done = atomic.write_metadata(tmp_path / "x.safetensors", {"state": {"ü": [1]}})
    assert checkpoint.read(tmp_path / "x.safetensors", done.sha256) == ({}, {"state": {"ü": [1]}})
    assert atomic.read_metadata(tmp_path / "x.safetensors", done.sha256) == {"state": {"ü": [1]}}
    tensors = checkpoint.write(tmp_path / "y.safetensors", {"w": torch.ones(3)}, {"a": 1})
    assert atomic.read_metadata(tmp_path / "y.safetensors", tensors.sha256) == {"a": 1}


def test_threads_and_device_are_recorded_and_taken_up(tmp_path, monkeypatch):
    _, commits = play(tiny_config(), tmp_path, until=lambda item: isinstance(item, Commit))
    state = atomic.read_metadata(tmp_path / "checkpoints" / commits[0].checkpoint, commits[0].sha256)["state"]
    assert (state["threads"], state["device"]) == (1, "cpu")
    torch.set_num_threads(2)
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)  # a study begun on the CPU stays there
    resume = Resume(commits[0].checkpoint, commits[0].sha256, 1)
    config = tiny_config().model_copy(update={"runtime": tiny_config().runtime.model_copy(update={"device": "cpu"})})
    next(run(config, tmp_path, data_root=tmp_path, resume=resume))
    assert torch.get_num_threads() == 1


def test_with_two_threads_an_interruption_leaves_no_trace_either(tmp_path):
    runtime = tiny_config().runtime.model_copy(update={"threads": 2})
    config = tiny_config().model_copy(update={"runtime": runtime})
    whole, commits = play(config, tmp_path / "whole")
    first, early = play(
        config, tmp_path / "cut", commit_seconds=0, until=lambda i: isinstance(i, Commit) and i.step == 9
    )
    resume = Resume(early[-1].checkpoint, early[-1].sha256, early[-1].step)
    rest, _ = play(config, tmp_path / "cut", attempt=1, resume=resume)
    assert first + rest == whole
    weights = [(tmp_path / folder / "result" / "model.safetensors").read_bytes() for folder in ("whole", "cut")]
    assert weights[0] == weights[1]
    assert commits[-1].phase == "done"


def test_memory_that_runs_out_is_told_with_its_number_and_the_setting(tmp_path, monkeypatch):
    def greedy(*_):
        torch.empty(10**15, dtype=torch.uint8)

    monkeypatch.setattr("engine.training.trainer.Trainer._step", greedy)
    with pytest.raises(OutOfMemoryError) as told:
        play(tiny_config(), tmp_path)
    assert "asked for 1,000,000.00 GB more" in str(told.value)
    assert "lower supernet.batch_size (now 16) or network.time_steps (now 2)" in str(told.value)


@pytest.mark.parametrize("at", [0, 1, 700, 5000])
def test_a_disk_that_fills_leaves_the_last_checkpoint_whole(tmp_path, monkeypatch, at):
    config = tiny_config()
    _, commits = play(config, tmp_path, until=lambda item: isinstance(item, Commit))
    before = (tmp_path / "checkpoints" / commits[0].checkpoint).read_bytes()
    monkeypatch.setattr("engine.storage.atomic.write_all", full_after(at))
    resume = Resume(commits[0].checkpoint, commits[0].sha256, 1)
    with pytest.raises(OutOfDiskError, match="no room left on the disk"):
        play(config, tmp_path, resume=resume, commit_seconds=0)
    assert (tmp_path / "checkpoints" / commits[0].checkpoint).read_bytes() == before
    assert [path.name for path in (tmp_path / "checkpoints").iterdir()] == [commits[0].checkpoint]


def full_after(count):
    """A disk with room for so many bytes more."""

    def write(file, data):
        file.write(data[:count])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    return write


def test_wishes_for_a_headless_run_are_left_in_its_folder(tmp_path):
    assert asked(tmp_path) == (False, "")
    ask(tmp_path, pause=True, ending="retrain")
    assert asked(tmp_path) == (True, "retrain")
    settle(tmp_path, "retrain")
    assert asked(tmp_path) == (False, "retrain")
    (tmp_path / "control.json").write_text("[]")
    assert asked(tmp_path) == (False, "")


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
