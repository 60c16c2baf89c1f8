"""Parts of one's own that the registries hold: their kinds, and the SHA-256 of the source that each was made by."""

from __future__ import annotations

import functools
import hashlib
import inspect
import linecache
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any, Literal

from engine.errors import PartError, RegistryError
from engine.schema.registered import NAME

Kind = Literal["block_family", "neuron", "search", "dataset", "objective"]
WORDS: Mapping[str, str] = {
    "block_family": "block family",
    "neuron": "neuron kind",
    "search": "search",
    "dataset": "data set",
    "objective": "objective",
}
"""Each kind as a message names it."""
SOURCES: dict[str, str] = {}
"""SHA-256 of the source of every part of one's own that is registered, by its key such as `search.mine`."""
SHOWN = 12
"""Characters of a hash in a message."""
_INSIDE = Path(__file__).resolve().parents[1]
_PRODUCT = (_INSIDE, _INSIDE.parent / "autosnn")
_TEMPLATES = _INSIDE / "parts" / "templates"
"""A user's in all but their place."""


def key_of(kind: Kind, name: str) -> str:
    """The part's name among all kinds: `search.mine`."""
    return f"{kind}.{name}"


def titled(key: str) -> str:
    """A key in words: `search 'mine'`."""
    kind, _, name = key.partition(".")
    return f"{WORDS.get(kind, kind)} {name!r}"


def failed(key: str, error: Exception) -> PartError:
    """What a part raised, with the file and line it came from."""
    return PartError(f"{titled(key)} failed: {told(error)}")


def told(error: BaseException) -> str:
    """`ValueError: what it says (my_parts.py, line 12)`."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {str(error)[:200]}{where}"


def require_name(kind: Kind, name: str, taken: Mapping[str, object]) -> None:
    """Raise RegistryError where a name is taken, or cannot be one."""
    if not NAME.fullmatch(name):
        raise RegistryError(f"{WORDS[kind]} {name!r} must be letters, digits and _ after a letter")
    if name in taken:
        raise RegistryError(f"{titled(key_of(kind, name))} is registered already")


def note_source(kind: Kind, name: str, part: object) -> None:
    """Keep the SHA-256 of the file that holds the functions of a descriptor, or else of the file that registers it.

    Of one file it is the file's own, as `sha256sum` says it; of several that of their hashes, sorted. What such a file
    imports is not in it. Raises RegistryError where the source cannot be read.
    """
    files = {file for found in _functions(part) if _is_own(file := _file_of(found))} or {_registering_file()}
    hashes = sorted(hashlib.sha256(_content(file, kind, name)).hexdigest() for file in files)
    whole = hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()
    SOURCES[key_of(kind, name)] = whole


def _functions(part: object) -> Iterator[Callable[..., Any]]:
    for value in vars(part).values():
        if callable(value):
            yield value


def _file_of(found: Callable[..., Any]) -> str:
    while isinstance(found, functools.partial):
        found = found.func
    known = found if inspect.isroutine(found) or inspect.isclass(found) else type(found)
    try:
        return inspect.getsourcefile(known) or inspect.getfile(known)
    except TypeError:  # of a function that is built in
        return ""


def _is_own(file: str) -> bool:
    place = Path(file).resolve()
    inside = any(place.is_relative_to(folder) for folder in _PRODUCT)
    return bool(file) and (not inside or place.is_relative_to(_TEMPLATES))


def _registering_file() -> str:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and not _is_own(frame.f_code.co_filename):
        frame = frame.f_back
    return "" if frame is None else frame.f_code.co_filename


def _content(file: str, kind: Kind, name: str) -> bytes:
    """The file's bytes; of a notebook's cell its text."""
    if Path(file).is_file():
        return Path(file).read_bytes()
    if lines := linecache.getlines(file):
        return "".join(lines).encode()
    raise RegistryError(f"{titled(key_of(kind, name))}: its source cannot be read, and so not hashed; put it in a file")
