"""Replay pages of the recorded quick look and of studies."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from engine.config.study import parse_config
from webapp.accounts.request import user_of
from webapp.demo import recording
from webapp.demo.replays import of_recording, replay
from webapp.studies.models import TERMINAL, Study


@require_safe
def demo(request: HttpRequest) -> HttpResponse:
    """The replay of the recorded quick look."""
    return render(request, "replay/page.html", {"replay": of_recording(), "recorded": True})


@require_safe
def demo_events(request: HttpRequest) -> JsonResponse:
    """The recording's events in the form of /api/studies/ID/events."""
    text = request.GET.get("after", "")
    after = int(text) if text.isascii() and text.isdigit() and len(text) < 17 else 0
    found = recording.stored()
    return JsonResponse({"events": found[after:], "last_seq": len(found)})


@require_safe
def study_replay(request: HttpRequest, study_id: UUID) -> HttpResponse:
    study = get_object_or_404(Study.objects.for_user(user_of(request)), id=study_id)
    events, back = reverse("api-events", args=[study.id]), study.get_absolute_url()
    context = replay(parse_config(study.config), events, back, running=study.state not in TERMINAL)
    return render(request, "replay/page.html", {"replay": {**context, "name": study.name}})
