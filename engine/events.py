"""Events of a study and their wire format: the contract between engine, database and browser.

Durable events are stored and numbered. Provisional ones (`Progress`, `CandidateEvaluated`) only keep a page up to date.
Event data holds nothing that differs between two runs of one config: no clock times, no durations.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeGuard

from pydantic import Field, TypeAdapter

from engine.schema.frozen import Frozen

LEFT_OUT = Field(exclude_if=lambda value: value is None)
"""Of a field that came later: where it has no value, an event is written as it was before there was the field."""
Measured = Annotated[float | None, LEFT_OUT]

Phase = Literal["supernet", "search", "retrain", "analysis"]
Origin = Literal["random", "mutation", "crossover", "enumerated", "proposed"]
"""`proposed`: by a search of one's own, which says no more."""


class LayerInfo(Frozen):
    """One layer of the spike heatmap, from stem to output; `kind` is `search` for a searched layer.

    Channels, height and width are those of its output.
    """

    name: str
    kind: str
    channels: int
    height: int
    width: int


class Candidate(Frozen):
    """One evaluated architecture. `id` counts from 0 in order of evaluation.

    `accuracy` (0…1) and `spikes` (per sample) are on the validation split with supernet weights.
    `parents` are candidate ids; `changed` are the searched layers, from 0, in which it differs from its first parent.
    `spike_map` is base64 of little-endian float32 [layers, T]: average spikes per sample; it sums to `spikes`.
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


class FoundUnder(Frozen):
    """The λ under which the generations before this number, and after those of the entry before, were found."""

    generations: int
    fitness_lambda: float


class StudyStarted(Frozen):
    """First event of a study: the size of the search space, the layers, and the data.

    `found_under` is given where a fork changed λ: its kept generations were found under these and scored anew.
    """

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
    found_under: Annotated[tuple[FoundUnder, ...], Field(strict=False, exclude_if=lambda found: not found)] = ()


class PhaseStarted(Frozen):
    """A phase starts. `architecture` is the winner's genome in the phase `retrain`, else None."""

    kind: Literal["phase_started"] = "phase_started"
    phase: Phase
    architecture: str | None = None


class EpochFinished(Frozen):
    """One epoch of supernet training or retraining. `accuracy` is 0…1; `spikes` are per sample.

    `test_accuracy` and `test_spikes` are given in retraining only.
    """

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
    """The supernet is trained.

    `average_spikes` is N_avg (Na et al. 2022): spikes per sample, averaged over the paths sampled in the last epoch.
    """

    kind: Literal["supernet_finished"] = "supernet_finished"
    average_spikes: float


class GenerationFinished(Frozen):
    """One generation of the search. `front` holds the ids of the Pareto front of all candidates so far, by spikes.

    `parents` are the ids of the fittest candidates so far, the next generation's parents; `best` is the fittest.
    `hypervolume` is that of (accuracy, spikes) with the reference point (0, `reference_spikes`), normalised to 0…1.
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
    """Last event of a search: the retrained winner. Accuracies (0…1) are those of the last epoch, on the test split.

    `best_test_accuracy` is the best over epochs, as the reference code reports it: it selects on the test split.
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


class StudyExtended(Frozen):
    """The search goes on to `generations` in all; from here on the study's config, and its digest, are these.

    What follows is what a study with so many generations from its start yields after the same ones.
    """

    kind: Literal["study_extended"] = "study_extended"
    config_digest: str
    generations: int


class TrainingFinished(Frozen):
    """One network trained from scratch, tested after the last epoch. `number` counts trainings from 0.

    `loss` and `accuracy` [epochs] are those of training. `spikes_by_layer` sums to `test_spikes`.
    `search_accuracy` is the supernet's estimate where this study's search evaluated the architecture. Of the rest,
    the validation split is given where the network was not trained on it, and effective multiply-accumulates and
    accumulates per sample of the test split (NeuroBench) where the analysis counts them.
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
    validation_accuracy: Measured = None
    validation_spikes: Measured = None
    effective_macs: Measured = None
    effective_acs: Measured = None


class Spread(Frozen):
    """Summary of n results: mean, sample standard deviation (None where n = 1), minimum and maximum."""

    n: int
    mean: float
    deviation: float | None
    minimum: float
    maximum: float


class ArmResult(Frozen):
    """Results of all trainings of one arm of an analysis."""

    arm: str
    seeds: Annotated[tuple[int, ...], Field(strict=False)]
    epochs: int
    accuracy: Spread
    spikes: Spread
    firing_rate: Spread


class PaperAndHere(Frozen):
    """A number of the paper and the one measured here, in the paper's unit. `tag` says how ours was measured."""

    row: str
    quantity: str
    unit: str
    paper: float | None
    here: float | None
    tag: str


class Trust(Frozen):
    """Rank correlation of the supernet: Kendall's τ-b of its estimates and stand-alone accuracies, with interval.

    `low` and `high` are None of fewer than 10 networks; older versions stored an interval of these too.
    `p_value` is the one-sided p of a permutation test, `better_than_chance` whether it is at most 0.05; None where an
    older version stored no p.
    """

    tau: float
    low: float | None
    high: float | None
    confidence: float
    n: int
    p_value: Measured = None
    better_than_chance: Annotated[bool | None, LEFT_OUT] = None


class AnalysisFinished(Frozen):
    """All trainings of an analysis are done.

    `trust` is None where it was not asked for, and where it is undefined; `note` then says why.
    """

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
    """Provisional: progress of the current phase. `done` and `total` count the steps of the whole phase."""

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
    """Provisional: one candidate of the current generation. It is repeated in `generation_finished`."""

    kind: Literal["candidate_evaluated"] = "candidate_evaluated"
    candidate: Candidate


DurableEvent = (
    StudyStarted
    | PhaseStarted
    | EpochFinished
    | SupernetFinished
    | GenerationFinished
    | StudyFinished
    | StudyExtended
    | TrainingFinished
    | AnalysisFinished
    | StateChanged
)
ProvisionalEvent = Progress | CandidateEvaluated
Event = DurableEvent | ProvisionalEvent


@dataclass(frozen=True)
class Commit:
    """A durable step is done: store the durable events since the last commit together with this checkpoint.

    `checkpoint` is a file name relative to the study's working directory; `step` counts commits from 1.
    """

    checkpoint: str
    sha256: str
    size: int
    step: int
    phase: Literal["supernet", "search", "retrain", "analysis", "done"]


Steps = Iterator[Event | Commit]
"""What a study yields: events as they happen, and a commit wherever a durable step ends."""


@dataclass(frozen=True)
class Resume:
    """The checkpoint of an earlier `Commit` from which a study is resumed."""

    checkpoint: str
    sha256: str
    step: int


_ADAPTER: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="kind")])


def to_wire(event: Event) -> dict[str, Any]:
    """The event as JSON values; `kind` names its type."""
    return event.model_dump(mode="json")


def from_wire(data: dict[str, Any]) -> Event:
    """The event of JSON values. Raises pydantic.ValidationError where they are none."""
    return _ADAPTER.validate_python(data)


def is_durable(event: Event) -> TypeGuard[DurableEvent]:
    """Whether the event is to be stored and numbered."""
    return not isinstance(event, Progress | CandidateEvaluated)
