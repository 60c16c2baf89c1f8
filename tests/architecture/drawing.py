"""Draws the rooms of a top-level folder as SVG: a floor a line, arrows down to what a room imports."""

from __future__ import annotations

import ast
from html import escape

from tests.architecture.circles import Arrow, floors, reduced
from tests.architecture.imports import REPOSITORY, between_children, files_of, imports_of

TOPS = ("engine", "webapp", "frontend")
BOX_HEIGHT, GAP, FLOOR, LETTER, MARGIN = 30, 18, 78, 7.4, 16
STYLE = """
  .room { fill: #f6f7f9; stroke: #8a94a6; } .arrow { stroke: #8a94a6; fill: none; stroke-width: 1.1; }
  text { font: 13px system-ui, sans-serif; fill: #1d2430; text-anchor: middle; }
  @media (prefers-color-scheme: dark) {
    .room { fill: #1f2631; stroke: #77839a; } .arrow { stroke: #77839a; } text { fill: #e6e9ef; }
  }
"""


def rooms_of(top: str) -> tuple[list[str], list[Arrow]]:
    """The rooms directly below a top-level folder, and which imports which; a lone file is a room by its name."""
    children = {file.split("/")[1] for file in files_of(top)} - {"__init__.py"}
    arrows = between_children(top, imports_of(top))
    return sorted(children), sorted(ends for ends in arrows if "__init__.py" not in ends)


def drawing(top: str) -> str:
    """The SVG of one top-level folder."""
    rooms, arrows = rooms_of(top)
    rows = _ordered(floors(rooms, arrows), reduced(arrows))
    widths = {room: len(_label(room)) * LETTER + 20 for room in rooms}
    width = max(sum(widths[room] + GAP for room in row) for row in rows) + 2 * MARGIN
    height = FLOOR * len(rows) - (FLOOR - BOX_HEIGHT) + 2 * MARGIN
    places = _places(rows, widths, width)
    lines = [_arrow(places[a], places[b]) for a, b in reduced(arrows)]
    boxes = [_box(room, *places[room], widths[room], _purpose(top, room)) for room in rooms]
    title = f"<title>The rooms of {top}: each imports only what stands below it</title>"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img">'
    return "\n".join([head, title, f"<style>{STYLE}</style>", *lines, *boxes, "</svg>", ""])


def _ordered(rows: list[list[str]], arrows: list[Arrow]) -> list[list[str]]:
    """Each floor in the order of the mean place of what its rooms touch, so that fewer arrows cross."""
    for _ in range(8):
        place = {room: (i + 0.5) / len(row) for row in rows for i, room in enumerate(row)}
        touched = {room: [place[b if a == room else a] for a, b in arrows if room in (a, b)] for room in place}
        mean = {room: sum(near) / len(near) if near else place[room] for room, near in touched.items()}
        rows = [sorted(row, key=lambda room: (mean[room], room)) for row in rows]
    return rows


def _places(rows: list[list[str]], widths: dict[str, float], width: float) -> dict[str, tuple[float, float]]:
    """Centre of each room; the lowest floor is the last line."""
    found = {}
    for floor, row in enumerate(reversed(rows)):
        x = (width - sum(widths[room] + GAP for room in row) + GAP) / 2
        for room in row:
            found[room] = (x + widths[room] / 2, MARGIN + floor * FLOOR + BOX_HEIGHT / 2)
            x += widths[room] + GAP
    return found


def _arrow(upper: tuple[float, float], lower: tuple[float, float]) -> str:
    (x1, y1), (x2, y2) = upper, lower
    y1, y2 = y1 + BOX_HEIGHT / 2, y2 - BOX_HEIGHT / 2
    bend = min(40.0, (y2 - y1) / 2)
    curve = f"C{x1:.0f} {y1 + bend:.0f} {x2:.0f} {y2 - bend:.0f} {x2:.0f} {y2:.0f}"
    return f'<path class="arrow" d="M{x1:.0f} {y1:.0f} {curve}"/>'


def _box(room: str, x: float, y: float, width: float, purpose: str) -> str:
    corner = f'x="{x - width / 2:.0f}" y="{y - BOX_HEIGHT / 2:.0f}"'
    rect = f'<rect class="room" {corner} width="{width:.0f}" height="{BOX_HEIGHT}" rx="6"/>'
    text = f'<text x="{x:.0f}" y="{y + 4.5:.0f}">{escape(_label(room))}</text>'
    return f"<g><title>{escape(purpose)}</title>{rect}{text}</g>"


def _label(room: str) -> str:
    return room.removesuffix(".py").removesuffix(".js")


def _purpose(top: str, room: str) -> str:
    """The first line of a Python room's docstring, or of a JavaScript file's comment."""
    path = REPOSITORY / top / room
    path = path / "__init__.py" if path.is_dir() else path
    if path.suffix == ".py" and path.exists():
        return (ast.get_docstring(ast.parse(path.read_text())) or room).splitlines()[0]
    return path.read_text().splitlines()[0].lstrip("/ ") if path.exists() else room
