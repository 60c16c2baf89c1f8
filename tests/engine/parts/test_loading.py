"""Own parts from files and entry points: loaded once, without torch, and refused with the file's name."""

import hashlib
import json
import os
import subprocess
import sys
from importlib.metadata import EntryPoint

import pytest

from engine.__main__ import main
from engine.config.algorithms import ALGORITHMS
from engine.config.objectives import OBJECTIVES
from engine.errors import RegistryError
from engine.parts import loading
from engine.parts.loading import load_parts, paths_of
from engine.parts.register import register
from tests.own_blocks import registered

OBJECTIVE = """
from engine.config.objectives import Objective
from engine.parts.register import register

register(Objective("{name}", "accuracy alone", lambda one: one.accuracy))
"""


@pytest.fixture(autouse=True)
def as_before():
    with registered():
        yield


def test_a_file_is_loaded_once_whatever_it_is_called(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(OBJECTIVE.format(name="mine"))
    load_parts([file, tmp_path / "." / "mine.py"])
    load_parts([file])
    assert "mine" in OBJECTIVES


def test_the_option_and_the_variable_name_files_and_the_command_lists_what_they_register(tmp_path, monkeypatch, capsys):
    for name in ("one", "two", "three"):
        (tmp_path / f"{name}.py").write_text(OBJECTIVE.format(name=name))
    monkeypatch.setenv("AUTOSNN_PARTS", os.pathsep.join(str(tmp_path / f"{name}.py") for name in ("one", "two")))
    assert main(["parts", "--parts", str(tmp_path / "three.py")]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert {"objective.one", "objective.two", "objective.three"} == set(listed)
    assert listed["objective.one"] == hashlib.sha256((tmp_path / "one.py").read_bytes()).hexdigest()
    assert paths_of("") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 / 0", "cannot be loaded: ZeroDivisionError: division by zero (mine.py, line 1)"),
        ("def", "cannot be loaded: SyntaxError: invalid syntax (mine.py, line 1)"),
        (OBJECTIVE.format(name="autosnn"), "objective 'autosnn' is registered already"),
        (OBJECTIVE.format(name="a-b"), "objective 'a-b' must be letters, digits and _ after a letter"),
        ("from engine.parts.register import register\nregister(3)", "a part is a BlockFamily, a NeuronKind, a Search"),
    ],
)
def test_a_file_that_fails_is_refused_by_its_name(tmp_path, capsys, text, said):
    file = tmp_path / "mine.py"
    file.write_text(text)
    assert main(["presets", "--parts", str(file)]) == 2
    assert f"error: parts: {file}" in (told := capsys.readouterr().err)
    assert said in told


def test_a_file_that_is_not_there_is_refused(tmp_path, capsys):
    assert main(["presets", "--parts", str(tmp_path / "no.py")]) == 2
    assert f"parts: {tmp_path / 'no.py'}: there is no such file" in capsys.readouterr().err


def test_an_entry_point_names_a_module_or_a_function(monkeypatch, tmp_path):
    (tmp_path / "my_package_of_parts.py").write_text(OBJECTIVE.format(name="by_module"))
    monkeypatch.syspath_prepend(tmp_path)
    points = [
        EntryPoint("mine", "my_package_of_parts", loading.GROUP),
        EntryPoint("yours", f"{__name__}:registers", loading.GROUP),
    ]
    monkeypatch.setattr(loading, "entry_points", lambda group: points if group == "autosnn.parts" else [])
    load_parts([])
    load_parts([])
    assert {"by_module"} <= set(OBJECTIVES)
    assert {"by_function"} <= set(ALGORITHMS)


def registers():
    from engine.config.algorithms import SearchAlgorithm

    register(SearchAlgorithm("by_function", "by function", ask=lambda asked: []))


def test_an_entry_point_that_names_anything_else_is_refused(monkeypatch):
    point = EntryPoint("mine", f"{__name__}:OBJECTIVE", loading.GROUP)
    monkeypatch.setattr(loading, "entry_points", lambda group: [point])
    with pytest.raises(RegistryError, match=r"entry point mine = .*: must name a module or a function, names a str"):
        load_parts([])


def test_a_file_that_loads_torch_is_refused_and_torch_stays_out(tmp_path):
    """In a process of its own: this one has loaded torch."""
    (tmp_path / "mine.py").write_text("import numpy\nimport torch\n")
    program = (
        "import sys; from pathlib import Path; from engine.parts.loading import load_parts\n"
        "try: load_parts([Path(sys.argv[1])])\n"
        "finally: assert 'torch' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", program, tmp_path / "mine.py"], capture_output=True, text=True)
    assert f"parts: {tmp_path / 'mine.py'}: loads torch when it is imported; import it" in done.stderr
    assert "AssertionError" not in done.stderr
