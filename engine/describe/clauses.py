"""A part of a config as clauses by topic: all of them in one sentence, or those that differ from another's."""

from __future__ import annotations

from collections.abc import Mapping

Clauses = Mapping[str, str]
"""Parts of a sentence by topic; one that begins with "no " says that something is off."""


def told(clauses: Clauses) -> str:
    """All clauses but those of what is off."""
    return ", ".join(clause for clause in clauses.values() if not clause.startswith("no "))


def differing(own: Clauses, other: Clauses) -> list[str]:
    """The clauses of `own` that say something else than those of `other`."""
    return [clause for topic, clause in own.items() if other.get(topic) != clause]
