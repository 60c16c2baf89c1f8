"""`inspect --serve`: one answer a line, whatever the line holds."""

from __future__ import annotations

import io
import json

import pytest

from engine.inspection.inspect import MAX_REQUEST
from tests.engine.cli.damage import command

EVALUATION = {"kind": "evaluation", "architecture": "C3-C3"}
SAMPLE = {"kind": "sample", "architecture": "C3-C3", "sample": 0}


def answers(made, monkeypatch, *lines):
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
    ended = command("inspect", made / "finished", "--serve")
    assert (ended.status, ended.told) == (0, "")
    return [json.loads(line) for line in ended.printed.splitlines()]


def test_a_request_without_an_output_is_answered_without_its_tensors(made, monkeypatch):
    found = answers(made, monkeypatch, json.dumps(EVALUATION), json.dumps(SAMPLE))
    assert [answer["result"]["kind"] for answer in found] == ["evaluation", "sample"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("rubbish", "request: not JSON"),
        ("[" * 100_000, "request: not JSON"),
        ("[]", "request: must be a JSON object"),
        (json.dumps({**SAMPLE, "output": 5}), "output: must be the path of a file, or left out"),
        (json.dumps({**SAMPLE, "output": "a\0b"}), "output: must be the path of a file, or left out"),
        (json.dumps({**SAMPLE, "output": "/proc/x"}), "output: /proc/x: No such file or directory"),
        (json.dumps({}), "kind: "),
    ],
)
def test_a_bad_request_is_answered_and_the_next_one_too(made, monkeypatch, line, said):
    first, last = answers(made, monkeypatch, line, json.dumps(EVALUATION))
    assert first["error"].startswith(said)
    assert last["result"]["kind"] == "evaluation"


def test_a_line_without_end_is_read_in_parts(made, monkeypatch):
    found = answers(made, monkeypatch, "x" * (2 * MAX_REQUEST), json.dumps(EVALUATION))
    assert ["error" in answer for answer in found] == [True, True, False]
