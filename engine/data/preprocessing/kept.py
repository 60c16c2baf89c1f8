"""How stored samples become a network's input, as a package keeps it; the field names are those of its document."""

from __future__ import annotations

from typing import Literal

from engine.data.preprocessing.coding import Coding, Encoding, Resize, ValueRange
from engine.schema.frozen import Frozen


class Preprocessing(Frozen):
    """Everything that the samples' files do not tell by themselves.

    `input` is [C, H, W] of one frame; `mean` and `std` are per channel of pixels in 0…1, empty but for direct coding;
    `seed` that of rate coding. `resize`, `value_range` and `first_label` (the number of the first class in files that
    number them) are of images, `frames_by` and `sensor` (pixels) of events.
    """

    kind: Literal["images", "events"]
    input: tuple[int, int, int]
    coding: Coding
    time_steps: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    seed: int
    resize: Resize
    value_range: ValueRange | None
    first_label: int
    frames_by: Literal["count", "duration"] | None
    sensor: int | None

    @property
    def encoding(self) -> Encoding:
        return Encoding(self.coding, self.time_steps, self.mean, self.std, self.seed)
