"""Paths that name no file of ours: each command says in one line what is there, at once."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import tempfile
from pathlib import Path

import pytest

from tests.engine.cli.damage import command


@pytest.fixture
def special(tmp_path, monkeypatch):
    """A folder with one of each kind of path, in which the commands run."""
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    os.mkdir("folder")  # noqa: PTH102
    os.symlink("nowhere", "dangling")  # noqa: PTH211
    os.symlink("loop", "loop")  # noqa: PTH211
    os.symlink("/dev/zero", "device")  # noqa: PTH211
    (tmp_path / "file").write_text("no JSON")
    (tmp_path / "empty").write_text("")
    (tmp_path / os.fsdecode(b"not-utf-8-\xff")).write_text("no JSON")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
        yield tmp_path


PATHS = {
    "pipe": "is a named pipe",
    "folder": "",
    "dangling": "is a link to nowhere, which does not exist",
    "loop": "Too many levels of symbolic links",
    "device": "is a device",
    "socket": "is a socket",
    "file": "",
    "empty": "",
    os.fsdecode(b"not-utf-8-\xff"): "",
    "nothing": "",
    "file/below": "Not a directory",
    "x" * 300: "File name too long",
    "/proc/x": "",
}
"""Each with what is said of it where a file is needed; "" where that differs from command to command."""
READ = {
    "run": ["run", "PATH", "--workdir", "new"],
    "evaluate": ["evaluate", "PATH"],
    "show": ["show", "PATH"],
    "energy": ["energy", "PATH"],
    "inspect": ["inspect", "PATH"],
    "zoo": ["zoo", "wu-2019b", "--study", "PATH"],
    "directions": ["directions", "PATH"],
    "data": ["data", "PATH"],
}
FOLDER = {
    "run in": ["run", "STUDY", "--workdir", "PATH"],
    "pause": ["pause", "PATH"],
    "stop": ["stop", "PATH"],
    "fork": ["fork", "PATH", "--generation", "0", "--to", "new"],
    "figures": ["figures", "PATH", "--out", "new"],
    "samples": ["evaluate", "RESULT", "--samples", "PATH"],
}
CASES = [(name, path) for name in (*READ, *FOLDER) for path in PATHS]
MADE = {("run in", "folder"), ("run in", "nothing")}


@pytest.mark.parametrize(("name", "path"), [case for case in CASES if case not in MADE])
def test_one_line_names_the_path_and_what_is_there(special, made, name, path):
    places = {"PATH": path, "STUDY": made / "study.json", "RESULT": made / "finished" / "result"}
    ended = command(*(places.get(part, part) for part in (READ | FOLDER)[name]))
    assert (ended.status, ended.printed) == (2, "")
    assert ended.told.count("\n") == 1
    assert ended.told.startswith("error: ")
    if name != "zoo" or path != "nothing":
        assert path.encode("utf-8", "backslashreplace").decode() in ended.told
    if name in READ and name != "data":
        assert PATHS[path] in ended.told
    assert not (special / "new").exists()


@pytest.mark.parametrize("path", ["pipe", "socket", "device", "folder"])
def test_no_output_takes_the_place_of_what_is_no_file(special, made, path):
    """A device would be gone: writing is making a new file and renaming it."""
    before = os.stat(path)  # noqa: PTH116
    ask = ("--architecture", "C3-C3", "--sample", "0")
    ended = command("inspect", made / "finished", *ask, "--output", path)
    assert ended.status == 2
    assert f"error: {path}: is a" in ended.told
    assert os.stat(path) == before  # noqa: PTH116


@pytest.fixture
def foreign(made):
    """A copy of the finished folder that everybody may read, but for what a test forbids."""
    with tempfile.TemporaryDirectory() as home:
        Path(home).chmod(0o755)
        yield Path(shutil.copytree(made / "finished", Path(home) / "w"))


@contextlib.contextmanager
def nobody():
    """Without root's rights to read everything."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.mark.parametrize("name", ["study.json", "head.json", "events.jsonl", "result/model.safetensors", "."])
def test_what_may_not_be_read_is_named(foreign, tmp_path, name):
    reads = [("figures", foreign, "--out", tmp_path / "kit"), ("directions", foreign)]
    if name.startswith(("result", ".")):
        reads = [("show", foreign / "result"), ("evaluate", foreign / "result" / "model.safetensors")]
    for read in reads:
        assert command(*read).status == 0  # and everything is loaded that nobody might not read
    (foreign / name).chmod(0)
    for read in reads:
        with nobody():
            ended = command(*read)
        assert ended.status == 2
        assert ended.told.startswith(f"error: {foreign}")
        assert ended.told.endswith("Permission denied\n")
    (foreign / name).chmod(0o755)
