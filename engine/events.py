"""Every event a study can emit, and its wire form. The one contract between engine, database and browser. No torch.

Durable events are stored and numbered; provisional ones (`Progress`, `CandidateEvaluated`) only keep a page alive.
Event data holds nothing that differs between two runs of one config: no clock times, no durations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeGuard

from pydantic import Field, TypeAdapter

from engine.frozen import Frozen

Phase = Literal["supernet", "search", "retrain", "analysis"]
Origin = Literal["random", "mutation", "crossover", "enumerated"]


class LayerInfo(Frozen):
    """One row of the heatmaps; see engine.space.shapes.Row. Parameters and macs are left out where blocks differ."""

    name: str
    kind: str
    channels: int
    height: int
    width: int


class Candidate(Frozen):
    """One judged architecture. `id` counts from 0 in order of evaluation.

    `accuracy` (0…1) and `spikes` (per sample) are on the validation split with supernet weights.
    `parents` are candidate ids; `changed` the searched-layer indices in which it differs from its first parent.
    `spike_map` is base64 of little-endian float32 [rows, T]: average spikes per sample; it sums to `spikes`.
    """

    id: int
    generation: int
    architecture: str
    accuracy: float
    spikes: float
    firing_rate: float
    fitness: float
    parameters: int
    origin: Origin
    parents: Annotated[tuple[int, ...], Field(strict=False)]
    changed: Annotated[tuple[int, ...], Field(strict=False)]
    spike_map: str


class StudyStarted(Frozen):
    """First event: what will be searched, on what."""

    kind: Literal["study_started"] = "study_started"
    config_digest: str
    space_size: int
    time_steps: int
    layers: Annotated[tuple[LayerInfo, ...], Field(strict=False)]
    train_samples: int
    validation_samples: int
    test_samples: int
    data_digest: str
    data_note: str
    device: str


class PhaseStarted(Frozen):
    """A phase begins; `architecture` is the winner's genome when it is `retrain`."""

    kind: Literal["phase_started"] = "phase_started"
    phase: Phase
    architecture: str | None = None


class EpochFinished(Frozen):
    """One epoch of supernet training or retraining. `test_accuracy` and `test_spikes` only when retraining."""

    kind: Literal["epoch_finished"] = "epoch_finished"
    phase: Phase
    epoch: int
    epochs: int
    loss: float
    accuracy: float
    spikes: float
    test_accuracy: float | None = None
    test_spikes: float | None = None


class SupernetFinished(Frozen):
    """The supernet is trained. `average_spikes` is N_avg: spikes per sample over the last epoch's sampled paths."""

    kind: Literal["supernet_finished"] = "supernet_finished"
    average_spikes: float


class GenerationFinished(Frozen):
    """One generation of the search. `front` holds the candidate ids of the Pareto front of all seen so far, by spikes.

    `parents` are the ids of the best of all seen (the next generation's parents); `best` the fittest of all seen.
    `hypervolume` is of (accuracy, spikes) against (0, `reference_spikes`), normalised to 0…1.
    """

    kind: Literal["generation_finished"] = "generation_finished"
    generation: int
    generations: int
    candidates: Annotated[tuple[Candidate, ...], Field(strict=False)]
    best: int
    parents: Annotated[tuple[int, ...], Field(strict=False)]
    front: Annotated[tuple[int, ...], Field(strict=False)]
    hypervolume: float
    reference_spikes: float


class StudyFinished(Frozen):
    """Last event: the winner, retrained. Accuracies are of the last epoch, on the test split.

    `best_test_accuracy` is the best over epochs, as the reference reports it; it selects on the test split.
    """

    kind: Literal["study_finished"] = "study_finished"
    candidate: int
    architecture: str
    test_accuracy: float
    test_spikes: float
    firing_rate: float
    best_test_accuracy: float
    parameters: int
    spike_map: str
    spikes_by_layer: dict[str, float]
    checkpoint: str
    sha256: str


