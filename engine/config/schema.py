"""The JSON Schema of a study's config, as it is published."""

from __future__ import annotations

from typing import Any

from engine.config.study import StudyConfig
from engine.config.versions import VERSION

ID = f"urn:autosnn-studio:schema:study:{VERSION}"
"""Names the schema, and with it the version of the format; it is no address."""


def schema() -> dict[str, Any]:
    """JSON Schema 2020-12 with `$id` and title; descriptions and bounds are those of the form."""
    found = StudyConfig.model_json_schema()
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ID,
        "title": f"A study of AutoSNN Studio, version {VERSION}",
    }
    return head | {key: value for key, value in found.items() if key not in head}
