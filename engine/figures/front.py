"""Plot of every evaluated architecture and the Pareto front, as SVG and as PGFPlots."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from engine.figures.picture import ACCENT, INK, LINE, MUTED, PAPER, WARN, document, element, text, whole_size
from engine.figures.record import SEARCHED, Evaluated, Record
from engine.figures.text import caption, latex, short

WIDTH, HEIGHT = 720, 440
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 20, 52
PALE = (0xB9, 0xC8, 0xEE)
FULL = (0x2F, 0x5F, 0xD0)
TICKS = 6
"""Intervals that an axis is divided into, about; the step is rounded up to a round number."""
MARKS = "; darker dots are later generations; the ringed one is the fittest"


@dataclass(frozen=True)
class Axis:
    """An axis from `low` to `high` in round steps, drawn from pixel `start` to pixel `end`."""

    low: float
    high: float
    step: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """The pixel of a value."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    @property
    def ticks(self) -> list[float]:
        count = round((self.high - self.low) / self.step)
        return [self.low + i * self.step for i in range(count + 1)]


def axis(values: Sequence[float], start: float, end: float, floor: float = 0.0, ceiling: float = math.inf) -> Axis:
    """The smallest axis of round steps around the values, within `floor` and `ceiling`."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    spread = (high - low) or abs(high) or 1.0
    rough = spread / TICKS
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(m * magnitude for m in (1, 2, 2.5, 5, 10) if m * magnitude >= rough * 0.999)
    bottom = max(floor, math.floor((low - 0.04 * spread) / step) * step)
    top = min(math.ceil((high + 0.04 * spread) / step) * step, ceiling)
    return Axis(bottom, max(top, bottom + step), step, start, end)


def front_caption(record: Record, marks: str = "") -> str:
    """The caption. Split and weights are those of the search; the winner's are named with its mark."""
    counted = f"{len(record.front)} of {len(record.evaluated)} evaluated architectures are on the front"
    winner = "; the diamond is the winner on the test split, retrained" if record.finished else ""
    return caption(record, f"Accuracy and spikes per {record.sample}: {counted}{marks}{winner}.", SEARCHED)


def front_size(record: Record) -> tuple[int, int]:
    """Width and height of the picture in pixels, so that a page can reserve the space."""
    return whole_size(WIDTH, HEIGHT, front_caption(record, MARKS))


def front_svg(record: Record) -> str:
    """The plot as an SVG file."""
    accuracies = [100 * one.accuracy for one in record.evaluated]
    spikes = [one.spikes for one in record.evaluated]
    if record.finished:
        accuracies.append(100 * record.finished.test_accuracy)
        spikes.append(record.finished.test_spikes)
    x = axis(spikes, LEFT, WIDTH - RIGHT)
    y = axis(accuracies, HEIGHT - BOTTOM, TOP, ceiling=100.0)
    parts = [
        *_grid(x, y, record.sample),
        *_dots(record.evaluated, x, y),
        *_line(record.front, x, y),
        *_marks(record, x, y),
    ]
    title = f"Accuracy and spikes of {record.config.name}"
    return document(WIDTH, HEIGHT, title, front_caption(record, MARKS), parts)


def _grid(x: Axis, y: Axis, sample: str) -> list[str]:
    parts = []
    for value in y.ticks:
        at = y.at(value)
        parts.append(element("line", x1=x.start, x2=x.end, y1=at, y2=at, stroke=LINE))
        parts.append(text(x.start - 8, at + 4, f"{value:g}", fill=MUTED, text_anchor="end"))
    for value in x.ticks:
        at = x.at(value)
        parts.append(element("line", x1=at, x2=at, y1=y.end, y2=y.start, stroke=LINE))
        parts.append(text(at, y.start + 18, short(value), fill=MUTED, text_anchor="middle"))
    middle = (y.start + y.end) / 2
    parts.append(text((x.start + x.end) / 2, HEIGHT - 10, f"spikes per {sample}", text_anchor="middle"))
    turned = f"rotate(-90 16 {middle:.1f})"
    parts.append(text(16, middle, "accuracy, %", text_anchor="middle", transform=turned))
    return parts


