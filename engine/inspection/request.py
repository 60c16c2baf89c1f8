"""Inspection requests: their fields and bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

from engine.config.study import StudyConfig
from engine.errors import ArchitectureError, ConfigError
from engine.space.architecture import Architecture

Kind = Literal["evaluation", "sample", "activity"]
Weights = Literal["supernet", "retrained"]
Split = Literal["validation", "test"]
NO_SAMPLE = -1
SATURATED = 0.95
"""A neuron that fires in at least this share of its time steps counts as saturated."""
BINS = 20
"""Bins of 5 % for firing rates above 0 in a histogram; dead neurons are counted apart."""
MAX_DATA_BYTES = 32_000_000
"""Bytes that one inspection may leave on disk. Beyond them a sample trace leaves out the largest layers' spikes."""


@dataclass(frozen=True)
class Request:
    """One inspection request. `sample` is an index within the split, or NO_SAMPLE for the whole split."""

    kind: Kind
    architecture: str
    weights: Weights
    split: Split
    sample: int = NO_SAMPLE


def parse(asked: Mapping[str, object]) -> Request:
    """Read a request. Raises ConfigError, each line `field: what is wrong`."""
    kind = _one_of(asked, "kind", get_args(Kind), None)
    weights = _one_of(asked, "weights", get_args(Weights), "supernet")
    split = _one_of(asked, "split", get_args(Split), "validation" if weights == "supernet" else "test")
    architecture = asked.get("architecture")
    if not isinstance(architecture, str) or not 1 <= len(architecture) <= 400:
        raise ConfigError(["architecture: must be a genome such as R5-S-C3"])
    if weights == "retrained" and split == "validation":
        raise ConfigError(["split: the retrained network was trained on the validation images; it must be test"])
    if weights == "supernet" and split == "test" and kind != "sample":
        raise ConfigError(["split: the supernet is evaluated on validation, only the retrained network on test"])
    return Request(
        cast(Kind, kind), architecture, cast(Weights, weights), cast(Split, split), _sample(asked.get("sample"), kind)
    )


def _one_of(asked: Mapping[str, object], field: str, allowed: tuple[str, ...], default: str | None) -> str:
    value = asked.get(field, default)
    if not isinstance(value, str) or value not in allowed:
        raise ConfigError([f"{field}: must be one of {', '.join(allowed)}"])
    return value


def _sample(value: object, kind: str) -> int:
    if kind != "sample":
        if value is not None:
            raise ConfigError([f"sample: only a request of kind sample names one, not {kind}"])
        return NO_SAMPLE
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ConfigError(["sample: must be a whole number from 0"])
    return value


def require(request: Request, config: StudyConfig, samples: int) -> Architecture:
    """The request's architecture. Raises ConfigError, each line `field: what is wrong`.

    The study's space must hold it, and the split, of `samples` samples, the sample.
    """
    try:
        architecture = config.space.require(Architecture.from_code(request.architecture))
    except ArchitectureError as error:
        raise ConfigError([f"architecture: {error}"]) from error
    if request.sample >= samples:
        raise ConfigError(
            [f"sample: must be 0 to {samples - 1:,}, the {request.split} split has {samples:,}, got {request.sample:,}"]
        )
    return architecture
