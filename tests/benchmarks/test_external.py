"""Commands of other people as peers of the training step: one that works, and every way in which one does not."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import __main__ as command_line
from benchmarks import rows
from benchmarks.workers import ContenderError, Place, Worker, take_turns

PEER = [sys.executable, str(Path(__file__).with_name("peer.py")), "4"]
READY = "print('{}', flush=True); "
TINY = replace(rows.QUICK, rounds=1, batch=2)


def script(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_a_peer_of_one_s_own_stands_beside_ours(monkeypatch):
    monkeypatch.setattr(rows, "peers", dict)
    found = command_line.measured(TINY, Place(threads=1), external=PEER, only="train", patience=100)
    against = f"external: {' '.join(PEER)}"
    names = ["training step, ours", "training step, ours in torch"]
    names += ["peak memory of training, ours", "peak memory of training, ours in torch"]
    assert [row["name"] for row in found] == names
    assert {row["against"] for row in found} == {against}
    for row in found[:2]:
        assert row["peer"] > 0
        assert row["cpu_peer"] > 0
        assert against in command_line.line(row)
    assert [row["peer"] for row in found[2:]] == [123.0, 123.0]


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("raise SystemExit(7)", "ended with status 7"),
        (READY + "input(); raise SystemExit(3)", "ended with status 3"),
        (READY + "import os; os.close(0)", "ended with status 0"),
        ("print('loading the network')", "wrote 'loading the network' where a line of JSON such as {} was expected"),
        ("print([1])", r"wrote '\[1\]' where"),
        ("import sys; sys.stdout.buffer.write(bytes([255, 10]))", "wrote '\ufffd' where"),
        (READY + "input(); print('{}')", '"seconds" must be a number above 0, got None'),
        (READY + "input(); print('{\"seconds\": 0}')", "above 0, got 0"),
        (READY + "input(); print('{\"seconds\": NaN}')", "above 0, got nan"),
        (READY + 'input(); print(\'{"seconds": "1"}\')', "above 0, got '1'"),
    ],
)
def test_one_that_breaks_the_rules_is_named_with_what_it_did(code, problem):
    with pytest.raises(ContenderError, match=problem) as caught:
        take_turns({"external": script(code)}, 1, patience=60)
    assert str(caught.value).startswith(sys.executable)


@pytest.mark.parametrize("code", ["input()", READY + "input(); input()"])
def test_one_that_hangs_is_given_up_and_ended(code, monkeypatch):
    started = []
    original = Worker._listen
    monkeypatch.setattr(Worker, "_listen", lambda self: (started.append(self.process), original(self)))
    with pytest.raises(ContenderError, match="no line within 1 s"):
        take_turns({"external": script(code)}, 1, patience=1)
    assert started[0].poll() is not None


def test_one_that_does_not_exist_is_named():
    with pytest.raises(ContenderError, match=r"^no-such-peer --fast: cannot be started: No such file"):
        take_turns({"external": ["no-such-peer", "--fast"]}, 1)


def test_the_command_line_ends_with_one_sentence(monkeypatch):
    monkeypatch.setattr(command_line.ceiling, "measure", lambda place: {"ceiling": 1.0, "copy_gb": 1.0})
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--quick", "--only", "train", "--external", "no-such-peer"])
    with pytest.raises(SystemExit, match=r"^benchmarks: no-such-peer: cannot be started"):
        command_line.main()
