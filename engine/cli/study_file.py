"""A study's JSON file, as commands are given it, and as a folder holds it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from engine.config.parse import MAX_JSON_BYTES, parse_config, parse_stored
from engine.config.study import StudyConfig
from engine.errors import ConfigError, FileError
from engine.storage.files import read_file


def read_config(path: Path) -> StudyConfig:
    """A new study. Raises ConfigError, which names the file, where it cannot be read, or holds no study."""
    return _parsed(path, parse_config)


def read_stored(path: Path) -> StudyConfig:
    """A study that a folder holds already. Raises ConfigError as `read_config` does."""
    return _parsed(path, parse_stored)


def _parsed(path: Path, parse: Callable[[bytes], StudyConfig]) -> StudyConfig:
    try:
        data = read_file(path, MAX_JSON_BYTES)
    except FileError as error:
        raise ConfigError([f"study: {error}"]) from error
    if not data.strip():
        raise ConfigError([f"study: {path} is empty"])
    try:
        return parse(data)
    except ConfigError as error:
        first, *others = error.problems
        raise ConfigError([f"{path}: {first}", *others]) from error
