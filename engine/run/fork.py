"""A new study from an earlier one: its trained supernet, and what was evaluated up to a generation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from engine.config.own_parts import changed_keys
from engine.config.parse import parse_stored
from engine.config.refusals import refusals
from engine.config.runtime import RuntimeConfig
from engine.config.study import StudyConfig
from engine.errors import CheckpointError, ConfigError
from engine.events import Commit, FoundUnder
from engine.run.rescoring import rescored, rescored_generations, scored_anew
from engine.run.state import State, state_of
from engine.storage.atomic import read_metadata, verify, write_bytes, write_metadata
from engine.storage.files import read_file

FREE = ("version", "name", "search", "retrain", "runtime", "parts")
"""What a fork may change; all else made the supernet or the numbers that are kept."""
KEPT_LATER = ("search.recalibration_batches", "search.seed", "search.objective")
"""What a fork that keeps generations may not change of the search: accuracies, draws and order depend on them."""
MAX_SUPERNET = 8 << 30
"""Most bytes of a supernet's file."""


def require_forkable(source: StudyConfig, config: StudyConfig, generation: int) -> None:
    """Raise ConfigError, field by field, where the new config asks for what the kept numbers were not made for.

    At generation 0 only the supernet is kept, so all of the search may change, its seed too. Later λ may: the kept
    candidates are scored anew.
    """
    fields = [name for name in type(config).model_fields if name not in FREE]
    changed = [name for name in fields if getattr(source, name) != getattr(config, name)]
    sources = changed_keys(source.parts, config.parts)
    changed += [f"parts.{key}" for key in sources if generation > 0 or not key.startswith("objective.")]
    problems = [f"{name}: a fork keeps its source's; start a new study to change it" for name in changed]
    if generation > 0:
        problems += [f"{name}: a fork keeps its source's, but at generation 0" for name in _later(source, config)]
    if problems:
        raise ConfigError(problems)


def _later(source: StudyConfig, config: StudyConfig) -> list[str]:
    """The fields of KEPT_LATER that differ."""
    kept = [(one.search.recalibration_batches, one.search_seed, one.search.objective) for one in (source, config)]
    return [name for name, was, now in zip(KEPT_LATER, *kept, strict=True) if was != now]


def changed_config(source: StudyConfig, changes: dict[str, object], generation: int) -> StudyConfig:
    """The source's config with some parts replaced, key by key, for a fork at this generation. Raises ConfigError."""
    document = source.model_dump(mode="json")
    for key, value in changes.items():
        old = document.get(key)
        document[key] = old | value if isinstance(old, dict) and isinstance(value, dict) else value
    config = parse_stored(document)
    require_forkable(source, config, generation)
    if lines := [line for line in refusals(config) if line not in refusals(source)]:
        raise ConfigError(lines)
    return config


def fork(source: Path, at: Commit, own: StudyConfig, generation: int, config: StudyConfig, target: Path) -> Commit:
    """Put into `target` what a run needs to go on after `generation` generations of the study in `source`.

    `at` is any later commit of the source, `own` the source's config, `config` the fork's. Kept candidates are scored
    anew where λ is another. Raises ConfigError for a generation that was not reached, CheckpointError where a file of
    the source is gone or damaged.
    """
    path = source / "checkpoints" / at.checkpoint
    state = state_of(read_metadata(path, at.sha256), path.name)
    if not state.supernet_file:
        raise ConfigError(["generation: the supernet is not trained yet; start a new study from the config"])
    if not 0 <= generation <= state.generation:
        raise ConfigError([f"generation: must be 0 to {state.generation}, got {generation}"])
    _copy(source / state.supernet_file, state.supernet_sha256, target / state.supernet_file)
    kept = [candidate for candidate in state.candidates if candidate.generation < generation]
    other = own.search.fitness_lambda != config.search.fitness_lambda
    same_machine = _trained_with(target / state.supernet_file) == config.runtime
    begun = State(
        config_digest=config.digest(),
        data_digest=state.data_digest,
        phase="search",
        average_spikes=state.average_spikes,
        supernet_file=state.supernet_file,
        supernet_sha256=state.supernet_sha256,
        generation=generation,
        candidates=rescored(kept, state.average_spikes, config.search) if other else kept,
        found_under=list(scored_anew(state.found_under, own, generation, config)),
        commits=1,
        threads=state.threads if same_machine else 0,
        device=state.device if same_machine else "",
        kernels=state.kernels,  # left empty they would be taken for those of a study of before the kernels: none
    )
    first = target / "checkpoints" / "0000-000001.safetensors"
    done = write_metadata(first, {"state": begun.model_dump(mode="json")})
    return Commit(done.name, done.sha256, done.size, 1, "search")


def _trained_with(supernet: Path) -> RuntimeConfig:
    """The machine that the study asked for which trained this supernet."""
    try:
        return RuntimeConfig.model_validate(read_metadata(supernet, None)["config"]["runtime"])
    except (KeyError, TypeError, ValueError) as error:
        raise CheckpointError(f"{supernet.name} is no supernet of this software: {str(error)[:200]}") from error


def history(
    events: Iterable[dict[str, Any]], own: StudyConfig, generation: int, config: StudyConfig
) -> list[dict[str, Any]]:
    """Of a study's durable events in wire form, those up to the end of that generation, as the fork's own.

    `own` is the source's config. Where the fork has another λ, its generations are scored anew.
    """
    found = [_as_own(event, own, generation, config) for event in _up_to(events, generation)]
    other = own.search.fitness_lambda != config.search.fitness_lambda
    return rescored_generations(found, config) if other else found


def _as_own(event: dict[str, Any], own: StudyConfig, generation: int, config: StudyConfig) -> dict[str, Any]:
    """An event of the source as the fork's: its first one has the fork's digest, and says what was scored anew."""
    if event["kind"] != "study_started":
        return event
    told = {key: value for key, value in event.items() if key != "found_under"}
    before = [FoundUnder.model_validate(one) for one in event.get("found_under", ())]
    under = [one.model_dump(mode="json") for one in scored_anew(before, own, generation, config)]
    return told | {"config_digest": config.digest()} | ({"found_under": under} if under else {})


def _up_to(events: Iterable[dict[str, Any]], generation: int) -> Iterator[dict[str, Any]]:
    for event in events:
        if event["kind"] == "generation_finished" and event["generation"] >= generation:
            return
        if event["kind"] == "phase_started" and event["phase"] == "retrain":
            return
        if event["kind"] != "study_extended":  # a fork has its own number of generations from its start
            yield event


def _copy(source: Path, sha256: str, target: Path) -> None:
    verify(source, sha256)
    if write_bytes(target, read_file(source, MAX_SUPERNET)).sha256 != sha256:
        raise CheckpointError(f"{source.name} changed while it was copied")
