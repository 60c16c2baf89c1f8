"""Inspection requests about one study: one from the command line, or one per line of standard input."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
from safetensors.numpy import save

from engine.config.study import StudyConfig
from engine.errors import ConfigError, EngineError
from engine.inspection.activity import activity
from engine.inspection.evaluation import evaluation
from engine.inspection.request import Request, parse, require
from engine.inspection.sample import sample
from engine.inspection.source import Source, open_source
from engine.storage.atomic import write_bytes


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
    return {"architecture": architecture.code, "kind": request.kind, **found}


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

    The study is opened at the first request and kept open for the others.
    """
    source: Source | None = None
    for line in requests:
        try:
            asked = json.loads(line)
            output = Path(asked.pop("output"))
            source = source or open_source(folder, data_root, study)
            yield json.dumps({"result": answer(source, parse(asked), output)})
        except ConfigError as error:
            yield json.dumps({"error": "; ".join(error.problems)})
        except EngineError as error:
            yield json.dumps({"error": str(error)})
