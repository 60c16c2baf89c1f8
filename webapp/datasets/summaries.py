"""The JSON form of data sets, for the API and the pages."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User

from engine.config.catalog import CATALOG
from engine.config.data import DataConfig
from engine.data.preview.preview import StoredPreview
from webapp.datasets import files
from webapp.datasets.models import Dataset, Source

LISTED_STUDIES = 50


def summary(dataset: Dataset, user: User) -> dict[str, Any]:
    """Everything a list shows; `dataset` comes from `services.counted`."""
    report = dataset.report
    info = CATALOG.get(dataset.dataset)
    splits = report.get("splits", {})
    return {
        "id": str(dataset.id),
        "title": dataset.title,
        "source": dataset.source,
        "dataset": dataset.dataset,
        "kind": info.kind if info else report.get("kind"),
        "location": dataset.location,
        "file": dataset.location.rpartition("/")[2] if dataset.source == Source.UPLOAD else "",
        "version": dataset.version,
        "owner": dataset.owner.get_username() if dataset.owner else None,
        "shared": dataset.shared,
        "state": dataset.state,
        "task": dataset.task,
        "stage": dataset.stage,
        "reason": dataset.reason,
        "size": dataset.size,
        "received": dataset.received,
        "content_sha256": dataset.content_sha256,
        "licence": dataset.licence,
        "citation": dataset.citation,
        "classes": len(report.get("classes", ())) or (info.classes if info else None),
        "samples": {name: split["samples"] for name, split in splits.items()},
        "fetchable": bool(info and info.sources) and dataset.source == Source.BUILTIN,
        "by_hand": info.by_hand if info else "",
        "uses": getattr(dataset, "uses", 0),
        "may_edit": may_edit(dataset, user),
    }


def detail(dataset: Dataset, user: User) -> dict[str, Any]:
    """Everything a data set's page shows."""
    visible = dataset.studies.for_user(user)
    info = CATALOG.get(dataset.dataset)
    preview = _preview(dataset)
    return {
        **summary(dataset, user),
        "report": dataset.report,
        "previewed": preview is not None,
        "recordings": [] if preview is None or preview.kind != "events" else preview.labels,
        "augmentation": info.augmentation if info else "none",
        "sources": [{"url": source.url, "size": source.size, "md5": source.md5} for source in info.sources]
        if info
        else [],
        "studies": [
            {"id": str(study.id), "name": study.name, "state": study.state} for study in visible[:LISTED_STUDIES]
        ],
    }


def _preview(dataset: Dataset) -> StoredPreview | None:
    try:
        return StoredPreview(files.preview_folder(dataset.id))
    except (OSError, ValueError):
        return None


def may_edit(dataset: Dataset, user: User) -> bool:
    return dataset.owner_id is not None and (user.is_staff or dataset.owner_id == user.pk)


def data_of(dataset: Dataset) -> dict[str, Any]:
    """The `data` config of a study on it; for a user's files with their content hash."""
    own = dataset.source != Source.BUILTIN
    path = {"path": dataset.location, "content_sha256": dataset.content_sha256} if own else {}
    return DataConfig.model_validate({**dataset.report["config"], **path}).model_dump(mode="json")
