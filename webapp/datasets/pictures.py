"""Pictures of a data set's preview: sample grids, augmentation, event frames; and its splits."""

from __future__ import annotations

import hashlib
import io
from typing import Any, Literal, cast
from uuid import UUID

import numpy as np
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe
from numpy.typing import NDArray
from PIL import Image

from engine.data.events.frames import FramesBy
from engine.data.preview.preview import AUGMENTATIONS, AUGMENTED, StoredPreview
from engine.errors import DataError
from webapp.accounts.request import user_of
from webapp.datasets import files
from webapp.datasets.admission import Refused
from webapp.datasets.models import Dataset

CACHED = "private, max-age=31536000, immutable"
"""A preview never changes: changed content is another version."""
MAX_STEPS, MAX_SIZE = 64, 128
FRACTIONS = (0.05, 0.5)


@require_safe
def samples(request: HttpRequest, dataset_id: UUID, label: int) -> HttpResponse:
    """The stored images of one class, side by side, as PNG."""
    preview = _preview(request, dataset_id, "images")
    of_class = preview.pixels()[np.array(preview.labels) == label]
    if not len(of_class):
        raise Http404
    return _png(of_class[None])


@require_safe
def augmented(request: HttpRequest, dataset_id: UUID, kind: str) -> HttpResponse:
    """A few stored images with augmented versions below each, as PNG."""
    preview = _preview(request, dataset_id, "images")
    if kind not in AUGMENTATIONS:
        raise Http404
    grid = np.load(preview.folder / AUGMENTED, mmap_mode="r", allow_pickle=False)[AUGMENTATIONS.index(kind)]
    return _png(grid.swapaxes(0, 1))


@require_safe
def frames(request: HttpRequest, dataset_id: UUID) -> HttpResponse:
    """A recording as the network would see it: little-endian uint16 [T, 2, size, size], OFF before ON."""
    preview = _preview(request, dataset_id, "events")
    try:
        k = _number(request.GET, "sample", 0, len(preview.labels) - 1)
        steps = _number(request.GET, "time_steps", 1, MAX_STEPS)
        size = _number(request.GET, "size", 8, min(MAX_SIZE, preview.sensor))
        by = request.GET.get("by", "count")
        if by not in ("count", "duration"):
            raise Refused("by", "must be count or duration")
    except Refused as problem:
        return JsonResponse({"problems": [{"field": problem.field, "message": problem.message}]}, status=422)
    try:
        counts = preview.frames(k, steps, cast(FramesBy, by), size)
    except DataError as problem:  # ready-made frames have a T of their own
        return JsonResponse({"problems": [{"field": "time_steps", "message": str(problem)}]}, status=422)
    recording = preview.recording(k)
    headers = {
        "X-Events": str(len(recording)),
        "X-Duration": str(recording.duration),
        "X-Most": str(int(counts.max())),
        "Cache-Control": CACHED,
    }
    body = np.minimum(counts, 65_535).astype("<u2").tobytes()
    return HttpResponse(body, content_type="application/octet-stream", headers=headers)


def split_of(dataset: Dataset, asked: QueryDict) -> dict[str, Any]:
    """Class counts of training, validation and test, and the SHA-256 of the validation indices. Raises Refused."""
    preview = _stored(dataset)
    kind = asked.get("kind", "stratified")
    if kind not in ("stratified", "contiguous"):
        raise Refused("kind", "must be stratified or contiguous")
    seed = _number(asked, "seed", 0, 2**31 - 1)
    try:
        fraction = float(asked.get("fraction", "0.2"))
    except ValueError as error:
        raise Refused("fraction", "must be a number") from error
    if not FRACTIONS[0] <= fraction <= FRACTIONS[1]:
        raise Refused("fraction", f"must be {FRACTIONS[0]} to {FRACTIONS[1]}")
    train, test = preview.splits()
    rest, held = preview.validation(cast(Literal["stratified", "contiguous"], kind), fraction, seed)
    classes = len(preview.class_names)
    parts = {"train": train[rest], "validation": train[held], "test": test}
    return {
        "splits": {name: np.bincount(labels, minlength=classes).tolist() for name, labels in parts.items()},
        "validation_sha256": hashlib.sha256(held.astype("<i8").tobytes()).hexdigest(),
    }


def _preview(request: HttpRequest, dataset_id: UUID, kind: str) -> StoredPreview:
    preview = _stored(get_object_or_404(Dataset.objects.for_user(user_of(request)), id=dataset_id))
    if preview.kind != kind:
        raise Http404
    return preview


def _stored(dataset: Dataset) -> StoredPreview:
    try:
        return StoredPreview(files.preview_folder(dataset.id))
    except (OSError, ValueError) as error:
        raise Http404("there is no preview of this data set") from error


def _png(grid: NDArray[np.uint8]) -> HttpResponse:
    """Images [rows, columns, C, H, W], each followed by a transparent pixel. Re-encoded: no byte of an upload is
    served.
    """
    rows, columns, _, height, width = grid.shape
    sheet = np.zeros((rows, height + 1, columns, width + 1, 4), np.uint8)
    sheet[:, :height, :, :width, :3] = grid.transpose(0, 3, 1, 4, 2)  # one grey channel spreads over three
    sheet[:, :height, :, :width, 3] = 255
    file = io.BytesIO()
    Image.fromarray(sheet.reshape(rows * (height + 1), columns * (width + 1), 4)).save(file, "PNG")
    return HttpResponse(file.getvalue(), content_type="image/png", headers={"Cache-Control": CACHED})


def _number(asked: QueryDict, name: str, least: int, most: int) -> int:
    text = asked.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 12) or not least <= int(text) <= most:
        raise Refused(name, f"must be a whole number from {least} to {most}")
    return int(text)
