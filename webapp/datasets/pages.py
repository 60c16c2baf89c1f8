"""The pages of the data sets."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from webapp.accounts.request import user_of
from webapp.datasets import services
from webapp.datasets.admission import SUFFIXES
from webapp.datasets.api import quota
from webapp.datasets.listing import listed
from webapp.datasets.models import Dataset
from webapp.datasets.summaries import detail


@require_safe
def dataset_list(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    context = {
        "page": asdict(listed(user, request.GET.get("before", ""))),
        "quota": quota(user),
        "suffixes": ", ".join(SUFFIXES),
        "accept": ",".join(suffix.rpartition(".")[1] + suffix.rpartition(".")[2] for suffix in SUFFIXES),
        "roots": [str(root) for root in (settings.DATA_ROOT, *settings.DATA_ROOTS)],
    }
    return render(request, "datasets/list.html", context)


@require_safe
def dataset_page(request: HttpRequest, dataset_id: UUID) -> HttpResponse:
    user = user_of(request)
    found = get_object_or_404(services.counted(Dataset.objects.for_user(user)), id=dataset_id)
    return render(request, "datasets/detail.html", {"dataset": detail(found, user), "quota": quota(user)})
