"""The study file that a command is given."""

from __future__ import annotations

from pathlib import Path

from engine.config.parse import parse_config
from engine.config.study import StudyConfig
from engine.errors import ConfigError


def read_config(path: Path) -> StudyConfig:
    """Raises ConfigError where the file cannot be read, or holds no study."""
    try:
        return parse_config(path.read_bytes())
    except OSError as error:
        raise ConfigError([f"study: cannot read {path}: {error.strerror}"]) from error
