"""The studies that search one supernet: a study, those it was forked from, and those forked from them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Max

from webapp.studies.models import Candidate, Study

MOST = 200
"""Most studies that a family lists."""


def family(study: Study, user: User) -> list[Study]:
    """Those of them that this user may see, the oldest first. A fork of before the supernet was trained is none."""
    found = _descendants({_root(study)})
    visible = Study.objects.for_user(user).filter(id__in=found | {study.id}).order_by("created")
    return list(visible[:MOST])


def lines(studies: list[Study]) -> list[dict[str, Any]]:
    """What a page shows of each. `fitness` is the highest under its own λ, of the supernet's estimates."""
    best = Candidate.objects.filter(study__in=studies).values("study").annotate(fitness=Max("fitness"))
    fitness = {one["study"]: one["fitness"] for one in best}
    return [_line(study, fitness.get(study.id)) for study in studies]


def _root(study: Study) -> UUID:
    """The study that trained the supernet, or the oldest that is left of those that have it."""
    found, above = study.id, study.forked_from_id if study.forked_at is not None else None
    while above is not None:
        found = above
        row = Study.objects.filter(id=above).values_list("forked_from_id", "forked_at").first()
        above = row[0] if row is not None and row[1] is not None else None
    return found


def _descendants(ids: set[UUID]) -> set[UUID]:
    """These studies and the forks that have their supernet, forks of forks too."""
    found, new = set(ids), set(ids)
    while new and len(found) < MOST:
        forks = Study.objects.filter(forked_from__in=new, forked_at__isnull=False)
        new = set(forks.values_list("id", flat=True)) - found
        found |= new
    return found


def _line(study: Study, fitness: float | None) -> dict[str, Any]:
    search = study.config["search"]
    best = None
    if study.best_architecture:
        accuracy, spikes = study.best_accuracy, study.best_spikes
        best = {"architecture": study.best_architecture, "accuracy": accuracy, "spikes": spikes, "tag": study.best_tag}
    return {
        "id": str(study.id),
        "url": study.get_absolute_url(),
        "name": study.name,
        "state": study.state,
        "algorithm": search["algorithm"],
        "lambda": search["fitness_lambda"],
        "seed": study.seed if search.get("seed") is None else search["seed"],
        "forked_at": study.forked_at,
        "generation": study.generation,
        "generations": study.generations,
        "fitness": fitness,
        "best": best,
    }
