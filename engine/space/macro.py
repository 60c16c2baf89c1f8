"""Macro architectures: what is fixed while blocks are searched.

Source: AutoSNN (Na et al., ICML 2022), its reference code's macro architectures.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from engine.schema.frozen import Frozen
from engine.space.candidates import Candidates

ExtraStem = Literal["none", "pool_conv", "pool_conv_pool"]
POOLS = ("max_pool", "avg_pool")
POOL_STRIDE = 2
Channels = Annotated[int, Field(ge=1, le=1024)]


class Layer(Frozen):
    """One of the macro architecture's layers: searched, pinned to one block, or a pool."""

    kind: Literal["search", "max_pool", "avg_pool"] = Field("search", description="searched block, or a fixed 2×2 pool")
    channels: Channels | None = Field(None, description="output channels of a searched layer; pools keep theirs")
    stride: Annotated[int, Field(ge=1, le=2)] = Field(
        1, description="1, or 2 for a searched layer that down-samples; a pool has 2"
    )
    candidates: Candidates | None = Field(
        None, description="candidate blocks of this layer alone; empty = the search space's"
    )

    @model_validator(mode="before")
    @classmethod
    def _pools_halve(cls, given: Any) -> Any:
        """A pool without a stride has the stride of a pool, so that a network has one spelling, and one digest."""
        if isinstance(given, dict) and given.get("kind", "search") in POOLS and "stride" not in given:
            return {**given, "stride": POOL_STRIDE}
        return given


class MacroArchitecture(Frozen):
    """What is fixed while blocks are searched: stem, layers, head (Na et al. 2022, section 3; SNN_1 to SNN_4)."""

    stem_channels: Channels = Field(16, description="channels of the stem convolution, 3×3")
    extra_stem: ExtraStem = Field(
        "none", description="extra layers after the stem: pool_conv for 64×64 images, pool_conv_pool for 128×128 events"
    )
    layers: Annotated[tuple[Layer, ...], Field(min_length=1, max_length=32, strict=False)] = Field(
        description="the layers in order"
    )
    global_average_pooling: bool = Field(False, description="spiking global average pooling before the classifier")
    votes_per_class: Annotated[int, Field(ge=1, le=100)] = Field(10, description="output neurons that vote per class")
