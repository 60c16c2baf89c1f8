"""The recorded quick look that comes with the product, to be watched."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from webapp.demo import recording
from webapp.demo.replays import of_recording


@require_safe
def demo(request: HttpRequest) -> HttpResponse:
    """The recorded quick look, to be watched."""
    return render(request, "replay/page.html", {"replay": of_recording(), "recorded": True})


@require_safe
def demo_events(request: HttpRequest) -> JsonResponse:
    """As /api/studies/ID/events answers, of the recording."""
    text = request.GET.get("after", "")
    after = int(text) if text.isascii() and text.isdigit() and len(text) < 17 else 0
    found = recording.stored()
    return JsonResponse({"events": found[after:], "last_seq": len(found)})
