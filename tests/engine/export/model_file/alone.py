"""Runs every model.py of a folder's packages with --check, where only torch and safetensors can be imported.

    python -I alone.py SITE_PACKAGES FOLDER

prints {package: [exit status, what it printed]} as JSON. Nothing else of SITE_PACKAGES is found: numpy, Pillow and the
product are not there, as in an environment into which torch and safetensors alone were installed.
"""

import contextlib
import importlib.machinery
import io
import json
import runpy
import sys
from pathlib import Path

ALONE = {"torch", "safetensors", "typing_extensions", "sympy", "mpmath", "networkx", "jinja2", "markupsafe", "filelock",
         "fsspec", "torchgen", "functorch", "triton", "packaging"}  # fmt: skip
"""torch, safetensors, and what torch's own metadata requires."""


class Finder:
    """Finds the allowed packages below a folder that is not on the path."""

    def __init__(self, folder: str) -> None:
        self.folder, self.refused = folder, set()

    def find_spec(self, name: str, path: object = None, target: object = None) -> object:
        if path is not None:
            return None
        if name in ALONE:
            return importlib.machinery.PathFinder.find_spec(name, [self.folder])
        self.refused.add(name)
        return None


def checked(model: Path) -> list:
    out = io.StringIO()
    sys.argv = [str(model), "--check"]
    with contextlib.redirect_stdout(out):
        try:
            runpy.run_path(str(model), run_name="__main__")
        except SystemExit as ended:
            return [ended.code, out.getvalue()]
    return [None, out.getvalue()]


site, folder = sys.argv[1:]
finder = Finder(site)
sys.meta_path.append(finder)
found = {model.parent.name: checked(model) for model in sorted(Path(folder).glob("*/model.py"))}
for name in ("engine", "numpy", "PIL", "pydantic", "django"):
    try:
        __import__(name)
    except ImportError:
        continue
    sys.exit(f"{name} can be imported: this is no clean environment")
print(json.dumps(found))
