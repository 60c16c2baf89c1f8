"""Every block of Python on the pages of the library and the command runs, README's in tests/wheel; commands parse."""

import linecache
import re
import shlex

import pytest

from engine.__main__ import PROGRAM, parser_of
from engine.cli.options.shared import EXITS
from engine.config.algorithms import ALGORITHMS
from engine.config.presets import PRESETS
from engine.schema.own import SOURCES
from tests.documents.blocks import PAGES, REPOSITORY, blocks, small

README = REPOSITORY / "README.md"
LIBRARY, COMMAND_LINE = PAGES / "library.html", PAGES / "command-line.html"
COMMAND = re.compile(r"^(?:\S*python -m engine|autosnn) (.*)$", re.MULTILINE)


@pytest.fixture(autouse=True)
def quick_look_in_a_second(monkeypatch):
    monkeypatch.setitem(PRESETS, "quick-look", small(PRESETS["quick-look"]))
    monkeypatch.setattr("engine.training.calibrate.ROUNDS", 1)


def test_there_is_what_is_to_be_run():
    """A page whose blocks were marked otherwise would have none, and pass."""
    assert len(blocks(README, "python")) == 1
    assert len(blocks(LIBRARY, "python")) >= 7
    assert len(blocks(COMMAND_LINE, "sh")) >= 4


@pytest.mark.parametrize("path", [LIBRARY, COMMAND_LINE], ids=lambda path: path.name)
def test_the_blocks_of_python_run_one_after_the_other(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names, algorithms, sources = {}, dict(ALGORITHMS), dict(SOURCES)
    try:
        for number, code in enumerate(blocks(path, "python")):
            cell = f"<{path.name}, block {number}>"  # known as a notebook's cell is: a search's source is hashed
            monkeypatch.setitem(linecache.cache, cell, (len(code), None, code.splitlines(keepends=True), cell))
            exec(compile(code, cell, "exec"), names)
    finally:
        for registry, kept in ((ALGORITHMS, algorithms), (SOURCES, sources)):
            registry.clear()
            registry.update(kept)


@pytest.mark.parametrize(
    "line", [line for path in (README, COMMAND_LINE) for language in ("", "sh") for block in blocks(path, language)
             for line in COMMAND.findall(block)],
)  # fmt: skip
def test_the_commands_are_such(line):
    words = shlex.split(line, comments=True)
    at = words.index(">") if ">" in words else len(words)
    parser_of(PROGRAM).parse_args(words[:at])


def test_the_exit_statuses_are_those_of_the_command():
    told = re.findall(r"<dt>(\d+)</dt>", COMMAND_LINE.read_text())
    assert told == re.findall(r"\b(\d+) [a-z]", EXITS)
