"""What a run does about a damaged folder: which commit it goes on from, what it says, and what it refuses."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path

import pytest

from engine.storage.head import read_head
from tests.engine.cli.damage import command, contents
from tests.engine.tiny import tiny_config

SINCE = ("events_sha256", "earlier", "result", "check")
"""What earlier versions did not write into head.json."""


@pytest.fixture
def work(made, tmp_path):
    """A copy of the paused folder."""
    return Path(shutil.copytree(made / "paused", tmp_path / "w"))


def run(made, work):
    return command("run", made / "study.json", "--workdir", work)


def checkpoints(work):
    """Newest first."""
    return sorted((work / "checkpoints").glob("*.safetensors"), reverse=True)


def test_a_head_tells_of_the_last_three_commits_in_the_words_of_earlier_versions(work):
    head = json.loads((work / "head.json").read_text())
    assert [head["step"], *(commit["step"] for commit in head["earlier"])] == [4, 3, 2]
    for commit in (head, *head["earlier"]):
        path = work / "checkpoints" / commit["checkpoint"]
        assert path.stat().st_size == commit["size"]
    assert head["bytes"] == (work / "events.jsonl").stat().st_size
    assert (work / "head.json").read_bytes() == (work / "checkpoints" / "head.json").read_bytes()


@pytest.mark.parametrize("count", [1, 2])
def test_a_damaged_checkpoint_leaves_the_one_before(made, work, count):
    newest = checkpoints(work)[0]
    for path in checkpoints(work)[:count]:
        path.write_bytes(path.read_bytes()[:-1])
    ended = run(made, work)
    assert ended.status == 0
    warning = ended.told.splitlines()[0]
    assert warning.startswith(f"warning: {newest.name} is damaged: its SHA-256 is ")
    assert warning.endswith(f"; the run goes on from step {4 - count}, which is whole")
    assert contents(work) == contents(made / "finished")


def test_it_prints_again_what_comes_behind_the_checkpoint_it_goes_on_from(made, work):
    before = read_head(work / "head.json").earlier[0].bytes
    checkpoints(work)[0].unlink()
    whole = (made / "finished" / "events.jsonl").read_bytes()
    assert run(made, work).printed.encode() == whole[before:]


def test_where_all_are_damaged_the_newest_is_named_with_the_ways_on(made, work):
    for path in checkpoints(work):
        path.write_bytes(b"")
    files = {path: path.read_bytes() for path in work.rglob("*") if path.is_file()}
    ended = run(made, work)
    assert ended.status == 2
    assert f"{work} cannot go on: 0000-000004.safetensors is damaged" in ended.told
    assert "restore it from a copy of the folder, or choose another --workdir to begin anew" in ended.told
    assert {path: path.read_bytes() for path in work.rglob("*") if path.is_file()} == files


@pytest.mark.parametrize("damage", ["", "{}", "null", "rubbish"])
def test_a_damaged_head_has_a_copy(made, work, damage):
    (work / "head.json").write_text(damage)
    ended = run(made, work)
    assert ended.status == 0
    assert ended.told.startswith(f"warning: {work / 'head.json'} is ")
    assert contents(work) == contents(made / "finished")


@pytest.mark.parametrize("left", ["checkpoints", "result", "events.jsonl"])
def test_without_a_head_nothing_is_begun_over_a_study(made, tmp_path, left):
    work = tmp_path / "w"
    work.mkdir()
    copy = shutil.copytree if (made / "finished" / left).is_dir() else shutil.copy
    copy(made / "finished" / left, work / left)
    (work / "checkpoints" / "head.json").unlink(missing_ok=True)
    ended = run(made, work)
    assert ended.status == 2
    assert f"{work} holds a study, but {work / 'head.json'} does not exist" in ended.told


def test_a_crash_before_the_first_commit_was_stored_is_begun_anew(made, work):
    """The first checkpoint and its two events are there, and no head."""
    shutil.copy(checkpoints(work)[-1], work / "checkpoints" / "0000-000001.safetensors")
    for path in [*checkpoints(work)[:-1], *work.glob("**/head.json"), *work.glob("supernet*")]:
        path.unlink()
    lines = (work / "events.jsonl").read_bytes().splitlines(keepends=True)
    (work / "events.jsonl").write_bytes(b"".join(lines[:2]) + b"{half a li")
    assert run(made, work).status == 0
    assert contents(work) == contents(made / "finished")


def test_a_lost_study_json_is_written_again_for_the_same_study_alone(made, work, tmp_path):
    own = (work / "study.json").read_bytes()
    (work / "study.json").unlink()
    other = tmp_path / "other.json"
    other.write_text(tiny_config(seed=1).model_dump_json())
    refused = command("run", other, "--workdir", work)
    assert refused.status == 2
    assert f"{work / 'events.jsonl'} belongs to another study" in refused.told
    assert not (work / "study.json").exists()
    assert run(made, work).status == 0
    assert (work / "study.json").read_bytes() == own


def test_of_an_earlier_versions_folder_every_event_is_read(made, work):
    """Its head.json has no sums: a run goes on from there, and a line that is no event is named."""
    for name in ("head.json", "checkpoints/head.json"):
        head = json.loads((work / name).read_text())
        (work / name).write_text(json.dumps({key: value for key, value in head.items() if key not in SINCE}))
    damaged = shutil.copytree(work, work.with_name("damaged"))
    text = (damaged / "events.jsonl").read_text()
    (damaged / "events.jsonl").write_text(
        text.replace('"epoch": 2', '"epoch": x', 1).replace('"epoch": x', '"epocx": 2')
    )
    refused = run(made, damaged)
    assert refused.status == 2
    assert f"{damaged / 'events.jsonl'} is damaged: line 4 is no event of a study" in refused.told
    assert run(made, work).status == 0
    assert contents(work) == contents(made / "finished")


def test_a_finished_study_whose_result_is_damaged_is_not_called_finished(made, tmp_path):
    work = shutil.copytree(made / "finished", tmp_path / "w")
    (work / "result" / "README.md").unlink()
    ended = run(made, work)
    assert ended.status == 2
    assert f"error: {work} is finished, but result: {work / 'result' / 'README.md'} does not exist" in ended.told


@pytest.mark.parametrize("place", ["engine.cli.journal.write_all", "engine.storage.atomic.write_all"])
@pytest.mark.parametrize("at", [0, 1, 300])
def test_a_disk_that_fills_is_named_and_loses_nothing(made, work, monkeypatch, place, at):
    """While events are written, and while a checkpoint or the head is."""
    before = read_head(work / "head.json")
    monkeypatch.setattr(place, full_after(at))
    ended = run(made, work)
    assert ended.status == 2
    assert ended.told.splitlines()[-1].startswith(f"error: no room left on the disk of {work}: the last checkpoint is ")
    assert read_head(work / "head.json") == before
    monkeypatch.undo()
    assert run(made, work).status == 0
    assert contents(work) == contents(made / "finished")


def full_after(count):
    """A disk with room for so many bytes more."""

    def write(file, data):
        file.write(data[:count])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    return write


def test_a_fork_of_a_folder_whose_newest_checkpoint_is_damaged_is_made_from_the_one_before(made, tmp_path):
    source = shutil.copytree(made / "finished", tmp_path / "w")
    for path in checkpoints(source)[:1]:
        path.write_bytes(b"")
    target = tmp_path / "forked"
    assert command("fork", source, "--generation", 1, "--to", target).status == 0
    assert command("run", target / "study.json", "--workdir", target).status == 0
    assert contents(target) == contents(made / "finished")


def test_a_fork_that_fails_leaves_nothing(made, tmp_path):
    source = shutil.copytree(made / "finished", tmp_path / "w")
    next(source.glob("supernet-*")).write_bytes(b"")
    before = sorted(tmp_path.iterdir())
    assert command("fork", source, "--generation", 1, "--to", tmp_path / "f").status == 2
    assert command("fork", source, "--generation", 9, "--to", tmp_path / "f").status == 2
    assert sorted(tmp_path.iterdir()) == before
