"""The study file that a command is given. No torch."""

from __future__ import annotations

from pathlib import Path

from engine.config.parse import MAX_JSON_BYTES, parse_config
from engine.config.study import StudyConfig
from engine.errors import ConfigError, FileError
from engine.storage.files import read_file


def read_config(path: Path) -> StudyConfig:
    """Raises ConfigError, which names the file, where it cannot be read, or holds no study."""
    try:
        data = read_file(path, MAX_JSON_BYTES)
    except FileError as error:
        raise ConfigError([f"study: {error}"]) from error
    if not data.strip():
        raise ConfigError([f"study: {path} is empty"])
    try:
        return parse_config(data)
    except ConfigError as error:
        first, *others = error.problems
        raise ConfigError([f"{path}: {first}", *others]) from error
