"""A complete file for each kind of part, to begin from. The product itself loads none of them."""

from __future__ import annotations

from pathlib import Path

KINDS = ("block_family", "neuron", "search", "dataset", "objective")


def template(kind: str) -> str:
    """The text of a kind's file."""
    return (Path(__file__).with_name(f"{kind}.py")).read_text(encoding="utf-8")
