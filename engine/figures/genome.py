"""Pictures of one architecture: its layers in a row, with shapes and spikes, as SVG and TikZ; and its layers as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.blocks.family import Block, Look
from engine.blocks.registry import BLOCKS, family_of
from engine.errors import MeasureError
from engine.figures.picture import INK, MONO, MUTED, PAPER, document, element, text, whole_size
from engine.figures.record import RETRAINED, SEARCHED, Evaluated, Record
from engine.figures.text import Cell, caption, csv_text, latex, short
from engine.space.shapes import LayerSpec

CELL, GAP, HEIGHT, A_ROW = 78, 10, 54, 10
LINE_HEIGHT = 130
DASHES = {"solid": "none", "dashed": "4 3", "dotted": "2 2"}
FIXED = "#eef0f3"


@dataclass(frozen=True)
class Portrait:
    """An architecture with what was measured of it: `spikes` by row where they are known, and its caption."""

    code: str
    rows: Sequence[LayerSpec]
    spikes: Sequence[float] | None
    caption: str


def winner(record: Record) -> Portrait:
    """The retrained winner. Raises MeasureError before there is one."""
    if record.finished is None:
        raise MeasureError("winner: this study has no retrained winner yet")
    found = record.finished
    words = (
        f"The winner {found.architecture}: {found.test_accuracy:.2%} accuracy, {found.test_spikes:,.0f} spikes per "
        f"{record.sample}, {found.parameters:,} parameters. Beneath each layer its spikes."
    )
    spikes = record.winner_spikes()
    return Portrait(found.architecture, record.layers(found.architecture), spikes, caption(record, words, RETRAINED))


def evaluated(record: Record, code: str) -> Portrait:
    """An architecture the search evaluated. Raises MeasureError where it did not."""
    one = next((one for one in record.evaluated if one.architecture == code), None)
    if one is None:
        raise MeasureError(f"genome: the search of this study did not evaluate {code[:80]!r}")
    return portrait(record, one)


def portrait(record: Record, one: Evaluated) -> Portrait:
    """Of an architecture as it was evaluated."""
    code = one.architecture
    words = (
        f"Architecture {code}: {one.accuracy:.2%} accuracy, {one.spikes:,.0f} spikes per {record.sample}, "
        f"{one.parameters:,} parameters."
    )
    return Portrait(code, record.layers(code), None, caption(record, words, SEARCHED))


def _drawing(portrait: Portrait) -> tuple[int, int]:
    count = len(portrait.rows)
    return max(32 + min(count, A_ROW) * (CELL + GAP), 380), -(-count // A_ROW) * LINE_HEIGHT + 8


def genome_size(portrait: Portrait) -> tuple[int, int]:
    """Width and height of the picture in pixels, so that a page can keep its place."""
    return whole_size(*_drawing(portrait), portrait.caption)


def genome_svg(portrait: Portrait) -> str:
    """The layers from left to right, in lines of ten."""
    parts: list[str] = []
    for i, row in enumerate(portrait.rows):
        x, y = 16 + (i % A_ROW) * (CELL + GAP), 28 + (i // A_ROW) * LINE_HEIGHT
        spikes = None if portrait.spikes is None else portrait.spikes[i]
        parts += _cell(x, y, row, spikes)
        if i % A_ROW and i:
            parts.append(element("line", x1=x - GAP, x2=x, y1=y + HEIGHT / 2, y2=y + HEIGHT / 2, stroke=MUTED))
    title = f"Architecture {portrait.code}"
    return document(*_drawing(portrait), title, portrait.caption, parts)


def _cell(x: float, y: float, row: LayerSpec, spikes: float | None) -> list[str]:
    block = BLOCKS.get(row.block)
    middle = x + CELL / 2
    channels, height, width = row.shape
    look = family_of(block).look if block else Look()
    parts = [
        text(middle, y - 10, row.name, size=11, fill=MUTED, text_anchor="middle"),
        element(
            "rect", x=x, y=y, width=CELL, height=HEIGHT, rx=4, fill=_fill(block), stroke=INK if block else MUTED,
            stroke_dasharray=DASHES[look.outline],
        ),
        text(middle, y + 33, block.code if block else _kind(row.block), size=18 if block else 13,
             text_anchor="middle", font_family=MONO),
        text(middle, y + HEIGHT + 16, f"{channels}×{height}×{width}", size=11, fill=MUTED, text_anchor="middle"),
    ]  # fmt: skip
    if look.arc:  # the shortcut
        arc = f"M{x + 10} {y}C{x + 24} {y - 9} {x + CELL - 24} {y - 9} {x + CELL - 10} {y}"
        parts.append(element("path", d=arc, fill="none", stroke=INK, stroke_width=1.5))
    if spikes is not None:
        parts.append(text(middle, y + HEIGHT + 32, short(spikes), size=12, text_anchor="middle"))
    return parts


def _fill(block: Block | None) -> str:
    if block is None:
        return FIXED
    fill = family_of(block).look.fill(block.kernel)
    return fill.paper if fill else PAPER


def _kind(kind: str) -> str:
    return {"max_pool": "max", "avg_pool": "avg", "fc": "votes"}.get(kind, kind)


def genome_tex(portrait: Portrait, digest: str) -> str:
    """The same picture for TikZ, one node a layer."""
    blocks = [block for row in portrait.rows if (block := BLOCKS.get(row.block)) and _tone(block)]
    used = sorted({(_tone(block), _fill(block)) for block in blocks})
    colours = [rf"  \definecolor{{{name}}}{{HTML}}{{{fill[1:].upper()}}}" for name, fill in used]
    nodes = [
        _node(i, row, None if portrait.spikes is None else portrait.spikes[i]) for i, row in enumerate(portrait.rows)
    ]
    return "\n".join(
        [
            f"% config SHA-256 {digest}",
            r"% needs \usepackage{tikz}",
            r"\begin{figure}",
            r"  \centering",
            *colours,
            r"  \begin{tikzpicture}[x=1.35cm, y=-2.2cm, layer/.style={draw, minimum width=1.15cm, minimum height=0.8cm,"
            r" rounded corners=1.5pt, font=\ttfamily}]",
            *nodes,
            r"  \end{tikzpicture}",
            rf"  \caption{{{latex(portrait.caption)}}}",
            rf"  \label{{fig:genome-{portrait.code.lower()}}}",
            r"\end{figure}",
            "",
        ]
    )


def _tone(block: Block) -> str:
    """What LaTeX calls the block's colour; empty where it has none."""
    return f"{block.family}{block.kernel}" if family_of(block).look.fill(block.kernel) else ""


