"""A study's own parts in words, each with the SHA-256 of its source."""

from __future__ import annotations

from engine.config.study import StudyConfig
from engine.schema.own import titled


def own_parts(config: StudyConfig) -> str:
    """Empty where every part is one of the product's."""
    named = [f"{titled(key)} (SHA-256 of its source {sha256})" for key, sha256 in config.parts.items()]
    return f"Its own parts are the {', the '.join(named)}." if named else ""
