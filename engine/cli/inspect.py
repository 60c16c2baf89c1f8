"""`inspect`: one architecture of a study, looked into; torch is loaded when it is opened."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from engine.cli.study_file import read_config


def inspect(
    folder: Path, data: Path, study: Path | None, output: Path | None, serve: bool, **wanted: str | int | None
) -> None:
    """`wanted` is the request, but for what the command line leaves out; `serve` reads requests from stdin instead."""
    from engine.inspection import inspect as inspection

    config = None if study is None else read_config(study)
    if serve:
        for line in inspection.serve(folder, data, sys.stdin, config):
            print(line, flush=True)
        return
    request = {key: value for key, value in wanted.items() if value is not None}
    request.setdefault("kind", "sample" if "sample" in request else "evaluation")
    print(json.dumps(inspection.inspect(folder, data, request, output, config), ensure_ascii=False))
