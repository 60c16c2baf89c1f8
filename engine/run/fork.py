"""A new study from an earlier one: its trained supernet, and what was evaluated up to a generation."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from engine.config.own_parts import changed_keys
from engine.config.parse import parse_stored
from engine.config.refusals import refusals
from engine.config.runtime import RuntimeConfig
from engine.config.study import StudyConfig
from engine.errors import CheckpointError, ConfigError
from engine.events import Commit
from engine.run.state import State, state_of
from engine.storage.atomic import read_metadata, verify, write_bytes, write_metadata
from engine.storage.files import read_file

FREE = ("version", "name", "search", "retrain", "runtime", "parts")
"""What a fork may change; all else made the supernet or the numbers that are kept."""
KEPT_SEARCH = ("fitness_lambda", "objective", "recalibration_batches")
"""Of `search`, what the kept numbers depend on."""
MAX_SUPERNET = 8 << 30
"""Most bytes of a supernet's file."""


def require_forkable(source: StudyConfig, config: StudyConfig) -> None:
    """Raise ConfigError, field by field, where the new config asks for what the kept supernet was not made for."""
    fields = [name for name in type(config).model_fields if name not in FREE]
    changed = [name for name in fields if getattr(source, name) != getattr(config, name)]
    changed += [f"search.{n}" for n in KEPT_SEARCH if getattr(source.search, n) != getattr(config.search, n)]
    changed += [f"parts.{key}" for key in changed_keys(source.parts, config.parts)]
    if changed:
        raise ConfigError([f"{name}: a fork keeps its source's; start a new study to change it" for name in changed])


def changed_config(source: StudyConfig, changes: dict[str, object]) -> StudyConfig:
    """The source's config with some of its parts replaced, key by key. Raises ConfigError."""
    document = source.model_dump(mode="json")
    for key, value in changes.items():
        old = document.get(key)
        document[key] = old | value if isinstance(old, dict) and isinstance(value, dict) else value
    config = parse_stored(document)
    require_forkable(source, config)
    if lines := [line for line in refusals(config) if line not in refusals(source)]:
        raise ConfigError(lines)
    return config


def fork(source: Path, at: Commit, generation: int, config: StudyConfig, target: Path) -> Commit:
    """Put into `target` what a run needs to go on after `generation` generations of the study in `source`.

    `at` is any later commit of the source. Raises ConfigError for a generation that was not reached, CheckpointError
    where a file of the source is gone or damaged.
    """
    path = source / "checkpoints" / at.checkpoint
    state = state_of(read_metadata(path, at.sha256), path.name)
    if not state.supernet_file:
        raise ConfigError(["generation: the supernet is not trained yet; start a new study from the config"])
    if not 0 <= generation <= state.generation:
        raise ConfigError([f"generation: must be 0 to {state.generation}, got {generation}"])
    _copy(source / state.supernet_file, state.supernet_sha256, target / state.supernet_file)
    same_machine = _trained_with(target / state.supernet_file) == config.runtime
    kept = State(
        config_digest=config.digest(),
        data_digest=state.data_digest,
        phase="search",
        average_spikes=state.average_spikes,
        supernet_file=state.supernet_file,
        supernet_sha256=state.supernet_sha256,
        generation=generation,
        candidates=[candidate for candidate in state.candidates if candidate.generation < generation],
        commits=1,
        threads=state.threads if same_machine else 0,
        device=state.device if same_machine else "",
        kernels=state.kernels,  # left empty they would be taken for those of a study of before the kernels: none
    )
    first = target / "checkpoints" / "0000-000001.safetensors"
    done = write_metadata(first, {"state": kept.model_dump(mode="json")})
    return Commit(done.name, done.sha256, done.size, 1, "search")


def _trained_with(supernet: Path) -> RuntimeConfig:
    """The machine that the study asked for which trained this supernet."""
    try:
        return RuntimeConfig.model_validate(read_metadata(supernet, None)["config"]["runtime"])
    except (KeyError, TypeError, ValueError) as error:
        raise CheckpointError(f"{supernet.name} is no supernet of this software: {str(error)[:200]}") from error


def history(events: Iterable[dict[str, Any]], generation: int, config: StudyConfig) -> list[dict[str, Any]]:
    """Of a study's durable events in wire form, those up to the end of that generation, as the fork's own."""
    found: list[dict[str, Any]] = []
    for event in events:
        if event["kind"] == "generation_finished" and event["generation"] >= generation:
            break
        if event["kind"] == "phase_started" and event["phase"] == "retrain":
            break
        own = {"config_digest": config.digest()} if event["kind"] == "study_started" else {}
        found.append(event | own)
    return found


def _copy(source: Path, sha256: str, target: Path) -> None:
    verify(source, sha256)
    if write_bytes(target, read_file(source, MAX_SUPERNET)).sha256 != sha256:
        raise CheckpointError(f"{source.name} changed while it was copied")
