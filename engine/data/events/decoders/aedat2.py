"""AEDAT 2.0 (jAER, v2e, CIFAR10-DVS): text header, then big-endian address and timestamp."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from engine.data.events.decoders.aedat2_chips import DAVIS346, DVS128, DVS640, KNOWN, Addresses, Chip, chip_named
from engine.data.events.decoders.text_header import header_end
from engine.data.events.recording import Recording, recording
from engine.errors import DataError

EVENT = 8
CLOCK_BITS = 32
NAMED_CHIP = re.compile(rb"#[ \t]*AEChip:[ \t]*(\S[^\r\n]*)", re.IGNORECASE)
LAST_LINES = (b"#end of ascii header", b"# end of ascii header")


def decode(data: bytes, name: str, turned: bool = False) -> Recording:
    """(0, 0) is the upper left; `turned` as SpikingJelly turns CIFAR10-DVS: x and y change places.

    Raises DataError when damaged, for a chip that is not known, and for addresses that the chip cannot have.
    """
    start = header_end(data, name, b"#", LAST_LINES)
    if (left := (len(data) - start) % EVENT) != 0:
        raise DataError(f"{name}: ends in the middle of an event ({left} bytes left over); truncated?")
    words = np.frombuffer(data, ">u4", offset=start).reshape(-1, 2)
    address = words[:, 0].astype(np.uint32)
    chip, notes = _chip(data[:start], address, name)
    kept = (address & np.uint32(chip.skipped) == 0) | chip.foreign(address)
    t = words[:, 1][kept].astype(np.int64)
    address = address[kept]
    _check_addresses(chip, address, name)
    x, y, p = _upright(chip, address, turned)
    return recording(name, t, x, y, p, (CLOCK_BITS,), notes)


def _chip(header: bytes, address: Addresses, name: str) -> tuple[Chip, tuple[str, ...]]:
    """The chip that the header names; where it names none, a DVS128 if every address is one of its own."""
    if (found := NAMED_CHIP.search(header)) is not None:
        text = found[1].decode("latin1").strip()
        if (chip := chip_named(text)) is None:
            raise DataError(f"{name}: AEDAT 2.0 of the chip {text[-60:]!r}; known are {KNOWN}")
        return chip, ()
    if not DVS128.foreign(address).any():
        return DVS128, ("AEDAT 2.0 that names no chip; read as a DVS128, whose addresses it has",)
    raise DataError(f"{name}: AEDAT 2.0 that names no chip, and {_readings(address)}")


def _readings(address: Addresses) -> str:
    """What the addresses would be under each layout that has more of them than a DVS128."""
    said = []
    for title, chip in (("a DAVIS240, DAVIS346 or DAVIS640", DAVIS346), ("a DVS640", DVS640)):
        events = address[address & np.uint32(chip.skipped) == 0]
        if len(events):
            said.append(f"as {title} its largest raw x is {chip.raw_x(events).max()}, y {chip.raw_y(events).max()}")
    return (
        f"its addresses are no DVS128's: {'; '.join(said)}. The size decides where its pixels lie: write the camera "
        "into its header as a line such as # AEChip: DAVIS346"
    )


def _check_addresses(chip: Chip, address: Addresses, name: str) -> None:
    x, y = chip.raw_x(address), chip.raw_y(address)
    wrong = (x >= chip.width) | (y >= chip.height) | chip.foreign(address)
    if (count := int(np.count_nonzero(wrong))) == 0:
        return
    raise DataError(
        f"{name}: {count:,} of {len(address):,} events have addresses that a {chip.name} of {chip.width}×{chip.height} "
        f"pixels cannot have (largest x {x.max()}, y {y.max()}; first such address {int(address[wrong][0]):#010x}): is "
        "another chip named in its header?"
    )


def _upright(chip: Chip, address: Addresses, turned: bool) -> tuple[Any, Any, Any]:
    """jAER counts x from the right and y from the bottom."""
    x = chip.width - 1 - chip.raw_x(address).astype(np.int64)
    y = chip.height - 1 - chip.raw_y(address).astype(np.int64)
    p = address >> np.uint32(chip.on) & 1 == chip.on_is
    return (y, x, p) if turned else (x, y, p)
