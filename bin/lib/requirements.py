"""Prints pinned requirements from pyproject.toml, one a line: `dependencies`, an extra's name, or `torch` alone."""

import sys
import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
for group in sys.argv[1:]:
    if group == "torch":
        lines = [line for line in project["dependencies"] if line.startswith("torch==")]
    else:
        lines = project["dependencies"] if group == "dependencies" else project["optional-dependencies"][group]
    print("\n".join(lines))
