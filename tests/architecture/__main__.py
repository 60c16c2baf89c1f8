"""Draws the rooms anew from the imports: `python -m tests.architecture` writes docs/rooms-*.svg."""

from __future__ import annotations

from tests.architecture.drawing import TOPS, drawing
from tests.architecture.imports import REPOSITORY

for top in TOPS:
    (REPOSITORY / "docs" / f"rooms-{top}.svg").write_text(drawing(top))
    print(f"docs/rooms-{top}.svg")
