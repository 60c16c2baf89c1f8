"""A stored study as the record that engine.figures draws from."""

from __future__ import annotations

from engine.config import parse_config
from engine.figures.record import Judged, Record, assemble
from webapp.studies.models import Candidate, Event, Study

KINDS = ("study_started", "supernet_finished", "study_finished")
"""The events that say something about a figure; candidates have rows of their own."""
FIELDS = tuple(Judged.__dataclass_fields__)


def record_of(study: Study) -> Record:
    """Two queries, however long the study is; no spike map is read."""
    events = Event.objects.filter(study=study, kind__in=KINDS).order_by("seq").values_list("payload", flat=True)
    judged = [Judged(*row) for row in Candidate.objects.filter(study=study).values_list(*FIELDS)]
    return assemble(parse_config(study.config), events, judged)
