"""The report of an export: how what was written was run, and how far it agrees with the network. No torch."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

SHARE_OF_FLIPS = 1e-4
"""Most flips a compared spike in float32.

Two float32 programs that sum in another order differ by some 1e-7 of a potential, so that a potential as near to its
threshold may fall on the other side of it; such a flip changes potentials after it. In float64 none may flip.
"""


@dataclass(frozen=True)
class Report:
    """`compared` spikes of every layer, sample and time step were compared in float32, of which `flips` differ.

    `flipped_answers` are samples that get another class; `float64_flips` is the same as `flips` with both programs in
    float64, None for a format that was not run so. `smallest_margin` is the least |H − θ| of the network in float64.
    `accuracy` (None without labels) and `spikes` N are what the export gives by itself, `expected_…` the network.
    """

    to: str
    file: Path
    files: tuple[Path, ...]
    interpreter: str
    samples: int
    compared: int
    flips: int
    flipped_answers: int
    float64_flips: int | None
    smallest_margin: float
    accuracy: float | None
    spikes: float
    expected_accuracy: float | None
    expected_spikes: float

    @property
    def agrees(self) -> bool:
        return not self.why

    @property
    def why(self) -> str:
        """Why the export does not agree; empty where it does."""
        if self.float64_flips:
            return f"{self.float64_flips:,} of {self.compared:,} spikes differ in float64; none may"
        if self.flipped_answers:
            return f"{self.flipped_answers:,} of {self.samples:,} samples get another answer; none may"
        if self.flips > SHARE_OF_FLIPS * self.compared:
            return f"{self.flips:,} of {self.compared:,} spikes differ in float32; at most one in 10,000 may"
        return ""

    def to_json(self) -> dict[str, Any]:
        """As JSON values; files by their names."""
        names = {"file": self.file.name, "files": [file.name for file in self.files]}
        return {**asdict(self), **names, "agrees": self.agrees, "why": self.why}
