"""The JSON API of studies. Views read through `for_user` and write through services."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from engine.cost.memory import memory_limit, require_memory
from engine.errors import ConfigError
from webapp.accounts.request import user_of
from webapp.http.body import body_of, options_of
from webapp.http.errors import InvalidTransition
from webapp.studies import services
from webapp.studies.models import Candidate, Launch, Study
from webapp.studies.selectors import repeats
from webapp.studies.selectors.event_pages import read_events
from webapp.studies.selectors.listing import listed
from webapp.studies.selectors.summaries import detail
from webapp.studies.services.actions import ACTIONS, OPTIONS
from webapp.studies.submit.idempotency import once
from webapp.studies.submit.parsing import BadSubmission, problem, read_config, read_seeds

EVENTS_LIMIT = 500
EVENTS_CHARACTERS = 2_000_000
"""A page of events ends with the event that makes it longer than this."""


@require_http_methods(["GET", "HEAD", "POST"])
def studies(request: HttpRequest) -> JsonResponse:
    user = user_of(request)
    if request.method == "POST":
        return _create(request)
    archived = request.GET.get("archived") == "1"
    try:
        page = listed(user, archived=archived, before=request.GET.get("before", ""), words=request.GET.get("q", ""))
    except BadSubmission as bad:
        return JsonResponse({"problems": bad.problems}, status=422)
    return JsonResponse(asdict(page))


def _create(request: HttpRequest) -> JsonResponse:
    """Create one study, or with `seeds` K > 1 one for each of K seeds. The answer names the first."""
    owner = user_of(request)

    def make(launch: Launch | None) -> Study:
        config, seeds = read_config(body_of(request), owner), read_seeds(body_of(request))
        require_memory(config, memory_limit())
        if seeds > 1:
            return services.create_repeat(owner, config, seeds, launch)[0]
        return services.create_study(owner, config, launch=launch)

    try:
        return _launched(*once(request, make))
    except BadSubmission as bad:
        return JsonResponse({"problems": bad.problems}, status=422)
    except ConfigError as error:
        return JsonResponse({"problems": [problem(line) for line in error.problems]}, status=422)


def _launched(study: Study, new: bool) -> JsonResponse:
    """The study's URL: 201 for a new study, 200 where an earlier request with the same key created it."""
    repeated = {} if study.repeat is None else {"repeat": str(study.repeat)}
    answer = {"id": str(study.id), "url": study.get_absolute_url(), **repeated}
    return JsonResponse(answer, status=201 if new else 200)


@require_safe
def repeat(request: HttpRequest, repeat_id: UUID) -> JsonResponse:
    """The studies of one repetition over seeds, and the spread of their results."""
    visible = Study.objects.for_user(user_of(request)).filter(repeat=repeat_id).select_related("owner")
    if not visible:
        raise Http404
    return JsonResponse(repeats.summary(list(visible.order_by("seed"))))


@require_safe
def study(request: HttpRequest, study_id: UUID) -> JsonResponse:
    return JsonResponse(detail(_visible(request, study_id), user_of(request)))


@require_safe
def events(request: HttpRequest, study_id: UUID) -> HttpResponse:
    """The events after a cursor. There are more while the last event's number is below `last_seq`."""
    found = _visible(request, study_id)
    after = _number(request.GET.get("after"), 0, 2**53, 0)
    limit = _number(request.GET.get("limit"), 1, EVENTS_LIMIT, EVENTS_LIMIT)
    page = ", ".join(text for _, text in read_events(found.id, after, limit, EVENTS_CHARACTERS))
    return HttpResponse(f'{{"events": [{page}], "last_seq": {found.last_seq}}}', content_type="application/json")


@require_POST
def act(request: HttpRequest, study_id: UUID, action: str) -> JsonResponse:
    """Run an action; its options are the body's JSON object."""
    found = _visible(request, study_id, deleted=action == "undelete")
    try:
        ACTIONS[action](found.id, options_of(request))
    except InvalidTransition as refusal:
        return JsonResponse({"error": f"{refusal}; this one is {found.state}"}, status=409)
    except ConfigError as error:
        return JsonResponse({"problems": [_problem(line) for line in error.problems]}, status=422)
    if action == "delete":
        return JsonResponse({"id": str(study_id), "undo_seconds": settings.UNDO_SECONDS})
    return JsonResponse(detail(_visible(request, study_id), user_of(request)))


@require_POST
def fork(request: HttpRequest, study_id: UUID) -> JsonResponse:
    """Fork the study: `{"generation": g, "config": {changed fields}}`, both optional."""
    found = _visible(request, study_id)
    try:
        options = options_of(request)
        generation, changes = options.get("generation"), options.get("config", {})
        if generation is not None and (isinstance(generation, bool) or not isinstance(generation, int)):
            raise ConfigError([f"generation: must be a whole number, got {str(generation)[:40]!r}"])
        if not isinstance(changes, dict):
            raise ConfigError(["config: must be a JSON object"])

        def make(launch: Launch | None) -> Study:
            return services.fork(user_of(request), found, generation, changes, launch)

        return _launched(*once(request, make))
    except BadSubmission as bad:
        return JsonResponse({"problems": bad.problems}, status=422)
    except InvalidTransition as refusal:
        return JsonResponse({"error": str(refusal)}, status=409)
    except ConfigError as error:
        return JsonResponse({"problems": [_problem(line) for line in error.problems]}, status=422)


def _problem(line: str) -> dict[str, str]:
    """The problem of an action's option, or of a config field."""
    field, _, message = line.partition(": ")
    return {"field": field, "message": message} if field in OPTIONS else problem(line)


@require_safe
def spike_map(request: HttpRequest, study_id: UUID, number: int) -> HttpResponse:
    """A candidate's spikes by layer and time step. They never change, so they may be cached for ever."""
    found = _visible(request, study_id)
    candidate = get_object_or_404(Candidate, study=found, number=number)
    data = bytes(candidate.spike_map)
    steps = int(found.config["network"]["time_steps"])
    headers = {
        "X-Rows": str(len(data) // (4 * steps)),
        "X-Steps": str(steps),
        "Cache-Control": "private, max-age=31536000, immutable",
    }
    return HttpResponse(data, content_type="application/octet-stream", headers=headers)


def _visible(request: HttpRequest, study_id: UUID, *, deleted: bool = False) -> Study:
    """A study this user may see; with `deleted`, also one in the bin."""
    visible = Study.objects.for_user(user_of(request))
    if deleted:
        visible |= Study.objects.deleted_by(user_of(request))
    return get_object_or_404(visible.select_related("owner"), id=study_id)


def _number(text: str | None, least: int, most: int, default: int) -> int:
    """A bounded integer of a query string; the default where it is missing or no number."""
    if text is None or not (text.isascii() and text.isdigit() and len(text) < 17):
        return default
    return max(least, min(most, int(text)))
