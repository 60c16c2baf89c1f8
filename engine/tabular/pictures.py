"""Pictures of a table's report: the map of all architectures with the exact front, and regret of the searches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.config.algorithms import ALGORITHMS
from engine.figures.front import Axis, axis
from engine.figures.picture import ACCENT, INK, LINE, MUTED, WARN, document, element, text

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 20, 52
COLOURS = {
    "evolution": ACCENT,
    "nsga2": "#1f8a5b",
    "random_search": WARN,
    "random_sampling": "#8a5bc0",
    "exhaustive": INK,
}

Point = tuple[float, float]


def map_svg(report: Mapping[str, Any]) -> str:
    """Mean test accuracy against mean N of every architecture; the line is the exact front, the ring the fittest."""
    places = {each["genome"]: (each["test_spikes"], 100 * each["test_accuracy"]) for each in report["points"]}
    x, y = axis([n for n, _ in places.values()], LEFT, WIDTH - RIGHT), _upright([a for _, a in places.values()], 100.0)
    front, best = [places[each["genome"]] for each in report["front"]], places[report["best"]["genome"]]
    parts = [
        *_grid(x, y, "spikes per image", "accuracy, %"),
        _dots(list(places.values()), x, y, MUTED, 6),
        element("path", d=_steps(front, x, y), fill="none", stroke=INK, stroke_width=1.5),
        _dots(front, x, y, ACCENT, 7),
        element("circle", cx=x.at(best[0]), cy=y.at(best[1]), r=9.0, fill="none", stroke=WARN, stroke_width=2.5),
    ]
    caption = (
        f"All {report['architectures']} architectures of {report['name']}, trained from scratch: test accuracy and N, "
        f"means over {len(report['seeds'])} seeds. The line is the exact Pareto front; ringed is the fittest, "
        f"{report['best']['genome']}."
    )
    return document(WIDTH, HEIGHT, f"Accuracy and spikes of {report['name']}", caption, parts)


def regret_svg(report: Mapping[str, Any], source: str) -> str:
    """Median regret of each search after each evaluation, with the quartiles of evolution as a band."""
    searches = report["searches"][source]
    longest = max(len(each["regret"]["median"]) for each in searches.values())
    highest = [value for each in searches.values() for value in each["regret"]["upper_quartile"]]
    x, y = axis([1, longest], LEFT, WIDTH - RIGHT), _upright([0, *highest])
    evolution = searches["evolution"]["regret"]
    parts = [*_grid(x, y, "architectures evaluated", "regret of fitness"), _band(evolution, x, y)]
    for place, (name, each) in enumerate(searches.items()):
        curve = list(enumerate(each["regret"]["median"], 1))
        parts.append(element("path", d=_steps(curve, x, y), fill="none", stroke=COLOURS[name], stroke_width=2))
        named, down = ALGORITHMS[name].title, TOP + 16 + 17 * place
        parts.append(text(WIDTH - RIGHT - 8, down, named, fill=COLOURS[name], text_anchor="end"))
    shown = "validation results of one training" if source == "validation" else "a supernet's estimates"
    caption = (
        f"Regret of the five searches on {report['name']} that are shown {shown}: median of "
        f"{searches['evolution']['repetitions']} repetitions; the band has the quartiles of evolution."
    )
    return document(WIDTH, HEIGHT, f"Regret of searches on {report['name']}", caption, parts)


def _upright(values: Sequence[float], ceiling: float = float("inf")) -> Axis:
    return axis(values, HEIGHT - BOTTOM, TOP, ceiling=ceiling)


def _dots(points: Sequence[Point], x: Axis, y: Axis, colour: str, size: float) -> str:
    dots = "".join(f"M{x.at(a):.1f} {y.at(b):.1f}h0" for a, b in points)
    return element("path", d=dots, stroke=colour, stroke_width=size, stroke_linecap="round")


def _steps(points: Sequence[Point], x: Axis, y: Axis) -> str:
    """A line that goes right first, then up or down."""
    (first, height), *others = points
    return f"M{x.at(first):.1f} {y.at(height):.1f}" + "".join(f"H{x.at(a):.1f}V{y.at(b):.1f}" for a, b in others)


def _band(regret: Mapping[str, Sequence[float]], x: Axis, y: Axis) -> str:
    upper = [f"{x.at(i):.1f},{y.at(value):.1f}" for i, value in enumerate(regret["upper_quartile"], 1)]
    lower = [f"{x.at(i):.1f},{y.at(value):.1f}" for i, value in enumerate(regret["lower_quartile"], 1)]
    return element("polygon", points=" ".join(upper + lower[::-1]), fill=ACCENT, opacity=0.15)


def _grid(x: Axis, y: Axis, below: str, beside: str) -> list[str]:
    parts = []
    for value in y.ticks:
        parts.append(element("line", x1=x.start, x2=x.end, y1=y.at(value), y2=y.at(value), stroke=LINE))
        parts.append(text(x.start - 8, y.at(value) + 4, f"{value:g}", fill=MUTED, text_anchor="end"))
    for value in x.ticks:
        parts.append(element("line", x1=x.at(value), x2=x.at(value), y1=y.end, y2=y.start, stroke=LINE))
        parts.append(text(x.at(value), y.start + 18, f"{value:g}", fill=MUTED, text_anchor="middle"))
    middle = (y.start + y.end) / 2
    parts.append(text((x.start + x.end) / 2, HEIGHT - 10, below, text_anchor="middle"))
    return [*parts, text(16, middle, beside, text_anchor="middle", transform=f"rotate(-90 16 {middle:.1f})")]
