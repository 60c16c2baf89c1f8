"""The three standard streams, whatever a shell made of them: closed ones, and terminals that know few letters."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from pathlib import Path


def prepare_streams() -> None:
    """Closed streams lead nowhere, and letters that a stream's encoding lacks are written as escapes.

    Left closed, the number of one would be given to the next file that is opened, such as events.jsonl.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115 - open as long as the process
        stream = getattr(sys, name)
        if isinstance(stream, io.TextIOWrapper):
            with suppress(io.UnsupportedOperation):
                stream.reconfigure(errors="backslashreplace")


def drop_output() -> None:
    """What is left to be written to stdout goes nowhere, in silence: the exit of the process writes it."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
