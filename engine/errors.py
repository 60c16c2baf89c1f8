"""The errors a user can act on; each message names what is wrong and what would be right."""

from __future__ import annotations


class EngineError(Exception):
    """Base of every error this package raises on purpose."""


class ConfigError(EngineError):
    """A study config is malformed or out of bounds. `problems` holds one line per field."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class ShapeError(EngineError):
    """A network cannot be built: the message names the layer and its input size, `layer` is the layer's name."""

    def __init__(self, message: str, layer: str) -> None:
        super().__init__(message)
        self.layer = layer


class ArchitectureError(EngineError):
    """A genome does not belong to the search space it was read for."""


class DataError(EngineError):
    """A data set is missing, malformed, or refused; the message says which file and why."""


class CheckpointError(EngineError):
    """A checkpoint is missing, damaged, or belongs to another study."""


class DivergedError(EngineError):
    """Training produced NaN or infinity; the message names phase, epoch and step."""


class MeasureError(EngineError):
    """A statistic cannot be taken from the values given; the message says what it needs."""
