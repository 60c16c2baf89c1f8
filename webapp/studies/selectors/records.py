"""Stored studies as the records that engine.figures draws from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from engine.config.parse import parse_stored
from engine.figures.record import Evaluated, Record, assemble
from webapp.studies.models import Candidate, Event, Study

KINDS = ("study_started", "supernet_finished", "study_finished", "training_finished", "analysis_finished")
"""The events that figures read; candidates have rows of their own."""
FIELDS = tuple(Evaluated.__dataclass_fields__)


def records_of(studies: Sequence[Study]) -> dict[UUID, Record]:
    """Two queries, however many studies and however long they are; no spike map is read."""
    ids = [study.id for study in studies]
    events: dict[UUID, list[Any]] = defaultdict(list)
    told = Event.objects.filter(study__in=ids, kind__in=KINDS).order_by("study", "seq")
    for study_id, payload in told.values_list("study_id", "payload"):
        events[study_id].append(payload)
    evaluated: dict[UUID, list[Evaluated]] = defaultdict(list)
    rows = Candidate.objects.filter(study__in=ids).order_by("study", "number").values_list("study_id", *FIELDS)
    for study_id, *values in rows:
        evaluated[study_id].append(Evaluated(*values))
    return {one.id: assemble(parse_stored(one.config), events[one.id], evaluated[one.id]) for one in studies}


def record_of(study: Study) -> Record:
    return records_of([study])[study.id]
