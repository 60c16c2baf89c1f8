"""A study as commands are given it: its JSON file, or a preset's key; and as a folder holds it."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path

from engine.config.assign import assigned, assignment
from engine.config.parse import MAX_JSON_BYTES, parse_config, parse_stored
from engine.config.presets import PRESETS
from engine.config.study import StudyConfig
from engine.errors import ConfigError, FileError
from engine.storage.files import is_there, read_file


def read_config(path: Path) -> StudyConfig:
    """A new study: a file, or the preset of this key where there is no such file.

    Raises ConfigError, which names the file, where it cannot be read, or holds no study.
    """
    return _preset(path) or _parsed(path, parse_config)


def read_stored(path: Path) -> StudyConfig:
    """A study that a folder holds already. Raises ConfigError as `read_config` does."""
    return _preset(path) or _parsed(path, parse_stored)


def preset(key: str) -> StudyConfig:
    """The study of a preset. Raises ConfigError, with the nearest key, where there is none of this name."""
    if key in PRESETS:
        return PRESETS[key].config
    near = get_close_matches(key, PRESETS, 1)
    meant = f"; the nearest is {near[0]}" if near else ""
    raise ConfigError([f"preset: must be one of {', '.join(PRESETS)}, got {key[:60]!r}{meant}"])


def _preset(path: Path) -> StudyConfig | None:
    return PRESETS[str(path)].config if str(path) in PRESETS and not is_there(path) else None


def _parsed(path: Path, parse: Callable[[bytes], StudyConfig]) -> StudyConfig:
    try:
        data = read_file(path, MAX_JSON_BYTES)
    except FileError as error:
        near = [] if path.suffix or is_there(path) else get_close_matches(str(path), PRESETS, 1)
        meant = f"; the preset of the nearest name is {near[0]}" if near else ""
        raise ConfigError([f"study: {error}{meant}"]) from error
    if not data.strip():
        raise ConfigError([f"study: {path} is empty"])
    try:
        return parse(data)
    except ConfigError as error:
        first, *others = error.problems
        raise ConfigError([f"{path}: {first}", *others]) from error


def changed(config: StudyConfig, assignments: list[str] | None, seed: int | None) -> StudyConfig:
    """The study with `FIELD=VALUE` of --set, and the seed of --seed. Raises ConfigError, a line a field."""
    values = [assignment(text) for text in assignments or ()]
    if seed is not None:
        values.append(("seed", seed))
    return assigned(config, values) if values else config
