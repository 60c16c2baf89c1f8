"""What a tree holds besides what was read, counted and named: nothing is dropped unsaid."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import PurePosixPath

from engine.data.files.names import composed, listed, natural
from engine.data.files.tree import Tree

MAX_KINDS = 6


def left_out(tree: Tree, read: Collection[str], strays: Collection[str], what: str) -> list[str]:
    """Clauses for the note: `strays` are `what` in no class folder, then other files by suffix, then system files."""
    said = []
    if strays:
        named = what.removesuffix("s") if len(strays) == 1 else what
        said.append(f"not read, in no class folder: {len(strays):,} {named} ({listed(strays)})")
    known = {*read, *strays}
    if others := [name for name in tree.names if name not in known]:
        said.append(f"not read: {by_suffix(others)}")
    if tree.passed_over:
        said.append(f"hidden or system files passed over: {listed(tree.passed_over)}")
    return said


def by_suffix(names: Iterable[str]) -> str:
    """40 .webp (a/x0.webp, …), 2 .txt (…): the most frequent first."""
    kinds: dict[str, list[str]] = {}
    for name in sorted(names, key=lambda name: natural(composed(name))):
        kinds.setdefault(PurePosixPath(name).suffix.lower()[:20] or "without a suffix", []).append(name)
    ordered = sorted(kinds.items(), key=lambda kind: (-len(kind[1]), kind[0]))
    parts = [f"{len(of):,} {suffix} ({_first(of)})" for suffix, of in ordered[:MAX_KINDS]]
    rest = sum(len(of) for _, of in ordered[MAX_KINDS:])
    return ", ".join([*parts, f"{rest:,} more"] if rest else parts)


def _first(names: list[str]) -> str:
    return ", ".join(name[-60:] for name in names[:2]) + (", …" if len(names) > 2 else "")
