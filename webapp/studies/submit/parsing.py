"""Parses a submitted config and checks that its data paths are readable."""

from __future__ import annotations

import json
import re
from typing import Any

from django.contrib.auth.models import User

from engine.analysis.seeds import MAX_SEEDS
from engine.config.parse import parse_config
from engine.config.study import StudyConfig
from engine.errors import ConfigError
from webapp.studies.services.admission import require_printable, require_readable

FIELD = re.compile(r"[a-z_]+(\.[\w]+)*", re.ASCII)
TOP_LEVEL = frozenset(StudyConfig.model_fields)


class BadSubmission(Exception):
    """The problems of a submission, field by field; field "" is the whole document."""

    def __init__(self, problems: list[dict[str, str]]) -> None:
        super().__init__("; ".join(problem["message"] for problem in problems))
        self.problems = problems


def read_config(body: bytes, user: User) -> StudyConfig:
    """The config in a request's body `{"config": {…}}`. Raises BadSubmission."""
    try:
        config = parse_config(_inner(body))
        require_printable(config)
        require_readable(config, user)
    except ConfigError as error:
        raise BadSubmission([problem(line) for line in error.problems]) from error
    return config


def read_seeds(body: bytes) -> int:
    """The number of seeds in the body, 1 by default. Raises BadSubmission."""
    document = json.loads(body)
    count = document.get("seeds", 1)
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MAX_SEEDS:
        raise BadSubmission([{"field": "seeds", "message": f"must be a whole number from 1 to {MAX_SEEDS}"}])
    if count > 1 and document["config"].get("analysis") is not None:
        raise BadSubmission([{"field": "seeds", "message": "an analysis has its own analysis.seeds; leave this at 1"}])
    return count


def problem(line: str) -> dict[str, str]:
    """Splits an engine message `field.path: problem`."""
    field, separator, message = line.partition(": ")
    if separator and FIELD.fullmatch(field) and field.split(".")[0] in TOP_LEVEL:
        return {"field": field, "message": message}
    return {"field": "", "message": line}


def _inner(body: bytes) -> dict[str, Any]:
    """The object under `config` in the body. Raises ConfigError."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ConfigError([f"config: not valid JSON: {str(error)[:200]}"]) from error
    config = document.get("config") if isinstance(document, dict) else None
    if not isinstance(config, dict):
        raise ConfigError(["config: must be a JSON object"])
    return config
