"""A whole study: what it emits, that it repeats itself, and that any interruption leaves no trace."""

import hashlib
import shutil
from pathlib import Path

import pytest
import torch

from engine.data.load import load
from engine.errors import CheckpointError, DataError, DivergedError
from engine.events import Commit, Resume, from_wire, is_durable, to_wire
from engine.export import package
from engine.export.reproduce import reproduce
from engine.metrics.pareto import front
from engine.metrics.spike_map import decode_map
from engine.study import run
from engine.training.trainer import Trainer
from tests.engine.tiny import tiny_config


def collect(config, workdir, **options):
    """(durable events as wire, commits) of a run to its end."""
    events, commits = [], []
    for event in run(config, workdir, data_root=workdir, **options):
        if isinstance(event, Commit):
            commits.append(event)
        elif is_durable(event):
            events.append(to_wire(event))
    return events, commits


def run_in_pieces(config, workdir, commit_seconds=0.0):
    """Leave at every single commit and open the study anew, as a worker that is killed each time would."""
    events, resume, attempt = [], None, 0
    while True:
        pending = []
        steps = run(config, workdir, data_root=workdir, attempt=attempt, resume=resume, commit_seconds=commit_seconds)
        for event in steps:
            if isinstance(event, Commit):
                break
            if is_durable(event):
                pending.append(to_wire(event))
        else:
            raise AssertionError("a study ends with a commit")
        steps.close()
        events += pending
        if event.phase == "done":
            return events, attempt
        resume, attempt = Resume(event.checkpoint, event.sha256, event.step), attempt + 1


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    workdir = tmp_path_factory.mktemp("undisturbed")
    return workdir, *collect(tiny_config(), workdir)


def test_a_study_tells_its_whole_story(undisturbed):
    _, events, commits = undisturbed
    kinds = [event["kind"] for event in events]
    assert kinds == [
        "study_started", "phase_started", "epoch_finished", "epoch_finished", "supernet_finished",
        "phase_started", "generation_finished", "generation_finished",
        "phase_started", "epoch_finished", "epoch_finished", "study_finished",
    ]  # fmt: skip
    assert commits[-1].phase == "done"
    assert [c.step for c in commits] == list(range(1, len(commits) + 1))


def test_events_survive_the_wire(undisturbed):
    _, events, _ = undisturbed
    assert [to_wire(from_wire(event)) for event in events] == events


def test_candidates_are_consistent(undisturbed):
    _, events, _ = undisturbed
    candidates = []
    for event in events:
        if event["kind"] == "generation_finished":
            candidates += event["candidates"]
            assert event["front"] == front([(c["accuracy"], c["spikes"]) for c in candidates])
            assert event["best"] == max(candidates, key=lambda c: (c["fitness"], -c["id"]))["id"]
    assert [c["id"] for c in candidates] == list(range(8))
    for c in candidates:
        assert decode_map(c["spike_map"], 2).sum(dtype="float64") == c["spikes"]


def test_the_ledger_sums_exactly_to_the_result(undisturbed):
    _, events, _ = undisturbed
    finished = events[-1]
    assert sum(finished["spikes_by_layer"].values()) == finished["test_spikes"]


def test_the_same_seed_gives_the_same_study(undisturbed, tmp_path):
    _, events, commits = undisturbed
    again, commits_again = collect(tiny_config(), tmp_path)
    assert again == events
    assert [c.sha256 for c in commits_again] == [c.sha256 for c in commits]


def test_another_seed_gives_another_study(undisturbed, tmp_path):
    _, events, _ = undisturbed
    other, _ = collect(tiny_config(seed=1), tmp_path)
    assert other[2]["loss"] != events[2]["loss"]


def test_leaving_at_every_commit_changes_nothing(undisturbed, tmp_path):
    """Commits after every batch; the study is torn down and opened again at each: identical to the last bit."""
    workdir, events, _ = undisturbed
    pieces, attempts = run_in_pieces(tiny_config(), tmp_path)
    assert attempts > 15
    assert pieces == events
    for name in (package.MODEL, package.CONFIG, package.README, package.SUMS):
        assert (tmp_path / package.FOLDER / name).read_bytes() == (workdir / package.FOLDER / name).read_bytes()


