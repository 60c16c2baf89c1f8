"""The wheel holds all that the engine and the library need, and README's example runs on it in an empty folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.documents.blocks import REPOSITORY, SMALL, blocks

TOPS = ("autosnn", "engine")
PREAMBLE = """
import autosnn, engine, engine.training.calibrate
from engine.config.assign import assigned
from engine.config.presets import PRESETS
from dataclasses import replace
assert autosnn.__file__.startswith({site!r}) and engine.__file__.startswith({site!r}), engine.__file__
engine.training.calibrate.ROUNDS = 1
PRESETS["quick-look"] = replace(PRESETS["quick-look"], config=assigned(PRESETS["quick-look"].config, {small!r}))
"""
KERNELS = "from engine.backends.cpu import build; print(sorted(file.name for file in build.SOURCE.iterdir()))\n"


def tracked(*names: str) -> list[str]:
    """Files of the repository, new ones that are not committed yet included."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *names]
    done = subprocess.run(listed, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return [name for name in done.stdout.splitlines() if (REPOSITORY / name).is_file()]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy of the sources, without a network; leftovers of Python in it are none of the wheel's."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in tracked(*TOPS, "webapp", "pyproject.toml", "README.md"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(REPOSITORY / name, source / name)
    (source / "engine" / "__pycache__").mkdir()
    (source / "engine" / "__pycache__" / "left.cpython-311.pyc").write_bytes(b"old")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(target), str(source)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    (found,) = target.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel installed into a folder of its own; what it depends on is this environment's."""
    target = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target"]
    subprocess.run([*command, str(target), str(wheel)], capture_output=True, check=True)
    return target


def run(site: Path, folder: Path, *command: str) -> str:
    """What a command prints in a folder that knows the installed wheel and nothing of the checkout."""
    environment = {**os.environ, "PYTHONPATH": str(site), "PYTHONSAFEPATH": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


def test_it_holds_every_file_of_engine_and_library_and_nothing_else(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        held = [name for name in archive.namelist() if name.split("/")[0] in TOPS]
    assert sorted(held) == sorted(tracked(*TOPS))
    assert "engine/backends/cpu/source/train.cpp" in held
    assert "autosnn/py.typed" in held


def test_the_example_of_the_readme_runs_in_an_empty_folder(site: Path, tmp_path: Path):
    script = tmp_path / "example.py"
    before, example = PREAMBLE.format(site=str(site), small=SMALL), "".join(blocks(REPOSITORY / "README.md", "python"))
    script.write_text(before + example + KERNELS)
    printed = run(site, tmp_path, sys.executable, str(script))
    assert "125 architectures, 20 evaluated" in printed
    assert "Evaluation(accuracy=" in printed
    assert "'train.cpp'" in printed.splitlines()[-1]
    assert {"w", "w-0", "w--0.16", "net.nir", "candidates.parquet"} <= {path.name for path in tmp_path.iterdir()}


def test_both_names_are_commands_there(site: Path, tmp_path: Path):
    config = run(site, tmp_path, sys.executable, "-m", "engine", "config", "quick-look")
    assert run(site, tmp_path, str(site / "bin" / "autosnn"), "config", "quick-look") == config
