"""The API of searches on one supernet: those there are, and new ones."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe

from engine.config.parse import parse_stored
from engine.config.study import StudyConfig
from engine.errors import ConfigError
from engine.sweep.plan import searches
from webapp.accounts.request import user_of
from webapp.http.body import options_of
from webapp.http.errors import InvalidTransition
from webapp.studies import services
from webapp.studies.models import Launch, Study
from webapp.studies.selectors.family import family as family_of
from webapp.studies.selectors.family import lines
from webapp.studies.submit.idempotency import once
from webapp.studies.submit.parsing import BadSubmission, problem

OPTIONS = ("name", "lambdas", "seeds", "retrain", "generations")


@require_safe
def family(request: HttpRequest, study_id: UUID) -> JsonResponse:
    """The studies that search the supernet of this one, itself among them."""
    user = user_of(request)
    return JsonResponse({"studies": lines(family_of(_visible(request, study_id), user))})


@require_POST
def sweep(request: HttpRequest, study_id: UUID) -> JsonResponse:
    """Search the supernet again: `{"lambdas": […], "seeds": […], "retrain": false}`, a study for each λ and seed."""
    found = _visible(request, study_id)
    try:
        configs = _planned(found, options_of(request))

        def make(launch: Launch | None) -> Study:
            return services.search_again(user_of(request), found, configs, launch)[0]

        first, new = once(request, make)
    except BadSubmission as bad:
        return JsonResponse({"problems": bad.problems}, status=422)
    except InvalidTransition as refusal:
        return JsonResponse({"error": str(refusal)}, status=409)
    except ConfigError as error:
        return JsonResponse({"problems": [_problem(line) for line in error.problems]}, status=422)
    answer = {"id": str(first.id), "url": first.get_absolute_url(), "studies": len(configs)}
    return JsonResponse(answer, status=201 if new else 200)


def _planned(study: Study, options: dict[str, Any]) -> list[StudyConfig]:
    """The config of each search. Raises ConfigError, option by option."""
    if unknown := sorted(set(options) - set(OPTIONS)):
        raise ConfigError([f"{unknown[0][:40]}: is none of {', '.join(OPTIONS)}"])
    source = parse_stored(study.config)
    if "name" in options:
        source = parse_stored({**study.config, "name": options["name"]})
    retrain = options.get("retrain", False)
    if not isinstance(retrain, bool):
        raise ConfigError([f"retrain: must be true or false, got {str(retrain)[:40]!r}"])
    changes = {"generations": options["generations"]} if "generations" in options else {}
    lambdas, seeds = (
        _numbers(options, "lambdas", float),
        _numbers(options, "seeds", int) if "seeds" in options else None,
    )
    return [one.config for one in searches(source, lambdas, seeds, retrain=retrain, changes=changes)]


def _numbers(options: dict[str, Any], name: str, kind: type[float] | type[int]) -> list[Any]:
    """A list of numbers; whole ones where `kind` is int. Raises ConfigError."""
    given = options.get(name, [])
    allowed = (int,) if kind is int else (int, float)
    if not isinstance(given, list) or any(isinstance(one, bool) or not isinstance(one, allowed) for one in given):
        raise ConfigError([f"{name}: must be a list of {'whole numbers' if kind is int else 'numbers'}"])
    return [kind(one) for one in given]


def _problem(line: str) -> dict[str, str]:
    """The problem of an option, or of a config field."""
    field, _, message = line.partition(": ")
    return {"field": field, "message": message} if field in (*OPTIONS, "lambda", "seed") else problem(line)


def _visible(request: HttpRequest, study_id: UUID) -> Study:
    visible = Study.objects.for_user(user_of(request)).select_related("owner")
    return get_object_or_404(visible, id=study_id)
