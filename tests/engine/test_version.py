"""The version stands in one place, which the package and the library take it from."""

import tomllib

import autosnn
from engine import __version__
from tests.architecture.imports import REPOSITORY


def test_the_package_and_the_library_take_the_engine_s():
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "engine.__version__"}
    assert "version" in project["project"]["dynamic"]
    assert "version" not in project["project"]
    assert autosnn.__version__ == __version__


def test_it_is_a_semantic_version():
    assert [part.isdecimal() for part in __version__.split(".")] == [True] * 3
