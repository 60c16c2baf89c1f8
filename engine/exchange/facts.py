"""What a file of another format says besides the network: how samples become its input, and what its outputs mean."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Facts:
    """`mean` and `std` are per channel of pixels in 0…1, empty but for direct coding; `classes` in the order of votes.

    The input is (pixels ÷ 255 − mean) ÷ std for direct coding, the same at all T time steps; else one frame a step.
    Output k·votes_per_class to (k + 1)·votes_per_class − 1 vote for class k.
    """

    architecture: str
    T: int
    votes_per_class: int
    coding: str
    mean: tuple[float, ...]
    std: tuple[float, ...]
    classes: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """As JSON values."""
        return {"made_by": "AutoSNN Studio", **asdict(self)}
