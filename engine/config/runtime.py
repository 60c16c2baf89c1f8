"""Where a study runs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from engine.schema.frozen import Frozen

Precision = Literal["float32", "tf32", "bfloat16"]
"""What a GPU computes convolutions in."""


class RuntimeConfig(Frozen):
    """Where it runs. Part of the config because bit-identity needs the same thread count."""

    threads: Annotated[int, Field(ge=1, le=256)] = Field(2, description="CPU threads of the worker")
    device: Literal["auto", "cpu", "cuda"] = Field("auto", description="auto = a GPU if there is one")
    precision: Precision = Field(
        "float32",
        description="what a GPU computes convolutions in: single precision; tf32 = weights rounded to 10 bits; "
        "bfloat16 = to 7, in half the memory. Spikes are exact and potentials single precision in each",
    )
