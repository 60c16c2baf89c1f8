"""The engine's version is the package's."""

import tomllib

from engine import __version__
from tests.architecture.imports import REPOSITORY


def test_both_say_the_same():
    assert tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["version"] == __version__
