"""Parses a comparison's query: studies by id, architectures as ID:GENOME or ID:winner."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import User
from django.http import Http404, QueryDict

from webapp.studies.models import Study

MAX_STUDIES, MAX_ARCHITECTURES = 8, 6
WINNER = "winner"
"""Names the retrained winner of a study; a genome names what the search evaluated."""
CODE = re.compile(r"winner|[A-Z][0-9x]*(-[A-Z][0-9x]*)*", re.ASCII)
MAX_CODE = 400


class BadRequest(Exception):
    """The query names something that cannot be compared; `field` is the query parameter."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field, self.message = field, message


@dataclass(frozen=True)
class Asked:
    """The requested studies and architectures in the order of the query, without duplicates."""

    studies: tuple[UUID, ...]
    architectures: tuple[tuple[UUID, str], ...]

    @property
    def all_studies(self) -> tuple[UUID, ...]:
        """The compared studies, and the studies of the compared architectures."""
        return tuple(dict.fromkeys((*self.studies, *(study for study, _ in self.architectures))))


def read(query: QueryDict) -> Asked:
    """Parses `?s=ID,ID&a=ID:CODE,ID:winner`. Raises BadRequest with the parameter and its bound."""
    studies = dict.fromkeys(_uuid("s", text) for text in _parts(query.get("s", "")))
    if len(studies) > MAX_STUDIES:
        raise BadRequest("s", f"at most {MAX_STUDIES} studies can be compared, got {len(studies)}")
    pairs = dict.fromkeys(_pair(text) for text in _parts(query.get("a", "")))
    if len(pairs) > MAX_ARCHITECTURES:
        raise BadRequest("a", f"at most {MAX_ARCHITECTURES} architectures can be compared, got {len(pairs)}")
    return Asked(tuple(studies), tuple(pairs))


def _parts(text: str) -> list[str]:
    return [part for part in text.split(",") if part]


def _uuid(field: str, text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise BadRequest(field, f"{text[:60]!r} is no study's id") from error


def _pair(text: str) -> tuple[UUID, str]:
    study, _, code = text.partition(":")
    if len(code) > MAX_CODE or not CODE.fullmatch(code):
        raise BadRequest("a", f"must be ID:GENOME or ID:winner, got {text[:60]!r}")
    return _uuid("a", study), code


def visible(user: User, ids: tuple[UUID, ...]) -> dict[UUID, Study]:
    """The studies, in one query. Raises Http404 where one does not exist for this user, without saying which."""
    found = {study.id: study for study in Study.objects.for_user(user).filter(id__in=ids).select_related("owner")}
    if len(found) != len(ids):
        raise Http404("a study of this comparison does not exist for you")
    return {study_id: found[study_id] for study_id in ids}
