"""Where each camera's addresses keep x, y and polarity in AEDAT 2.0, as jAER defines them."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Addresses = NDArray[np.uint32]
CHIP = re.compile(r"(davis|sbret|dvs|tmpdiff)(\d+)[a-z_]{0,16}")
HOST = np.uint32(1 << 31)
"""Marks what is no event of a pixel on every chip."""
SEVERAL = ("stereo", "cochlea")
"""Words in the names of chips that are two sensors in one file."""


@dataclass(frozen=True)
class Chip:
    """`x` and `y` are the lowest bit of each coordinate, `on` the polarity's bit and `on_is` its value for ON.

    `skipped` are the bits that mark what is no event of a pixel; `unused` those an event's address never has.
    """

    name: str
    width: int
    height: int
    x: int
    y: int
    coordinate_bits: tuple[int, int]
    on: int
    on_is: int
    skipped: int
    unused: int

    def foreign(self, address: Addresses) -> NDArray[np.bool_]:
        """Which of the addresses [N] are another chip's, whatever else they seem to mark."""
        found: NDArray[np.bool_] = (address & np.uint32(self.unused) != 0) & (address & HOST == 0)
        return found

    def raw_x(self, address: Addresses) -> Addresses:
        return address >> np.uint32(self.x) & np.uint32((1 << self.coordinate_bits[0]) - 1)

    def raw_y(self, address: Addresses) -> Addresses:
        return address >> np.uint32(self.y) & np.uint32((1 << self.coordinate_bits[1]) - 1)


def _davis(name: str, width: int, height: int) -> Chip:
    """Bit 31 marks samples of frames and of the motion sensor, bit 10 external events."""
    return Chip(name, width, height, 12, 22, (10, 9), 11, 1, 1 << 31 | 1 << 10, 0)


def _dvs128(name: str) -> Chip:
    """Bit 15 marks external triggers, bit 31 what the host put in."""
    return Chip(name, 128, 128, 1, 8, (7, 7), 0, 0, 1 << 31 | 1 << 15, 0x7FFF_0000)


DVS128 = _dvs128("DVS128")
DAVIS346 = _davis("DAVIS346", 346, 260)
DVS640 = Chip("DVS640", 640, 480, 1, 11, (10, 10), 0, 1, 1 << 31, 0x7FE0_0000)
CHIPS = {
    "dvs128": DVS128,
    "tmpdiff128": _dvs128("Tmpdiff128"),
    "dvs640": DVS640,
    "davis128": _davis("DAVIS128", 128, 128),
    "davis208": _davis("DAVIS208", 208, 192),
    "davis240": _davis("DAVIS240", 240, 180),
    "davis346": DAVIS346,
    "davis640": _davis("DAVIS640", 640, 480),
    **{f"sbret{k}": _davis("DAVIS240", 240, 180) for k in (10, 20, 21)},
}
KNOWN = "DVS128, DAVIS128, DAVIS208, DAVIS240, DAVIS346, DAVIS640 and DVS640"


def chip_named(name: str) -> Chip | None:
    """The chip of a Java class name such as eu.seebetter.ini.chips.davis.DAVIS240C, in any case."""
    last = name.strip().lower().split(".")[-1]
    found = CHIP.fullmatch(last)
    if found is None or any(word in last for word in SEVERAL):
        return None
    return CHIPS.get(found[1] + found[2])
