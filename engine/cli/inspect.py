"""`inspect`: one architecture of a study, looked into; torch is loaded when it is opened."""

from __future__ import annotations

import sys
from pathlib import Path

from engine.cli.output import print_json, print_text
from engine.cli.study_file import read_config


def inspect(
    folder: Path, data: Path, study: Path | None, output: Path | None, serve: bool, **wanted: str | int | None
) -> None:
    """`wanted` is the request, but for what the command line leaves out; `serve` reads requests from stdin instead."""
    from engine.inspection import inspect as inspection

    config = None if study is None else read_config(study)
    if serve:
        for line in inspection.serve(folder, data, sys.stdin, config):
            print_text(line)
        return
    request = {key: value for key, value in wanted.items() if value is not None}
    request.setdefault("kind", "sample" if "sample" in request else "evaluation")
    print_json(inspection.inspect(folder, data, request, output, config), indent=None)
