"""The data a replay needs apart from the events."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from engine.config.study import StudyConfig
from webapp.demo import recording


def replay(config: StudyConfig, events: str, back: str, *, running: bool) -> dict[str, Any]:
    """`events` is the URL of the stored events, `back` the URL of the previous page."""
    return {
        "name": config.name,
        "data": config.data.info.title,
        "sample": "recording" if config.data.info.kind == "events" else "image",
        "layers": config.model_dump(mode="json")["network"]["macro"]["layers"],
        "events": events,
        "back": back,
        "running": running,
    }


def of_recording() -> dict[str, Any]:
    """The quick look that comes with the product."""
    return replay(recording.config(), reverse("api-demo-events"), reverse("studies"), running=False)