def _dots(members: Sequence[Evaluated], x: Axis, y: Axis) -> list[str]:
    """One SVG path per generation, so that thousands of dots stay a small file."""
    last = max((one.generation for one in members), default=0)
    parts = []
    for generation in range(last + 1):
        dots = "".join(
            f"M{x.at(one.spikes):.1f} {y.at(100 * one.accuracy):.1f}h0"
            for one in members
            if one.generation == generation
        )
        if dots:
            colour = _between(generation / max(last, 1))
            parts.append(element("path", d=dots, stroke=colour, stroke_width=7, stroke_linecap="round"))
    return parts


def _between(share: float) -> str:
    mixed = (round(a + share * (b - a)) for a, b in zip(PALE, FULL, strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def _line(front: Sequence[Evaluated], x: Axis, y: Axis) -> list[str]:
    if not front:
        return []
    first, *others = [(x.at(one.spikes), y.at(100 * one.accuracy)) for one in front]
    steps = f"M{first[0]:.1f} {first[1]:.1f}" + "".join(f"H{px:.1f}V{py:.1f}" for px, py in others)
    dots = "".join(f"M{px:.1f} {py:.1f}h0" for px, py in (first, *others))
    return [
        element("path", d=steps, fill="none", stroke=INK, stroke_width=1.5),
        element("path", d=dots, stroke=INK, stroke_width=8, stroke_linecap="round"),
        element("path", d=dots, stroke=ACCENT, stroke_width=5, stroke_linecap="round"),
    ]


def _marks(record: Record, x: Axis, y: Axis) -> list[str]:
    parts = []
    if best := record.fittest:
        cx, cy = x.at(best.spikes), y.at(100 * best.accuracy)
        parts.append(element("circle", cx=cx, cy=cy, r=9.0, fill="none", stroke=WARN, stroke_width=2.5))
        parts.append(_label(cx, cy, f"fittest {best.architecture}", x, below=True))
    if found := record.finished:
        cx, cy = x.at(found.test_spikes), y.at(100 * found.test_accuracy)
        diamond = f"M{cx:.1f} {cy - 8:.1f}l8 8l-8 8l-8 -8z"
        parts.append(element("path", d=diamond, fill=INK, stroke=PAPER))
        parts.append(_label(cx, cy, f"{found.architecture}, test, retrained", x, below=cy < TOP + 24))
    return parts


def _label(cx: float, cy: float, words: str, x: Axis, *, below: bool) -> str:
    """A label beside its mark, towards the middle of the plot, outlined in the colour of the paper."""
    right = cx > (x.start + x.end) / 2
    return text(
        cx + (-14 if right else 14), cy + (18 if below else -10), words,
        text_anchor="end" if right else "start",
        paint_order="stroke", stroke=PAPER, stroke_width=4, stroke_linejoin="round",
    )  # fmt: skip


def front_tex(record: Record) -> str:
    """The same plot for PGFPlots with exact coordinates, so that a paper can restyle it."""
    body = [
        f"% config SHA-256 {record.digest}, seed {record.config.seed}",
        r"% needs \usepackage{pgfplots} and \pgfplotsset{compat=1.16}",
        r"\begin{figure}",
        r"  \centering",
        r"  \begin{tikzpicture}",
        rf"    \begin{{axis}}[width=0.9\linewidth, height=0.6\linewidth, grid=major, "
        rf"xlabel={{spikes per {record.sample}}}, ylabel={{accuracy (\%)}}, "
        r"scaled x ticks=false, legend pos=south east]",
        _coordinates(record.evaluated, "only marks, mark=*, mark size=1.2pt, black!30", "evaluated"),
        _coordinates(record.front, "const plot, mark=*, mark size=1.6pt, thick, blue!70!black", "Pareto front"),
    ]
    if found := record.finished:
        point = f"({found.test_spikes!r}, {100 * found.test_accuracy!r})"
        body.append(rf"      \addplot[only marks, mark=diamond*, mark size=3pt, black] coordinates {{{point}}};")
        body.append(r"      \addlegendentry{winner (test, retrained)}")
    body += [
        r"    \end{axis}",
        r"  \end{tikzpicture}",
        rf"  \caption{{{latex(front_caption(record))}}}",
        rf"  \label{{fig:front-{record.digest[:6]}}}",
        r"\end{figure}",
        "",
    ]
    return "\n".join(body)


def _coordinates(points: Sequence[Evaluated], style: str, legend: str) -> str:
    listed = " ".join(f"({one.spikes!r}, {100 * one.accuracy!r})" for one in points)
    return f"      \\addplot[{style}] coordinates {{{listed}}};\n      \\addlegendentry{{{legend}}}"
