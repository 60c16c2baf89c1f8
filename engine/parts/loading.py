"""Loads parts of one's own, once a process: from files that are named, and from entry points of installed packages.

They are loaded before a config is read. Their files load no torch: the web server reads them too.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from importlib.machinery import ModuleSpec
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType

from engine.errors import RegistryError
from engine.schema.own import told

GROUP = "autosnn.parts"
"""Of entry points: each names a module that registers parts when it is imported, or a function that does when called.
"""
LOADED: set[str] = set()
"""Files, and entry points by name and value, that are loaded already."""


def paths_of(text: str) -> list[Path]:
    """The files of a list such as AUTOSNN_PARTS has, separated by colons."""
    return [Path(one).expanduser() for one in text.split(os.pathsep) if one]


def load_parts(files: Iterable[Path]) -> None:
    """Load the parts of all installed packages, then those of the files. Raises RegistryError naming which failed."""
    for point in sorted(entry_points(group=GROUP), key=lambda one: (one.name, one.value)):
        named = f"{point.name} = {point.value}"
        _once(named, f"entry point {named}", partial(_enter, point))
    for file in files:
        _once(str(file.resolve()), str(file), partial(_run, file))


def _once(key: str, named: str, load: Callable[[], object]) -> None:
    if key in LOADED:
        return
    try:
        with _without_torch():
            load()
    except RegistryError as error:
        raise RegistryError(f"parts: {named}: {error}") from error
    except (Exception, SystemExit) as error:
        raise RegistryError(f"parts: {named} cannot be loaded: {told(error)}") from error
    LOADED.add(key)


def _enter(point: EntryPoint) -> None:
    found = point.load()
    if callable(found):
        found()
    elif not isinstance(found, ModuleType):
        raise RegistryError(f"must name a module or a function, names a {type(found).__name__}")


def _run(file: Path) -> None:
    """Import a file as a module of its own name, which `inspect` then finds."""
    if not file.is_file():
        raise RegistryError("there is no such file")
    name = f"own_parts_{len(LOADED)}_{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise RegistryError("must be a Python file, named *.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise


class _NoTorch:
    """A finder that refuses to import torch."""

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: object = None) -> ModuleSpec | None:
        if name == "torch":
            raise RegistryError(
                "loads torch when it is imported; import it, and what brings it, in the bodies of the functions that "
                "need it"
            )
        return None


@contextmanager
def _without_torch() -> Iterator[None]:
    """Within, torch is not loaded, unless it is already."""
    finder = _NoTorch()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
