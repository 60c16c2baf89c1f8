"""Deletes uploads and previews of deleted data sets."""

from __future__ import annotations

from django.conf import settings

from webapp.datasets import files
from webapp.datasets.models import Dataset
from webapp.workers.orphans import remove_orphans


def remove_orphan_folders() -> int:
    """Delete folders without a data set; returns how many."""
    roots = (files.uploads(), settings.PREVIEWS_ROOT)
    return sum(remove_orphans(root, "data set", Dataset.objects.all()) for root in roots)
