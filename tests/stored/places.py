"""Where the stored studies lie, and how they are unpacked."""

from __future__ import annotations

import json
import lzma
import tarfile
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
STORED = REPOSITORY / "tests" / "fixtures" / "stored_abaee20"


def unpacked(name: str, target: Path) -> Path:
    """The stored archive's content below `target`."""
    with tarfile.open(STORED / f"{name}.tar.xz") as archive:
        archive.extractall(target, filter="data")
    return target


def stored_facts(name: str) -> Any:
    """What is known of it, as JSON."""
    return json.loads((STORED / f"{name}.json").read_text())


def stored_answers() -> dict[str, Any]:
    """Address of the stored studio → what must stay of its answer."""
    return dict(json.loads(lzma.decompress((STORED / "answers.json.xz").read_bytes())))
