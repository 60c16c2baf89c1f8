"""Uploads and previews whose data set is gone."""

from __future__ import annotations

from django.conf import settings

from webapp.datasets import files
from webapp.datasets.models import Dataset
from webapp.orphans import remove_orphans


def remove_gone() -> int:
    """Remove their folders; how many went."""
    return sum(remove_orphans(root, "data set", _ids) for root in (files.uploads(), settings.PREVIEWS_ROOT))


def _ids() -> set[str]:
    return {str(dataset_id) for dataset_id in Dataset.objects.values_list("id", flat=True)}
