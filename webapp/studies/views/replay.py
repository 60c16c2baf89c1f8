"""The replay of a study."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from engine.config.parse import parse_stored
from webapp.accounts.request import user_of
from webapp.demo.replays import replay
from webapp.studies.models import TERMINAL, Study


@require_safe
def study_replay(request: HttpRequest, study_id: UUID) -> HttpResponse:
    study = get_object_or_404(Study.objects.for_user(user_of(request)), id=study_id)
    events, back = reverse("api-events", args=[study.id]), study.get_absolute_url()
    context = replay(parse_stored(study.config), events, back, running=study.state not in TERMINAL)
    return render(request, "replay/page.html", {"replay": {**context, "name": study.name}})
