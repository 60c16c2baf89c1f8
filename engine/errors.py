"""The errors a user can act on; each message names what is wrong and what would be right."""

from __future__ import annotations


class EngineError(Exception):
    """Base of every error this package raises on purpose. `code` names the kind for programs."""

    code = "unexpected"


class ConfigError(EngineError):
    """A study config is malformed or out of bounds. `problems` holds one line per field."""

    code = "config"

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


class RegistryError(EngineError):
    """A block family or a neuron kind cannot be registered: a name is taken, or cannot be one."""


class DataError(EngineError):
    """A data set is missing, malformed, or refused; the message says which file and why."""

    code = "data_gone"


class DataChangedError(DataError):
    """The data set is not the one the study began with: its checksum differs."""

    code = "data_changed"


class CheckpointError(EngineError):
    """A checkpoint is missing, damaged, or belongs to another study."""

    code = "checkpoint"


class DivergedError(EngineError):
    """Training produced NaN or infinity; the message names phase, epoch and step."""

    code = "diverged"


class OutOfMemoryError(EngineError):
    """Memory ran out; the message has the number and the setting to change."""

    code = "out_of_memory"


class OutOfDiskError(EngineError):
    """The disk is full; the last checkpoint is intact."""

    code = "out_of_disk"


class MeasureError(EngineError):
    """A statistic cannot be taken from the values given; the message says what it needs."""
