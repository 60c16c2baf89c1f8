"""SVG elements with escaped attributes and text, and the colours and fonts of the figures."""

from __future__ import annotations

import textwrap
from xml.sax.saxutils import escape, quoteattr

INK, MUTED, LINE, PAPER, ACCENT, WARN = "#1d222b", "#5c6470", "#d8dce2", "#ffffff", "#2f5fd0", "#a85b00"
FONT = "Helvetica, Arial, 'DejaVu Sans', sans-serif"
MONO = "'DejaVu Sans Mono', Menlo, Consolas, monospace"

Attribute = str | float | int


def element(tag: str, content: str = "", **attributes: Attribute) -> str:
    """An SVG element. `stroke_width=2` becomes stroke-width="2"; `content` is not escaped, so use `text` for text."""
    listed = "".join(f" {name.replace('_', '-')}={quoteattr(_plain(value))}" for name, value in attributes.items())
    return f"<{tag}{listed}>{content}</{tag}>" if content else f"<{tag}{listed}/>"


def _plain(value: Attribute) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def text(x: float, y: float, words: str, *, size: int = 12, fill: str = INK, **attributes: Attribute) -> str:
    """A line of text, escaped; `x` and `y` in pixels."""
    return element("text", escape(_printable(words)), x=x, y=y, font_size=size, fill=fill, **attributes)


def _printable(words: str) -> str:
    """The words without control characters, which XML does not allow."""
    return "".join(char if char.isprintable() else " " for char in words)


def _wrapped(width: int, caption: str) -> list[str]:
    return textwrap.wrap(_printable(caption), max(40, int(width / 6.6)))


def _whole(height: int, lines: list[str]) -> int:
    return height + 15 * len(lines) + 14


def whole_size(width: int, height: int, caption: str) -> tuple[int, int]:
    """Width and height in pixels of a drawing together with the caption beneath it."""
    return width, _whole(height, _wrapped(width, caption))


def document(width: int, height: int, title: str, caption: str, parts: list[str]) -> str:
    """A whole SVG file: `title` names it for screen readers, the caption stands beneath the drawing, wrapped."""
    lines = _wrapped(width, caption)
    below = [text(16, height + 14 + 15 * i, line, size=11, fill=MUTED) for i, line in enumerate(lines)]
    whole = _whole(height, lines)
    head = element("title", escape(_printable(title))) + element("desc", escape(_printable(caption)))
    back = element("rect", width=width, height=whole, fill=PAPER)
    body = "\n".join([head, back, *parts, *below])
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        + element(
            "svg", f"\n{body}\n", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {width} {whole}",
            width=width, height=whole, role="img", font_family=FONT,
        )
        + "\n"
    )  # fmt: skip
