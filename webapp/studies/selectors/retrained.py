"""Architectures of a search that were trained from scratch later, and what they say of the supernet's ranking."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User

from engine.analysis.retraining import joined_trust, summary
from engine.events import TrainingFinished
from webapp.studies.models import Candidate, Event, Study


def retrained(study: Study, user: User) -> dict[str, Any]:
    """The analyses of its architectures that this user may see, a row for each architecture, and τ of all together."""
    analyses = Study.objects.for_user(user).filter(forked_from=study, config__analysis__arms__isnull=False)
    found = list(analyses.order_by("created"))
    done = _trainings(found)
    every = [one for trainings in done.values() for one in trainings]
    own = [] if not every else _trainings([study])[study.pk]
    estimates = _estimates(study, {one.architecture for one in (*own, *every)})
    trust, note = joined_trust(study.seed, own, every, estimates) if every else (None, "")
    return {
        "studies": [_line(one) for one in found],
        "architectures": summary(estimates, every),
        "trust": trust and trust.model_dump(mode="json"),
        "note": note,
    }


def _trainings(studies: Iterable[Study]) -> dict[Any, list[TrainingFinished]]:
    """Those of each study, in order."""
    found: dict[Any, list[TrainingFinished]] = {study.pk: [] for study in studies}
    events = Event.objects.filter(study__in=list(found), kind="training_finished").order_by("seq")
    for study_id, payload in events.values_list("study_id", "payload"):
        found[study_id].append(TrainingFinished.model_validate(payload))
    return found


def _estimates(study: Study, codes: set[str]) -> dict[str, float]:
    """The supernet's accuracy of those architectures that the search evaluated."""
    return dict(Candidate.objects.filter(study=study, architecture__in=codes).values_list("architecture", "accuracy"))


def _line(study: Study) -> dict[str, Any]:
    return {"id": str(study.id), "url": study.get_absolute_url(), "name": study.name, "state": study.state}
