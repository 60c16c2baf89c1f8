"""The replay page and the events of the recorded quick look."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from webapp.demo import recording
from webapp.demo.replays import of_recording


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
