"""Reads who imports whom from the source files, Python and JavaScript alike."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from posixpath import dirname, join, normpath

REPOSITORY = Path(__file__).resolve().parents[2]
JS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
JS_IMPORT = re.compile(r'(?:from |import |import\()"(\.[^"]+)"')


@dataclass(frozen=True, order=True)
class Import:
    """One file uses another; both as posix paths from the repository's root."""

    importer: str
    imported: str


def files_of(top: str) -> list[str]:
    """Every source file below a top-level folder; migrations are Django's own."""
    suffix = ".js" if top == "frontend" else ".py"
    paths = (path.relative_to(REPOSITORY) for path in (REPOSITORY / top).rglob(f"*{suffix}"))
    return sorted(path.as_posix() for path in paths if "migrations" not in path.parts)


@cache
def imports_of(top: str) -> tuple[Import, ...]:
    """Every import between two files below `top`, also those inside functions; imports for types alone are left out."""
    files = files_of(top)
    read = _javascript if top == "frontend" else _python
    found = {Import(file, other) for file in files for other in read(file, frozenset(files)) if other != file}
    return tuple(sorted(found))


def module_names(path: Path) -> Iterator[str]:
    """The dotted names that a Python file imports, each with the name taken from it: `engine.seeds.derive`."""
    tree = ast.parse(path.read_text())
    for_types = {id(inner) for node in ast.walk(tree) if _is_for_types(node) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _python(file: str, files: frozenset[str]) -> Iterator[str]:
    for name in module_names(REPOSITORY / file):
        if (found := _module_file(name.split("."), files)) is not None:
            yield found


def _module_file(parts: list[str], files: frozenset[str]) -> str | None:
    """The file of the longest module in a dotted name."""
    for length in range(len(parts), 0, -1):
        stem = "/".join(parts[:length])
        for file in (f"{stem}.py", f"{stem}/__init__.py"):
            if file in files:
                return file
    return None


def _javascript(file: str, files: frozenset[str]) -> Iterator[str]:
    text = JS_COMMENT.sub("", (REPOSITORY / file).read_text())
    targets = (normpath(join(dirname(file), source)) for source in JS_IMPORT.findall(text))
    return (target for target in targets if target in files)


def folders_of(files: Iterable[str]) -> list[str]:
    """Every folder on the way to a file, the top-level one included."""
    found: set[str] = set()
    for file in files:
        while (file := dirname(file)) and file not in found:
            found.add(file)
    return sorted(found)


def between_children(folder: str, imports: Iterable[Import]) -> dict[tuple[str, str], list[Import]]:
    """The imports between two children of a folder, files or folders, that lead from one to the other."""
    found: dict[tuple[str, str], list[Import]] = {}
    for one in imports:
        ends = _child(folder, one.importer), _child(folder, one.imported)
        if ends[0] is not None and ends[1] is not None and ends[0] != ends[1]:
            found.setdefault((ends[0], ends[1]), []).append(one)
    return found


def _child(folder: str, file: str) -> str | None:
    return file[len(folder) + 1 :].split("/")[0] if file.startswith(f"{folder}/") else None
