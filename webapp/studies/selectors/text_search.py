"""The text search of studies: every word in name, data set, state or owner, ignoring case."""

from __future__ import annotations

import re

from django.db.models import Q

from engine.config.catalog import CATALOG
from webapp.studies.models import State
from webapp.studies.submit.parsing import BadSubmission

LONGEST_QUERY = 200


def having_words(text: str) -> Q:
    """A filter for studies that contain every word of the text. Raises BadSubmission where the text is too long."""
    if len(text) > LONGEST_QUERY:
        message = f"must be at most {LONGEST_QUERY} characters, got {len(text):,}"
        raise BadSubmission([{"field": "q", "message": message}])
    found = Q()
    for word in text.split():
        found &= _having(word)
    return found


def _having(word: str) -> Q:
    """An escaped regular expression, since SQLite's LIKE ignores case in ASCII only."""
    if "\0" in word:  # no database stores U+0000, and PostgreSQL refuses queries with it
        return Q(pk__in=[])
    small, literal = word.lower(), re.escape(word)
    states = [state for state in State.values if small in state]
    datasets = [info.name for info in CATALOG.values() if small in f"{info.name} {info.title}".lower()]
    written = Q(name__iregex=literal) | Q(owner__username__iregex=literal)
    return written | Q(state__in=states) | Q(config__data__dataset__in=datasets)
