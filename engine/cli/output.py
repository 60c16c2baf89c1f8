"""What commands print: JSON on stdout, notes and errors on stderr."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

from engine.cli.streams import drop_output
from engine.errors import FileError

HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, what turns the direction of text, and halves of characters, as in names that are no UTF-8."""
_quiet = ContextVar("quiet", default=False)
_json = ContextVar("json", default=False)


@contextmanager
def printing(*, quiet: bool, as_json: bool) -> Iterator[None]:
    """Within the context, commands print as --quiet and --json ask."""
    kept = _quiet.set(quiet), _json.set(as_json)
    try:
        yield
    finally:
        _quiet.reset(kept[0])
        _json.reset(kept[1])


def is_quiet() -> bool:
    """Whether progress and notes are left out; errors are not."""
    return _quiet.get()


def wants_json() -> bool:
    """Whether JSON was asked for where text would do in a terminal."""
    return _json.get()


def printable(text: str) -> str:
    """The text with escapes for what would do more than be seen."""
    return HARMFUL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def print_json(found: Any, indent: int | None = 2) -> None:
    """With letters as they are, where stdout can write them."""
    text = json.dumps(found, indent=indent, ensure_ascii=False)
    try:
        text.encode(sys.stdout.encoding or "utf-8", "surrogatepass")
    except UnicodeEncodeError:
        text = json.dumps(found, indent=indent)
    print_text(HARMFUL.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


def print_text(text: str) -> None:
    """A line or more on stdout, at once. Raises FileError where it cannot be written, as on a full disk."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        drop_output()
        raise FileError(f"standard output cannot be written: {error.strerror}") from error


def tell(line: str) -> None:
    """A note on stderr, in place of the progress on a terminal; where nobody can read it, it is lost."""
    if not is_quiet():
        _say(line)


def complain(problems: list[str], status: int) -> None:
    """Why a command fails, on stderr, also of a quiet one; as a JSON object where that was asked for."""
    text = json.dumps({"error": problems, "exit": status}) if wants_json() else f"error: {'; '.join(problems)}"
    _say(text)


def _say(line: str) -> None:
    with suppress(OSError):
        cleared = "\r\x1b[K" if sys.stderr.isatty() else ""
        print(cleared + printable(line.replace("\n", " ")), file=sys.stderr, flush=True)
