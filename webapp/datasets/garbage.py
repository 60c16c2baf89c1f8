"""Uploads and previews whose data set is gone."""

from __future__ import annotations

from django.conf import settings

from webapp.datasets import files
from webapp.datasets.models import Dataset
from webapp.workers.orphans import remove_orphans


def remove_gone() -> int:
    """Remove their folders; how many went."""
    roots = (files.uploads(), settings.PREVIEWS_ROOT)
    return sum(remove_orphans(root, "data set", Dataset.objects.all()) for root in roots)
