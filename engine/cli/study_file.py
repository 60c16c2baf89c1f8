"""The study file that a command is given."""

from __future__ import annotations

from pathlib import Path

from engine.config.parse import parse_config, parse_stored
from engine.config.study import StudyConfig
from engine.errors import ConfigError


def read_config(path: Path) -> StudyConfig:
    """A new study. Raises ConfigError where the file cannot be read, or holds no study."""
    return parse_config(_bytes_of(path))


def read_stored(path: Path) -> StudyConfig:
    """A study that a folder holds already. Raises ConfigError."""
    return parse_stored(_bytes_of(path))


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError([f"study: cannot read {path}: {error.strerror}"]) from error
