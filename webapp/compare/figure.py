"""The fronts of several studies as one SVG for print, with axes, units and a legend."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.figures.front import Axis, axis
from engine.figures.picture import LINE, MUTED, PAPER, document, element, text
from engine.figures.record import Record
from engine.figures.text import HASH_DIGITS, short
from webapp.compare.series import Series, series

WIDTH, HEIGHT = 720, 420
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 20, 52
ROW = 20
NAME_AT, SEED_AT, CONFIG_AT, FRONT_AT = LEFT + 44, 400, 460, WIDTH - RIGHT
NAME_COLUMNS = 40
"""Latin letters that fit between a name and its seed; a wide character counts as two."""


@dataclass(frozen=True)
class Plane:
    """The position of a number of spikes and an accuracy (0…1) in the picture."""

    x: Axis
    y: Axis

    def at(self, spikes: float, accuracy: float) -> tuple[float, float]:
        return self.x.at(spikes), self.y.at(100 * accuracy)


def fronts_svg(records: Sequence[Record]) -> str:
    """The records' fronts in their order; a record without a front appears in the legend only."""
    plane = _plane(records)
    samples = " or ".join(dict.fromkeys(record.sample for record in records))
    parts = [*_grid(plane, samples)]
    for place, record in enumerate(records):
        parts += _front(record, series(place), plane)
    for place, record in enumerate(records):
        parts += _legend(record, series(place), HEIGHT + ROW * (place + 0.5))
    title = f"Pareto fronts of {len(records)} {'study' if len(records) == 1 else 'studies'}"
    return document(WIDTH, HEIGHT + ROW * (len(records) + 1), title, _caption(samples), parts)


def _caption(samples: str) -> str:
    return (
        f"Accuracy and spikes per {samples} on each study's Pareto front. Validation split, supernet weights. "
        "Open symbols are the winners: test split, weights retrained from scratch, last epoch."
    )


def _plane(records: Sequence[Record]) -> Plane:
    points = [(one.spikes, one.accuracy) for record in records for one in record.front]
    points += [(won.test_spikes, won.test_accuracy) for record in records if (won := record.finished)]
    return Plane(
        axis([spikes for spikes, _ in points], LEFT, WIDTH - RIGHT),
        axis([100 * accuracy for _, accuracy in points], HEIGHT - BOTTOM, TOP, ceiling=100.0),
    )


def _grid(plane: Plane, samples: str) -> Iterator[str]:
    x, y = plane.x, plane.y
    for value in y.ticks:
        at = y.at(value)
        yield element("line", x1=x.start, x2=x.end, y1=at, y2=at, stroke=LINE)
        yield text(x.start - 8, at + 4, f"{value:g}", fill=MUTED, text_anchor="end")
    for value in x.ticks:
        at = x.at(value)
        yield element("line", x1=at, x2=at, y1=y.end, y2=y.start, stroke=LINE)
        yield text(at, y.start + 18, short(value), fill=MUTED, text_anchor="middle")
    middle = (y.start + y.end) / 2
    yield text((x.start + x.end) / 2, HEIGHT - 12, f"spikes per {samples}", text_anchor="middle")
    yield text(16, middle, "accuracy, %", text_anchor="middle", transform=f"rotate(-90 16 {middle:.1f})")


def _front(record: Record, look: Series, plane: Plane) -> Iterator[str]:
    """A step line with a symbol at each member, and the winner's open symbol on top."""
    points = [plane.at(one.spikes, one.accuracy) for one in record.front]
    if points:
        (x, y), *others = points
        steps = f"M{x:.1f} {y:.1f}" + "".join(f"H{px:.1f}V{py:.1f}" for px, py in others)
        yield _line(steps, look)
        symbols = "".join(look.outline(px, py, 4.5) for px, py in points)
        yield element("path", d=symbols, fill=look.colour, stroke=PAPER, stroke_width=0.75)
    if won := record.finished:
        outline = look.outline(*plane.at(won.test_spikes, won.test_accuracy), 7)
        yield element("path", d=outline, fill="none", stroke=look.colour, stroke_width=2)


def _legend(record: Record, look: Series, y: float) -> Iterator[str]:
    """One line per study: symbol, name, seed, config hash, size of the front."""
    yield _line(f"M{LEFT} {y - 4:.1f}h32", look)
    yield element("path", d=look.outline(LEFT + 16, y - 4, 4.5), fill=look.colour, stroke=PAPER, stroke_width=0.75)
    yield text(NAME_AT, y, shortened(record.config.name, NAME_COLUMNS))
    yield text(SEED_AT, y, f"seed {record.config.seed}", fill=MUTED)
    yield text(CONFIG_AT, y, f"config {record.digest[:HASH_DIGITS]}", fill=MUTED)
    said = f"{len(record.front)} on the front" if record.evaluated else "no front"
    yield text(FRONT_AT, y, said, fill=MUTED, text_anchor="end")


def _line(d: str, look: Series) -> str:
    dashed = {"stroke_dasharray": look.dash} if look.dash else {}
    return element("path", d=d, fill="none", stroke=look.colour, stroke_width=2, **dashed)


def shortened(words: str, columns: int) -> str:
    """The words cut to `columns`, with “…” where text is left out."""
    if sum(map(_columns, words)) <= columns:
        return words
    kept, left = "", columns - 1
    for char in words:
        left -= _columns(char)
        if left < 0:
            break
        kept += char
    return f"{kept.rstrip()}…"


def _columns(char: str) -> int:
    """The width of a character in columns: 0 for a combining accent, 2 for a wide character, 1 for any other."""
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
