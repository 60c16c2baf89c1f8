"""What is printed suits its reader: terminals of few letters, closed streams, a full disk, control characters."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys

import pytest

from engine.cli.output import print_json, printable, tell
from tests.engine.cli.damage import command

FOUND = {"classes": ["café", "日本", "\u202eevil", "\x1b[31m", "\x9b31m", "\udcff", "👨‍👩‍👧"]}


def engine(*arguments, **more):
    return subprocess.run([sys.executable, "-m", "engine", *arguments], stderr=subprocess.PIPE, timeout=60, **more)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8", "cp1252"])
def test_json_is_the_same_in_every_encoding_and_holds_nothing_a_terminal_obeys(monkeypatch, encoding):
    raw = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding=encoding))
    print_json(FOUND)
    text = raw.getvalue().decode(encoding)
    assert json.loads(text) == FOUND
    assert not set(text) & set("\x1b\x9b\u202e\udcff")
    assert ("café" in text) == (encoding == "utf-8")  # 日本 is in none of the others


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Zürich 日本 👨‍👩‍👧", "Zürich 日本 👨‍👩‍👧"),
        ("\x1b[2Jgone\x07", r"\x1b[2Jgone\x07"),
        ("\x9b31m", r"\x9b31m"),
        ("gpj.\u202efdp", r"gpj.\u202efdp"),
        ("caf\udcff", r"caf\udcff"),
    ],
)
def test_what_would_do_more_than_be_seen_is_escaped(capsys, text, shown):
    assert printable(text) == shown
    tell(text)
    assert capsys.readouterr().err == shown + "\n"


def test_a_refusal_escapes_what_it_repeats(tmp_path):
    assert "\x1b" not in command("show", "\x1b[31m").told
    assert "\x1b" not in command("show", "here", "\x1b[31m").told
    assert command("show", "two\nlines").told == "error: two lines does not exist\n"


def test_help_is_printed_on_a_terminal_that_knows_ascii_alone():
    done = engine("--help", stdout=subprocess.PIPE, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"75 paused" in b" ".join(done.stdout.split())


def test_with_all_streams_closed_no_file_takes_their_place(tmp_path):
    """The first file opened would be number 0, and be written to as if it were a terminal."""
    command_line = f"exec {sys.executable} -m engine show nothing <&- >&- 2>&-"
    assert subprocess.run(["sh", "-c", command_line], timeout=60).returncode == 2
    check = (
        "from engine.cli.streams import prepare_streams; prepare_streams(); import os, sys; "
        f"opened = os.open({str(tmp_path / 'file')!r}, os.O_CREAT | os.O_WRONLY); print(opened); sys.exit(opened < 3)"
    )
    closed = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", sys.executable, "-c", check]
    assert subprocess.run(closed, timeout=60).returncode == 0


def test_output_on_a_full_disk_is_refused():
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        done = engine("presets", stdout=full)
    assert done.returncode == 2
    assert done.stderr == b"error: standard output cannot be written: No space left on device\n"
