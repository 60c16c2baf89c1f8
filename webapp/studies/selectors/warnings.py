"""What makes a study's results worth little, from its stored rows."""

from __future__ import annotations

from dataclasses import asdict, replace
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Min

from engine.analysis.rounding import rounding_note
from engine.analysis.sanity import Evaluations, Facts, Result, warnings
from engine.config.parse import parse_stored
from engine.errors import EngineError
from engine.figures.facts import facts, fittest_result
from engine.figures.record import Record, assemble
from webapp.studies.models import Candidate, Event, Study
from webapp.studies.selectors.records import KINDS

REMEMBERED = 512
"""Studies whose warnings a process keeps."""


def warnings_of(study: Study) -> list[dict[str, str]]:
    """Code, message and advice of each warning, in at most three queries. Stored events never change."""
    return [dict(one) for one in _warnings(study.id, study.last_seq)]


def spike_note(study: Study) -> str:
    """What stands wherever spikes of its networks are shown by layer; "" where there is nothing to say."""
    return _spike_note(study.id, study.config_digest)


@lru_cache(maxsize=REMEMBERED)
def _spike_note(study_id: UUID, _digest: str) -> str:
    try:
        return rounding_note(parse_stored(Study.objects.values_list("config", flat=True).get(id=study_id)).network)
    except EngineError:
        return ""  # a family that is not registered here


@lru_cache(maxsize=REMEMBERED)
def _warnings(study_id: UUID, last_seq: int) -> tuple[dict[str, str], ...]:
    """Those of the events up to `last_seq`; none where the config names a family that is not registered here."""
    told = Event.objects.filter(study=study_id, kind__in=KINDS).order_by("seq").values_list("payload", flat=True)
    events = list(told)
    if not events:
        return ()
    config: Any = Study.objects.values_list("config", flat=True).get(id=study_id)
    try:
        record = assemble(parse_stored(config), events, [])
        return tuple(asdict(one) for one in warnings(_with_search(study_id, record)))
    except EngineError:
        return ()


def _with_search(study_id: UUID, record: Record) -> Facts:
    """The facts of events, and those of the evaluated architectures."""
    found = facts(record)
    seen = _evaluations(study_id)
    if seen is None:
        return found
    return replace(found, evaluations=seen, results=(_fittest(study_id, record), *found.results))


def _evaluations(study_id: UUID) -> Evaluations | None:
    found = Candidate.objects.filter(study=study_id).aggregate(
        count=Count("id"), low=Min("fitness"), high=Max("fitness"), worst=Min("accuracy"), best=Max("accuracy")
    )
    if not found["count"]:
        return None
    return Evaluations(found["count"], (found["low"], found["high"]), (found["worst"], found["best"]))


def _fittest(study_id: UUID, record: Record) -> Result:
    ties = "-number" if record.config.search.ties == "newest" else "number"
    best = Candidate.objects.filter(study=study_id).order_by("-fitness", ties)[0]
    return fittest_result(record, best.architecture, best.accuracy, best.spikes, bytes(best.spike_map))