def test_each_step_has_the_study_s_own_threads_whoever_took_turns_in_between(tmp_path):
    """A worker keeps several studies open in one process, and each may want another number of threads."""
    config = tiny_config()
    before, seen = torch.get_num_threads(), []
    for _ in run(config, tmp_path, data_root=tmp_path):
        seen.append(torch.get_num_threads())
        torch.set_num_threads(2)
    torch.set_num_threads(before)
    assert len(seen) > 10
    assert set(seen) == {1}


def test_a_run_that_is_left_gives_its_memory_back(tmp_path, monkeypatch):
    released = []
    monkeypatch.setattr("engine.study.return_freed_memory", lambda: released.append(True))
    steps = run(tiny_config(), tmp_path, data_root=tmp_path, commit_seconds=0.0)
    while not isinstance(next(steps), Commit):
        assert released == []
    steps.close()
    assert released == [True]


def test_the_package_reproduces_its_numbers(undisturbed, tmp_path):
    workdir, events, _ = undisturbed
    archive = shutil.make_archive(str(tmp_path / "winner"), "zip", workdir / package.FOLDER)
    measured = reproduce(Path(archive), tmp_path, "test")
    assert measured["accuracy"] == events[-1]["test_accuracy"]
    assert measured["spikes"] == events[-1]["test_spikes"]
    assert measured["spikes_by_layer"] == events[-1]["spikes_by_layer"]
    assert measured["same_data"] is True


def test_checksums_of_the_package_are_right(undisturbed):
    folder = undisturbed[0] / package.FOLDER
    for line in (folder / package.SUMS).read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def first_commit(config, workdir):
    for event in run(config, workdir, data_root=workdir, commit_seconds=0):
        if isinstance(event, Commit):
            return Resume(event.checkpoint, event.sha256, event.step)
    raise AssertionError


def test_a_damaged_checkpoint_is_named(tmp_path):
    config = tiny_config()
    resume = first_commit(config, tmp_path)
    path = tmp_path / "checkpoints" / resume.checkpoint
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(CheckpointError, match="damaged"):
        next(run(config, tmp_path, data_root=tmp_path, resume=resume))


def test_a_checkpoint_of_another_config_is_refused(tmp_path):
    resume = first_commit(tiny_config(), tmp_path)
    with pytest.raises(CheckpointError, match="another config"):
        next(run(tiny_config(seed=5), tmp_path, data_root=tmp_path, resume=resume))


def test_changed_data_is_refused(tmp_path, monkeypatch):
    config = tiny_config()
    resume = first_commit(config, tmp_path)
    original = load(config, tmp_path)
    monkeypatch.setattr(
        "engine.run.session.load", lambda *a: original.__class__(**{**vars(original), "digest": "0" * 64})
    )
    with pytest.raises(DataError, match="changed"):
        next(run(config, tmp_path, data_root=tmp_path, resume=resume))


def test_divergence_is_named_with_its_step(tmp_path, monkeypatch):
    monkeypatch.setattr("engine.training.trainer.Trainer._step", lambda *a: torch.tensor([float("nan"), 0, 0]))
    with pytest.raises(DivergedError, match=r"supernet epoch 1, batch 1; lower supernet\.learning_rate"):
        collect(tiny_config(), tmp_path)


def test_weights_that_are_no_numbers_are_found_though_their_spikes_make_a_loss(tmp_path, monkeypatch):
    """A current of NaN fires nothing: the loss is that of a silent network, and finite."""
    step = Trainer._step

    def broken(self, images, labels, path):
        said = step(self, images, labels, path)
        with torch.no_grad():
            self.network.classifier.linear.weight[0, 0] = float("nan")
        return said

    monkeypatch.setattr(Trainer, "_step", broken)
    with pytest.raises(DivergedError, match=r"stem\.conv\.conv\.weight are not finite after supernet epoch 1; lower"):
        collect(tiny_config(), tmp_path)


def test_old_checkpoints_go_and_three_stay(undisturbed):
    assert len(list((undisturbed[0] / "checkpoints").iterdir())) == 3
