"""The page /compare, its JSON, and its fronts as a picture."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from webapp.accounts.request import user_of
from webapp.compare import architectures, differences, studies, warnings
from webapp.compare.figure import fronts_svg
from webapp.compare.request import MAX_ARCHITECTURES, MAX_STUDIES, BadRequest, read, visible
from webapp.studies.models import Study
from webapp.studies.selectors.records import records_of

PICKER_LIMIT = 500


@require_safe
def compare_page(request: HttpRequest) -> HttpResponse:
    """The page; its URL holds what is compared, and its script fetches it."""
    choices = Study.objects.for_user(user_of(request)).filter(archived=False).select_related("owner")[:PICKER_LIMIT]
    page = {"choices": [_choice(study) for study in choices], "most": [MAX_STUDIES, MAX_ARCHITECTURES]}
    return render(request, "compare/compare.html", {"page": page})


def _choice(study: Study) -> dict[str, Any]:
    """The fields of a study in the picker."""
    return {
        "id": str(study.id),
        "name": study.name,
        "state": study.state,
        "owner": study.owner.get_username(),
        "data": study.config["data"]["dataset"],
        "seed": study.seed,
        "created": study.created.isoformat(),
    }


@require_safe
def comparison(request: HttpRequest) -> JsonResponse:
    """`?s=ID,ID&a=ID:GENOME,ID:winner`: six queries, however many studies and architectures."""
    try:
        asked = read(request.GET)
    except BadRequest as bad:
        return _refused(bad)
    found = visible(user_of(request), asked.all_studies)
    records = records_of(list(found.values()))
    pairs = [(found[study_id], records[study_id]) for study_id in asked.studies]
    entries = architectures.side_by_side(asked.architectures, found, records)
    lent = [(found[study_id], records[study_id]) for study_id in dict.fromkeys(pair[0] for pair in asked.architectures)]
    return JsonResponse(
        {
            "studies": studies.side_by_side(pairs),
            "reference": {"accuracy": 0, "spikes": studies.reference(pairs)},
            "differences": differences.differing([record.config for _, record in pairs]),
            "warnings": warnings.warnings(pairs),
            "result_warnings": warnings.of_results(pairs),
            "architectures": entries,
            "architecture_warnings": warnings.of_architectures(entries) + warnings.warnings(lent),
        }
    )


@require_safe
def fronts(request: HttpRequest) -> HttpResponse:
    """`?s=ID,ID`: the fronts in one SVG, in the order of the address; three queries, however many studies."""
    try:
        asked = read(request.GET)
        if not asked.studies:
            raise BadRequest("s", "name at least one study, as in ?s=ID,ID")
    except BadRequest as bad:
        return _refused(bad)
    found = visible(user_of(request), asked.studies)
    records = records_of(list(found.values()))
    headers = {"Content-Disposition": 'attachment; filename="fronts.svg"'}
    picture = fronts_svg([records[study_id] for study_id in asked.studies])
    return HttpResponse(picture, content_type="image/svg+xml", headers=headers)


def _refused(bad: BadRequest) -> JsonResponse:
    return JsonResponse({"problems": [{"field": bad.field, "message": bad.message}]}, status=422)
