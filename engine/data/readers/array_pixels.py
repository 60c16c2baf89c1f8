"""Pixels of arrays as uint8 [N, C, H, W], from every layout and range people keep them in."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from engine.data.files.npy import Array
from engine.data.files.pixels import BACKGROUND
from engine.data.files.split_names import Split
from engine.data.preprocessing.coding import ValueRange
from engine.errors import DataError

AT_ONCE = 1_000
"""Images converted at once: floats take eight times the memory of what comes out."""
FORM = "uint8 [N, H, W], [N, H, W, C] or [N, C, H, W]"
Pixels = dict[Split, NDArray[np.uint8]]
Scale = Callable[[Array], Array]
SCALES: Mapping[ValueRange, Scale] = {
    (0, 1): lambda x: x * np.float32(255),
    (-1, 1): lambda x: (x + np.float32(1)) * np.float32(127.5),
    (0, 255): lambda x: x,
    (0, 65_535): lambda x: x / np.float64(257),
}
"""How pixels of each range come to 0…255."""


def pixels_of(
    parts: Mapping[Split, Array], channels: int | None, name: str, known: ValueRange | None = None
) -> tuple[Pixels, ValueRange | None, list[str]]:
    """(uint8 [N, C, H, W] by split, their range, what is to be said of how they were taken).

    `channels` None: as the array has. All splits are scaled alike, by the `known` range, else by that of all; None for
    what are bytes already. Raises DataError.
    """
    for split, x in parts.items():
        _check_form(x, f"{name}: x_{split}")
    taken, said = _range(parts, name, known)
    scale = None if taken is None else SCALES[taken]
    found: Pixels = {}
    for split, x in parts.items():
        found[split], clause = _channels_first(_converted(x, scale), channels, f"{name}: x_{split}")
        said += [clause] if clause and clause not in said else []
        channels = found[split].shape[1]
    return found, taken, said


def _check_form(x: Array, name: str) -> None:
    if x.ndim == 2:
        raise DataError(f"{name} holds flat rows {list(x.shape)}; reshape them to images, {FORM}")
    if x.ndim not in (3, 4) or x.dtype.kind not in "biuf":
        raise DataError(f"{name} must be {FORM}, got {x.dtype} {list(x.shape)}")
    if not x.size:
        raise DataError(f"{name}: at least one image")


def _range(parts: Mapping[Split, Array], name: str, known: ValueRange | None) -> tuple[ValueRange | None, list[str]]:
    """The range of pixels, by type and values of all splits, or the known one; None for what are bytes already."""
    if all(x.dtype == np.uint8 for x in parts.values()):
        return None, []
    kinds = ", ".join(sorted({str(x.dtype) for x in parts.values()}))
    low, high = min(float(x.min()) for x in parts.values()), max(float(x.max()) for x in parts.values())
    if all(x.dtype.kind == "b" for x in parts.values()):
        return (0, 1), ["true and false taken as 255 and 0"]
    if known is not None:
        return _known_range(known, low, high, kinds, name)
    return _told_range(parts, low, high, kinds, name)


def _known_range(known: ValueRange, low: float, high: float, kinds: str, name: str) -> tuple[ValueRange, list[str]]:
    """The range of the arrays that a network was trained on. Raises DataError for pixels outside of it."""
    if not known[0] <= low <= high <= known[1]:
        raise DataError(
            f"{name}: x holds {kinds} from {low:g} to {high:g}; the network was trained on {known[0]:g}…{known[1]:g}"
        )
    return known, [f"{kinds} of {known[0]:g}…{known[1]:g}, as in training, scaled to 0…255"]


def _told_range(
    parts: Mapping[Split, Array], low: float, high: float, kinds: str, name: str
) -> tuple[ValueRange, list[str]]:
    floats = any(x.dtype.kind == "f" for x in parts.values())
    if floats and low >= 0 and high <= 1:
        return (0, 1), [f"{kinds} of 0…1 scaled to 0…255"]
    if floats and low >= -1 and high <= 1:
        return (-1, 1), [f"{kinds} of −1…1 scaled to 0…255"]
    if low >= 0 and high <= 255:
        return (0, 255), [f"{kinds} of {low:g}…{high:g} taken as 0…255"]
    if not floats and low >= 0 and high <= 65_535:
        return (0, 65_535), [f"{kinds} of {low:g}…{high:g} scaled from 0…65,535 to 0…255"]
    hint = "; save them as they were before normalisation" if floats else ""
    raise DataError(
        f"{name}: x must be {FORM}, got {kinds} from {low:g} to {high:g}, neither 0…255, 0…1, −1…1 nor 16 bits{hint}"
    )


def _converted(x: Array, scale: Scale | None) -> NDArray[np.uint8]:
    if scale is None:
        return x
    found = np.empty(x.shape, np.uint8)
    for start in range(0, len(x), AT_ONCE):
        found[start : start + AT_ONCE] = np.rint(scale(x[start : start + AT_ONCE]))
    return found


def _channels_first(x: NDArray[np.uint8], channels: int | None, name: str) -> tuple[NDArray[np.uint8], str]:
    pixels = x[:, None] if x.ndim == 3 else x
    wanted = (channels,) if channels is not None else (1, 3)
    if pixels.shape[1] in wanted:
        return np.ascontiguousarray(pixels), ""
    if pixels.shape[-1] in wanted:
        return np.ascontiguousarray(pixels.transpose(0, 3, 1, 2)), ""
    if channels in (None, 3) and 4 in (pixels.shape[1], pixels.shape[-1]):
        first = pixels if pixels.shape[1] == 4 else pixels.transpose(0, 3, 1, 2)
        return _on_background(first), f"RGBA laid on {BACKGROUND}"
    if channels is None:
        raise DataError(f"{name}: neither the second nor the last axis is 1 (grey) or 3 (RGB): {list(x.shape)}")
    raise DataError(f"{name}: the study says {channels} channels (data.channels), the array is {list(x.shape)}")


def _on_background(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """RGBA [N, 4, H, W] over white, [N, 3, H, W]."""
    found = np.empty((len(rgba), 3, *rgba.shape[2:]), np.uint8)
    for start in range(0, len(rgba), AT_ONCE):
        part = rgba[start : start + AT_ONCE].astype(np.uint16)
        colour, alpha = part[:, :3], part[:, 3:]
        found[start : start + AT_ONCE] = (colour * alpha + 255 * (255 - alpha) + 127) // 255
    return found