def _outline(block: Block) -> str:
    return family_of(block).look.outline


def _node(i: int, row: LayerSpec, spikes: float | None) -> str:
    block = BLOCKS.get(row.block)
    style = "fill=black!6" if block is None else f"fill={tone}" if (tone := _tone(block)) else _outline(block)
    channels, height, width = row.shape
    below = rf"\tiny ${channels}\times{height}\times{width}$"
    if spikes is not None:
        below += rf"\\ \scriptsize {short(spikes)}"
    name = latex(block.code if block else _kind(row.block))
    at = f"{i % A_ROW},{i // A_ROW}"
    labels = rf"label={{above:{{\scriptsize {latex(row.name)}}}}}, label={{[align=center]below:{{{below}}}}}"
    return rf"    \node[layer, {style}, {labels}] at ({at}) {{{name}}};"


def genome_csv(portrait: Portrait) -> str:
    """One line a layer: shape, parameters, multiply-accumulates, counted neurons, and spikes where they are known."""
    header = ["layer", "block", "channels", "height", "width", "parameters", "macs", "neurons", "spikes"]
    spikes: Sequence[Cell] = portrait.spikes or [""] * len(portrait.rows)
    pairs = zip(portrait.rows, spikes, strict=True)
    return csv_text(header, ([r.name, r.block, *r.shape, r.parameters, r.macs, r.output_elements, n] for r, n in pairs))
