"""The poster's published numbers on one data set, as points for a study's plot."""

from __future__ import annotations

from typing import Any

from engine.analysis.published import PUBLISHED

CIFAR10_TABLES = ("base", "blocks", "regularisation")
"""Tables whose rows are all on CIFAR-10."""
TRANSFER_NAMES = {
    "cifar100": "CIFAR-100",
    "svhn": "SVHN",
    "tiny_imagenet": "Tiny-ImageNet-200",
    "cifar10_dvs": "CIFAR10-DVS",
    "dvs128_gesture": "DVS128-Gesture",
}
"""Data set → first words of its rows in the table `transfer`."""


def published_points(dataset: str) -> list[dict[str, Any]]:
    """Every published network of a data set that has both numbers: accuracy 0…1 on its test split, and spikes."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for entry in PUBLISHED:
        if entry.value is None or not _is_on(entry.table, entry.row, dataset):
            continue
        row = rows.setdefault((entry.table, entry.row), {"name": entry.row, "source": entry.source})
        if entry.column == "accuracy":
            row["accuracy"] = entry.value / 100
        elif entry.column == "spikes":
            row["spikes"] = entry.value
    points: dict[
        tuple[float, float], dict[str, Any]
    ] = {}  # some networks stand in several tables: the first names them
    for row in rows.values():
        if "accuracy" in row and "spikes" in row:
            points.setdefault((row["accuracy"], row["spikes"]), row)
    return list(points.values())


def _is_on(table: str, row: str, dataset: str) -> bool:
    if table == "transfer":
        return dataset in TRANSFER_NAMES and row.startswith(f"{TRANSFER_NAMES[dataset]} ")
    return dataset == "cifar10" and table in CIFAR10_TABLES
