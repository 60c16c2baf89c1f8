"""Inspection requests about one study: one from the command line, or one per line of standard input."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
from safetensors.numpy import save

from engine.analysis.rounding import noted
from engine.config.study import StudyConfig
from engine.errors import ConfigError, EngineError
from engine.inspection.activity import activity
from engine.inspection.evaluation import evaluation
from engine.inspection.request import Request, parse, require
from engine.inspection.sample import sample
from engine.inspection.source import Source, open_source
from engine.storage.atomic import write_bytes

MAX_REQUEST = 100_000
"""Most characters of a request's line."""


def answer(source: Source, request: Request, output: Path | None) -> dict[str, Any]:
    """The JSON part of an answer; its tensors are written to `output` as safetensors. Raises EngineError."""
    architecture = require(request, source.config, len(source.images(request.split).labels))
    tensors: dict[str, Any] = {}
    if request.kind == "evaluation":
        found = evaluation(source, request, architecture)
    elif request.kind == "sample":
        found, tensors = sample(source, request, architecture)
    else:
        found, tensors = activity(source, request, architecture)
    if output is not None and tensors:
        # safetensors writes the memory as it is and ignores strides
        write_bytes(output, save({name: np.ascontiguousarray(values) for name, values in tensors.items()}))
    return {"architecture": architecture.code, "kind": request.kind, **found, **noted(source.config.network)}


def inspect(
    folder: Path, data_root: Path, asked: Mapping[str, object], output: Path | None, study: StudyConfig | None = None
) -> dict[str, Any]:
    """Answer one request about a study's folder or package. A package has a default architecture: its own."""
    source = open_source(folder, data_root, study)
    own = source.package_architecture
    defaults = {"architecture": own, "weights": "retrained"} if own else {}
    return answer(source, parse({**defaults, **asked}), output)


def serve(folder: Path, data_root: Path, requests: IO[str], study: StudyConfig | None = None) -> Iterator[str]:
    """Answer requests, one JSON object per line: `{…request, "output": PATH}` → `{"result": …}` or `{"error": …}`.

    Without an output, the tensors of the answer are left out. The study is opened at the first request and kept open
    for the others.
    """
    source: Source | None = None
    for line in _bounded(requests):
        try:
            asked, output = _request(line)
            source = source or open_source(folder, data_root, study)
            yield json.dumps({"result": answer(source, parse(asked), output)})
        except ConfigError as error:
            yield json.dumps({"error": "; ".join(error.problems)})
        except EngineError as error:
            yield json.dumps({"error": str(error)})
        except OSError as error:
            yield json.dumps({"error": f"output: {error.filename or ''}: {error.strerror}"})


def _bounded(requests: IO[str]) -> Iterator[str]:
    """The lines of a stream; of one without end, its beginning, as a line that is no request."""
    while line := requests.readline(MAX_REQUEST):
        if line.strip():
            yield line


def _request(line: str) -> tuple[dict[str, Any], Path | None]:
    """A request and where its tensors go. Raises ConfigError."""
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ConfigError([f"request: not JSON: {str(error)[:200]}"]) from error
    if not isinstance(asked, dict):
        raise ConfigError(["request: must be a JSON object"])
    output = asked.pop("output", None)
    if output is not None and (not isinstance(output, str) or not output or "\0" in output):
        raise ConfigError(["output: must be the path of a file, or left out"])
    return asked, None if output is None else Path(output)
