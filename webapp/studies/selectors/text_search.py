"""Which studies have all the words that somebody typed: in name, data set, state or owner, in capitals or not."""

from __future__ import annotations

import re

from django.db.models import Q

from engine.config.catalog import CATALOG
from webapp.studies.models import State
from webapp.studies.submit.parsing import BadSubmission

LONGEST_QUERY = 200


def having_words(text: str) -> Q:
    """Every word of the text, each somewhere. Raises BadSubmission where the text is too long."""
    if len(text) > LONGEST_QUERY:
        message = f"must be at most {LONGEST_QUERY} characters, got {len(text):,}"
        raise BadSubmission([{"field": "q", "message": message}])
    found = Q()
    for word in text.split():
        found &= _having(word)
    return found


def _having(word: str) -> Q:
    """A regular expression, for SQLite's LIKE tells capitals from small letters outside ASCII; escaped, it has none."""
    if "\0" in word:  # no database stores it, and PostgreSQL takes no question with it
        return Q(pk__in=[])
    small, literal = word.lower(), re.escape(word)
    states = [state for state in State.values if small in state]
    datasets = [info.name for info in CATALOG.values() if small in f"{info.name} {info.title}".lower()]
    written = Q(name__iregex=literal) | Q(owner__username__iregex=literal)
    return written | Q(state__in=states) | Q(config__data__dataset__in=datasets)
