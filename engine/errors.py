"""Errors that a user can act on. Each message names what is wrong and what would be right."""

from __future__ import annotations


class EngineError(Exception):
    """Base of every error that the engine raises on purpose. `code` names the kind for the web application."""

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
    """A genome is malformed or not in the search space."""


class RegistryError(EngineError):
    """A part of one's own cannot be registered: a name is taken or cannot be one, or its source cannot be loaded."""


class PartError(EngineError):
    """A part of one's own failed while it ran, or answered what it must not. The message names the part and why."""

    code = "config"


class DataError(EngineError):
    """A data set is missing, malformed or refused. The message names the file and the reason."""

    code = "data_gone"


class DataChangedError(DataError):
    """The data set has another checksum than when the study started."""

    code = "data_changed"


class FileError(EngineError):
    """A file is missing, damaged, or no regular file. The message begins with its path."""


class CheckpointError(EngineError):
    """A checkpoint is missing, damaged, or belongs to another study."""

    code = "checkpoint"


class ExportError(EngineError):
    """A trained network cannot be written in another format, or what was written does not compute the same."""


class DivergedError(EngineError):
    """Training produced NaN or infinity. The message names phase, epoch and batch."""

    code = "diverged"


class OutOfMemoryError(EngineError):
    """Memory ran out. The message states the need and names the setting to change."""

    code = "out_of_memory"


class OutOfDiskError(EngineError):
    """The disk is full. The last checkpoint is intact."""

    code = "out_of_disk"


class MeasureError(EngineError):
    """A measure is undefined for the values given. The message says what it needs."""
