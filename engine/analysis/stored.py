"""Finished studies and analyses, read from their folders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from engine.config.parse import MAX_JSON_BYTES, parse_stored
from engine.config.study import StudyConfig
from engine.errors import ConfigError, FileError, MeasureError
from engine.events import (
    Event,
    GenerationFinished,
    StudyFinished,
    StudyStarted,
    SupernetFinished,
    TrainingFinished,
    from_wire,
)
from engine.storage.committed import EVENTS, whole_events
from engine.storage.files import is_there, read_file, read_json

MAX_ANALYSIS = 200_000_000


class Trained(BaseModel):
    """One network of an analysis, tested: accuracy 0…1, spikes N per sample, firing rate 0…1."""

    arm: str
    architecture: str
    seed: int
    test_accuracy: float
    test_spikes: float
    firing_rate: float


class AnalysisDocument(BaseModel):
    """Of an analysis, what is compared with the paper: of analysis.json, or of the events so far."""

    study: dict[str, Any]
    trainings: list[Trained] = Field(min_length=1)

    @property
    def table(self) -> str:
        """The table of the paper to which the arms belong. Raises KeyError and TypeError."""
        return str(self.study["analysis"]["table"])

    @property
    def arms(self) -> dict[str, list[Trained]]:
        """The trainings of each arm, in order."""
        return {label: [one for one in self.trainings if one.arm == label] for label in self._labels}

    @property
    def _labels(self) -> list[str]:
        return list(dict.fromkeys(one.arm for one in self.trainings))


def analysis_at(path: Path) -> AnalysisDocument:
    """Of an analysis.json, or of the folder of an analysis: a finished one's, or what one at work has trained so far.

    Raises MeasureError naming the file.
    """
    places = [path, path / "analysis.json", path / "result" / "analysis.json"]
    file = next((place for place in places if is_there(place) and not place.is_dir()), None)
    if file is None:
        return _so_far(path)
    try:
        document = AnalysisDocument.model_validate(read_json(file, MAX_ANALYSIS))
        _ = document.table
    except FileError as error:
        raise MeasureError(f"no analysis: {error}") from error
    except (ValidationError, KeyError, TypeError) as error:
        raise MeasureError(f"{file}: is no analysis of this software: {_first(error)}") from error
    return document


def _so_far(path: Path) -> AnalysisDocument:
    """Of an analysis that is not finished, the trainings it has committed. Raises MeasureError naming the folder."""
    done = [event.model_dump(mode="json") for event in _events(path) if isinstance(event, TrainingFinished)]
    if not done:
        raise MeasureError(f"{path}: holds no analysis.json; give the folders of analyses that have trained a network")
    config = parse_stored(read_file(path / "study.json", MAX_JSON_BYTES))
    if config.analysis is None:
        raise MeasureError(f"{path}: is the folder of a search, not of an analysis")
    return AnalysisDocument.model_validate({"study": config.model_dump(mode="json"), "trainings": done})


def config_at(path: Path) -> StudyConfig:
    """Of a study's folder, or of an analysis. Raises MeasureError naming the file."""
    file = path / "study.json"
    try:
        if not path.is_dir() or not is_there(file):
            return parse_stored(analysis_at(path).study)
        return parse_stored(read_file(file, MAX_JSON_BYTES))
    except FileError as error:
        raise MeasureError(str(error)) from error
    except ConfigError as error:
        raise MeasureError(f"{file if path.is_dir() else path}: {error}") from error


def search_at(path: Path) -> tuple[StudyFinished, list[GenerationFinished]] | None:
    """Winner and generations of a finished search's folder, None for any other path. Raises MeasureError."""
    events = _events(path)
    winner = next((event for event in events if isinstance(event, StudyFinished)), None)
    return None if winner is None else (winner, [e for e in events if isinstance(e, GenerationFinished)])


def average_spikes_at(path: Path) -> float:
    """N_avg of the supernet of a study's folder, per sample. Raises MeasureError where it has none."""
    found = next((event for event in _events(path) if isinstance(event, SupernetFinished)), None)
    if found is None:
        raise MeasureError(f"{path}: its supernet is not trained, so there is no N_avg")
    return found.average_spikes


def tested_at(path: Path) -> int | None:
    """Test samples of the study in a folder, None where its events are not there. Raises MeasureError."""
    return next((event.test_samples for event in _events(path) if isinstance(event, StudyStarted)), None)


def _events(path: Path) -> list[Event]:
    """Of a study's folder; none of any other path."""
    if not path.is_dir() or not is_there(path / EVENTS):
        return []
    try:
        return list(map(from_wire, whole_events(path)))
    except FileError as error:
        raise MeasureError(str(error)) from error
    except ValidationError as error:
        raise MeasureError(f"{path / EVENTS} is damaged: {_first(error)}") from error


def _first(error: Exception) -> str:
    """The first problem, in one line."""
    if not isinstance(error, ValidationError):
        return f"{type(error).__name__}: {error}"
    found = error.errors(include_url=False)[0]
    return f"{'.'.join(map(str, found['loc'])) or 'document'}: {found['msg']}"
