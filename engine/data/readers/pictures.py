"""Picture files of a user, decoded one after another into one array; what was done to them is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.data.files.pixels import MAX_BYTES, TRAITS, Look, decode_picture, look
from engine.data.files.tree import Tree
from engine.data.preprocessing.coding import Resize
from engine.data.reduce import resized
from engine.errors import DataError

MAX_TOTAL = 8_000_000_000
DARK = 64
"""Pictures of 12 bits in files of 16 end up below: 4,095 becomes 16 of 255."""


@dataclass(frozen=True)
class Pictures:
    """`pixels` uint8 [N, C, H, W] in the order asked for; `said` are clauses for the note."""

    pixels: NDArray[np.uint8]
    said: tuple[str, ...]


def decode_all(tree: Tree, files: Sequence[str], size: int, channels: int, resize: Resize = "bilinear") -> Pictures:
    """The centre square of every file, resized. Raises DataError naming the file that is wrong."""
    if (needed := len(files) * channels * size * size) > MAX_TOTAL:
        raise DataError(
            f"{tree.label}: {len(files):,} images at {size} pixels take {needed:,} bytes; at most {MAX_TOTAL:,}"
        )
    pixels = np.zeros((len(files), channels, size, size), np.uint8)
    looks: dict[str, Look] = {}
    place = {name: k for k, name in enumerate(files)}
    for name, data in tree.each(place, MAX_BYTES):
        pixels[place[name]], looks[name] = _decoded(data, name, channels, size, resize)
    said = [*_sizes(looks, size), *_colours(looks, channels), *_traits(looks)]
    if said and any("16-bit" in one.traits for one in looks.values()) and pixels.max() < DARK:
        said.append(
            f"the brightest pixel is {pixels.max()} of 255: if they are of fewer than 16 bits, scale them first"
        )
    return Pictures(pixels, tuple(said))


def _decoded(data: bytes, name: str, channels: int, size: int, resize: Resize) -> tuple[NDArray[np.uint8], Look]:
    if resize == "bilinear":
        return decode_picture(data, name, channels, size)
    whole, looked = decode_picture(data, name, channels, None)
    return resized(whole[None], size, resize)[0][0], looked


def natural(tree: Tree, files: Sequence[str], least: int) -> tuple[int, int]:
    """(channels, smallest side) of all files as their headers tell: 1 channel where all are grey, else 3.

    Raises DataError for one that is no picture, and one with a side below `least`.
    """
    channels, smallest = 1, 0
    for name, data in tree.each(files, MAX_BYTES):
        found = look(data, name)
        side = min(found.width, found.height)
        if side < least:
            raise DataError(f"{name}: {found.width} × {found.height} pixels; at least {least} × {least}")
        channels, smallest = max(channels, found.channels), min(smallest or side, side)
    return channels, smallest


def _sizes(looks: dict[str, Look], size: int) -> list[str]:
    """Where sizes differ, or squares are cut; and which are enlarged."""
    sizes = sorted({(one.width, one.height) for one in looks.values()}, key=lambda pair: (pair[0] * pair[1], pair))
    said = []
    if len(sizes) > 1:
        (least, lower), (most, upper) = sizes[0], sizes[-1]
        said.append(f"of {least}×{lower} to {most}×{upper} pixels, the centre square of each resized to {size}×{size}")
    elif sizes and sizes[0] != (size, size):
        said.append(f"of {sizes[0][0]}×{sizes[0][1]} pixels, the centre square resized to {size}×{size}")
    small = [name for name, one in looks.items() if min(one.width, one.height) < size]
    if small:
        said.append(f"{len(small):,} smaller than that are enlarged ({small[0][-60:]})")
    return said


def _colours(looks: dict[str, Look], channels: int) -> list[str]:
    grey = sum(one.channels == 1 for one in looks.values())
    if channels == 3 and grey > 0:
        return [f"{grey:,} grey ones of {len(looks):,} taken as RGB"]
    if channels == 1 and grey < len(looks):
        return [f"{len(looks) - grey:,} in colour of {len(looks):,} taken as grey"]
    return []


def _traits(looks: dict[str, Look]) -> list[str]:
    counts = Counter(trait for one in looks.values() for trait in one.traits)
    return [f"{counts[trait]:,} {words}" for trait, words in TRAITS.items() if counts[trait]]