class TrainingFinished(Frozen):
    """One network of an analysis, trained from scratch: last epoch, test split. `number` counts trainings from 0.

    `loss` and `accuracy` are those of every training epoch. `spikes_by_layer` sums to `test_spikes`.
    `search_accuracy` is the supernet's estimate where the architecture was judged in this study's search.
    """

    kind: Literal["training_finished"] = "training_finished"
    number: int
    trainings: int
    arm: str
    architecture: str
    seed: int
    epochs: int
    loss: Annotated[tuple[float, ...], Field(strict=False)]
    accuracy: Annotated[tuple[float, ...], Field(strict=False)]
    test_accuracy: float
    test_spikes: float
    firing_rate: float
    parameters: int
    spikes_by_layer: dict[str, float]
    search_accuracy: float | None = None


class Spread(Frozen):
    """n results: mean, sample standard deviation (None where n = 1), least and most."""

    n: int
    mean: float
    deviation: float | None
    minimum: float
    maximum: float


class ArmResult(Frozen):
    """What the trainings of one arm came to."""

    arm: str
    seeds: Annotated[tuple[int, ...], Field(strict=False)]
    epochs: int
    accuracy: Spread
    spikes: Spread
    firing_rate: Spread


class PaperAndHere(Frozen):
    """A number of the poster and ours, in the poster's unit; `tag` says what ours was measured on."""

    row: str
    quantity: str
    unit: str
    paper: float | None
    here: float | None
    tag: str


class Trust(Frozen):
    """Kendall's τ-b between supernet estimate and stand-alone accuracy, with its bootstrap interval."""

    tau: float
    low: float
    high: float
    confidence: float
    n: int


class AnalysisFinished(Frozen):
    """Every training of an analysis is done. `trust` is None where it was not asked for or is undefined: see `note`."""

    kind: Literal["analysis_finished"] = "analysis_finished"
    arms: Annotated[tuple[ArmResult, ...], Field(strict=False)]
    comparison: Annotated[tuple[PaperAndHere, ...], Field(strict=False)] = ()
    trust: Trust | None = None
    note: str = ""


class StateChanged(Frozen):
    """The study's state as a job; emitted by the web application, never by the engine."""

    kind: Literal["state_changed"] = "state_changed"
    state: Literal["draft", "queued", "running", "paused", "succeeded", "failed", "cancelled"]
    reason: str = ""


class Progress(Frozen):
    """Provisional: how far the current epoch or generation is. `done` and `total` count steps of the whole phase."""

    kind: Literal["progress"] = "progress"
    phase: Phase
    done: int
    total: int
    message: str
    seconds_left: float | None = None
    loss: float | None = None
    accuracy: float | None = None
    spikes: float | None = None


class CandidateEvaluated(Frozen):
    """Provisional: one candidate of the generation in progress; it comes again in `generation_finished`."""

    kind: Literal["candidate_evaluated"] = "candidate_evaluated"
    candidate: Candidate


DurableEvent = (
    StudyStarted
    | PhaseStarted
    | EpochFinished
    | SupernetFinished
    | GenerationFinished
    | StudyFinished
    | TrainingFinished
    | AnalysisFinished
    | StateChanged
)
ProvisionalEvent = Progress | CandidateEvaluated
Event = DurableEvent | ProvisionalEvent


@dataclass(frozen=True)
class Commit:
    """A durable step is over: store the durable events since the last one together with this checkpoint.

    `checkpoint` is a file name relative to the study's working directory; `step` counts commits from 1.
    """

    checkpoint: str
    sha256: str
    size: int
    step: int
    phase: Literal["supernet", "search", "retrain", "analysis", "done"]


@dataclass(frozen=True)
class Resume:
    """Where to go on: the checkpoint of an earlier `Commit`."""

    checkpoint: str
    sha256: str
    step: int


_ADAPTER: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="kind")])


def to_wire(event: Event) -> dict[str, Any]:
    """The event as JSON-ready data; `kind` says which."""
    return event.model_dump(mode="json")


def from_wire(data: dict[str, Any]) -> Event:
    """The event of its wire form. Raises pydantic.ValidationError where it is none."""
    return _ADAPTER.validate_python(data)


def is_durable(event: Event) -> TypeGuard[DurableEvent]:
    """Whether the event is to be stored and numbered."""
    return not isinstance(event, Progress | CandidateEvaluated)
