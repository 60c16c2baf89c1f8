"""The API of a search's architectures trained from scratch: begin it, and what came of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe

from engine.analysis.retraining import retraining
from engine.config.parse import parse_stored
from engine.config.study import StudyConfig
from engine.cost.memory import memory_limit, require_memory
from engine.errors import ConfigError
from webapp.accounts.request import user_of
from webapp.http.body import options_of
from webapp.studies import services
from webapp.studies.models import Launch, Study
from webapp.studies.selectors.retrained import retrained as retrained_of
from webapp.studies.services.admission import require_readable
from webapp.studies.submit.idempotency import once
from webapp.studies.submit.parsing import BadSubmission, problem

OPTIONS = ("architectures", "seeds")


@require_safe
def retrained(request: HttpRequest, study_id: UUID) -> JsonResponse:
    return JsonResponse(retrained_of(_visible(request, study_id), user_of(request)))


@require_POST
def retrain(request: HttpRequest, study_id: UUID) -> JsonResponse:
    """Train architectures of the study from scratch: `{"architectures": ["R5-S-C3"], "seeds": 3}`, in a new study."""
    found, owner = _visible(request, study_id), user_of(request)
    try:
        config = _asked(parse_stored(found.config), options_of(request))
        require_readable(config, owner)
        require_memory(config, memory_limit())

        def make(launch: Launch | None) -> Study:
            return services.create_study(owner, config, launch=launch, forked_from=found)

        made, new = once(request, make)
    except BadSubmission as bad:
        return JsonResponse({"problems": bad.problems}, status=422)
    except ConfigError as error:
        return JsonResponse({"problems": [_problem(line) for line in error.problems]}, status=422)
    return JsonResponse({"id": str(made.id), "url": made.get_absolute_url()}, status=201 if new else 200)


def _asked(source: StudyConfig, options: dict[str, Any]) -> StudyConfig:
    """Raises ConfigError, option by option."""
    if unknown := sorted(set(options) - set(OPTIONS)):
        raise ConfigError([f"{unknown[0][:40]}: is none of {', '.join(OPTIONS)}"])
    codes, seeds = options.get("architectures", []), options.get("seeds", 1)
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        raise ConfigError(["architectures: must be a list of genomes, such as R5-S-C3"])
    if isinstance(seeds, bool) or not isinstance(seeds, int):
        raise ConfigError([f"seeds: must be a whole number, got {str(seeds)[:40]!r}"])
    return retraining(source, codes, seeds)


def _problem(line: str) -> dict[str, str]:
    """The problem of an option, or of a config field."""
    field, _, message = line.partition(": ")
    return {"field": field, "message": message} if field in OPTIONS else problem(line)


def _visible(request: HttpRequest, study_id: UUID) -> Study:
    visible = Study.objects.for_user(user_of(request)).select_related("owner")
    return get_object_or_404(visible, id=study_id)
