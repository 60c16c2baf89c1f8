"""The JSON form of exports, for the API and the page."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from engine.exchange.formats import FORMATS
from webapp.exports.admission import obstacles, winner
from webapp.exports.models import Export, State
from webapp.studies.models import Study


def wire(found: Export) -> dict[str, Any]:
    """`file` is the address of the file of an export that agrees."""
    address = reverse("api-export-file", args=[found.study_id, found.id])
    return {
        "id": str(found.id),
        "to": found.to,
        "state": found.state,
        "reason": found.reason,
        "report": found.report,
        "file": address if found.state == State.DONE else None,
    }


def listed(study: Study) -> dict[str, Any]:
    """Every format with why the study's network cannot have it, and the exports there are."""
    architecture = winner(study)
    why = {} if architecture is None else obstacles(study, architecture)
    formats = [
        {"to": name, "label": one.label, "holds": one.holds, "obstacles": list(why.get(name, ()))}
        for name, one in FORMATS.items()
    ]
    exports = [wire(one) for one in Export.objects.filter(study=study)]
    return {"formats": formats, "exports": exports, "exportable": architecture is not None}
