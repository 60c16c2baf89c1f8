"""Parts of one's own at the command line: `--parts`, AUTOSNN_PARTS, and `parts`, which lists them, or writes a
template."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from engine.cli.output import print_json, print_text
from engine.parts.loading import load_parts, paths_of
from engine.parts.templates import template as file_of
from engine.schema.own import SOURCES

OPTION = "--parts"
VARIABLE = "AUTOSNN_PARTS"
WORDS = "register the parts of this Python file; may be given several times, and so may files in AUTOSNN_PARTS"


def with_parts(argv: Sequence[str] | None) -> list[str]:
    """Load the parts that `--parts` and AUTOSNN_PARTS name; the arguments without `--parts`.

    Before the other arguments are read: some of them name parts. Raises RegistryError.
    """
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument(OPTION, type=Path, action="append", default=[])
    found, others = parser.parse_known_args(sys.argv[1:] if argv is None else list(argv))
    load_parts([*paths_of(os.environ.get(VARIABLE, "")), *found.parts])
    return others


def parts(template: str | None) -> None:
    """What is registered of one's own, with the SHA-256 of each source, as JSON; or the template of a kind."""
    if template is None:
        print_json(dict(sorted(SOURCES.items())))
    else:
        print_text(file_of(template).rstrip("\n"))
