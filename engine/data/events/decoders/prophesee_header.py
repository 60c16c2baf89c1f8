"""The header that Prophesee's RAW and DAT files share: lines "% keyword value"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.data.events.decoders.text_header import header_end
from engine.errors import DataError

MARK = b"% "
LAST_LINES = (b"% end",)
GEOMETRY = re.compile(r"(\d{1,5})x(\d{1,5})")


@dataclass(frozen=True)
class Header:
    """`fields` by keyword in lower case, with the parts of `format`; `end` is where the data begin."""

    fields: Mapping[str, str]
    end: int

    def size(self) -> tuple[int, int] | None:
        """Width and height of the sensor, where the header declares them."""
        found = GEOMETRY.fullmatch(self.fields.get("geometry", ""))
        pair = (found[1], found[2]) if found else (self.fields.get("width", ""), self.fields.get("height", ""))
        return (int(pair[0]), int(pair[1])) if all(part.isdecimal() and len(part) <= 5 for part in pair) else None


def read_header(data: bytes, name: str) -> Header:
    """Raises DataError where it does not end within bounds."""
    end = header_end(data, name, MARK, LAST_LINES)
    fields: dict[str, str] = {}
    for line in data[:end].decode("latin1").splitlines():
        keyword, _, value = line.removeprefix("% ").strip().partition(" ")
        fields[keyword.lower()] = value.strip()
    for part in fields.get("format", "").split(";"):
        key, _, value = part.partition("=")
        fields[key.strip().lower()] = value.strip()
    return Header(fields, end)


def check_size(name: str, size: tuple[int, int] | None, x: NDArray[np.int64], y: NDArray[np.int64]) -> None:
    """Raises DataError for events x, y [N] off the sensor that the header declares."""
    if size is None or not len(x):
        return
    off = int(np.count_nonzero((x >= size[0]) | (y >= size[1])))
    if off:
        raise DataError(
            f"{name}: {off:,} of {len(x):,} events lie off the {size[0]}×{size[1]} pixels that its header declares "
            f"(largest x {x.max()}, y {y.max()})"
        )
