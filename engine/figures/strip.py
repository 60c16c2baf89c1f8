"""A genome as a strip of small cells, for a line of a table."""

from __future__ import annotations

from html import escape

from engine.blocks.registry import BY_CODE, family_of
from engine.figures.picture import INK, MONO, PAPER, element, text

CELL, HEIGHT = 26, 20


def strip_svg(code: str) -> str:
    """SVG, 20 pixels high; a code that no block has stands on a white cell, so that any text can be shown."""
    parts = code.split("-")
    cells = [piece for i, part in enumerate(parts) for piece in _cell(i, part)]
    size = f'width="{CELL * len(parts)}" height="{HEIGHT}"'
    name = escape(code)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{name}"><title>{name}</title>'
    return "".join([head, *cells, "</svg>"])


def _cell(place: int, code: str) -> list[str]:
    block = BY_CODE.get(code)
    fill = family_of(block).look.fill(block.kernel) if block else None
    x = place * CELL
    return [
        element("rect", x=x + 1, y=1, width=CELL - 2, height=HEIGHT - 2, rx=3, fill=fill.paper if fill else PAPER,
                stroke=INK, stroke_width=0.75),
        text(x + CELL / 2, 14, code[:3], size=11, text_anchor="middle", font_family=MONO),
    ]  # fmt: skip
