"""What a run's events say to somebody who watches: phase, time left, best so far and the front, as a few lines."""

from __future__ import annotations

from collections.abc import Iterable

from engine.config.study import StudyConfig
from engine.describe.data import sample
from engine.events import (
    Candidate,
    EpochFinished,
    Event,
    GenerationFinished,
    PhaseStarted,
    Progress,
    StudyFinished,
    TrainingFinished,
)
from engine.metrics.pareto import front
from engine.search.interface import fittest

BAR = 24
SHOWN = 6
"""Members of the front that are shown: where it has more, every so many of them, both ends among them."""


class Board:
    """A run's position, kept up to date by `see`. `before` are the events stored by earlier runs of the study."""

    def __init__(self, config: StudyConfig, before: Iterable[Event] = ()) -> None:
        self.config = config
        self.progress: Progress | None = None
        self.candidates: list[Candidate] = []
        self.last = ""
        for event in before:
            self.see(event)

    def see(self, event: Event) -> None:
        """Take an event in, in the order they come."""
        if isinstance(event, Progress):
            self.progress = event
        elif isinstance(event, GenerationFinished):
            self.candidates += event.candidates
        elif isinstance(event, PhaseStarted):
            self.progress = None
        self.last = self._told(event) or self.last

    def _told(self, event: Event) -> str:
        """What an event measured, in words; empty where it measured nothing."""
        unit = f"spikes per {sample(self.config.data)}"
        if isinstance(event, EpochFinished):
            accuracy, spikes = event.test_accuracy, event.test_spikes
            tested = "" if accuracy is None or spikes is None else f", test {accuracy:.2%}, {spikes:,.0f} {unit}"
            return f"{event.phase} epoch {event.epoch} of {event.epochs}: {event.accuracy:.2%} in training{tested}"
        if isinstance(event, TrainingFinished):
            return (
                f"network {event.number + 1} of {event.trainings}, {event.arm}, {event.architecture}, seed {event.seed}"
                f": test {event.test_accuracy:.2%}, {event.test_spikes:,.0f} {unit}"
            )
        if isinstance(event, StudyFinished):
            return f"winner {event.architecture}: test {event.test_accuracy:.2%}, {event.test_spikes:,.0f} {unit}"
        return ""

    @property
    def line(self) -> str:
        """The position on one line; empty before there is one."""
        event = self.progress
        if event is None:
            return ""
        accuracy = "" if event.accuracy is None else f", accuracy {event.accuracy:.1%}"
        return f"{event.phase}: {event.message}{accuracy}{left(event)}"

    @property
    def lines(self) -> list[str]:
        """The position as a block: phase, bar, best so far, front, last result."""
        found = []
        if self.progress is not None:
            found += [f"{self.progress.phase}: {self.progress.message}", f"{bar(self.progress)}{left(self.progress)}"]
        if self.candidates:
            found += [f"best so far  {told(self.best)}", f"front        {self.front}"]
        return [*found, self.last] if self.last else found

    @property
    def best(self) -> Candidate:
        """The fittest candidate so far."""
        return fittest(self.candidates, 1, self.config.search.ties)[0]

    @property
    def front(self) -> str:
        """The Pareto front so far, by rising spikes."""
        members = [self.candidates[i] for i in front([(one.accuracy, one.spikes) for one in self.candidates])]
        chosen = members if len(members) <= SHOWN else spread(members)
        return f"{len(members)}: " + " · ".join(
            f"{one.architecture} {one.accuracy:.1%} {one.spikes:,.0f}" for one in chosen
        )


def told(one: Candidate) -> str:
    """A candidate in words, as the search evaluated it."""
    return f"{one.architecture}  validation {one.accuracy:.2%}, {one.spikes:,.0f} spikes, fitness {one.fitness:.4f}"


def spread(members: list[Candidate]) -> list[Candidate]:
    """`SHOWN` of them, evenly spread."""
    return [members[round(i * (len(members) - 1) / (SHOWN - 1))] for i in range(SHOWN)]


def bar(event: Progress) -> str:
    """How much of the phase is done, as a bar and in per cent."""
    share = min(1.0, event.done / event.total) if event.total else 0.0
    filled = round(BAR * share)
    return f"[{'#' * filled}{'-' * (BAR - filled)}] {share:4.0%}"


def left(event: Progress) -> str:
    """`, 12 s left in this phase`; empty where that is not known yet."""
    if event.seconds_left is None:
        return ""
    minutes, seconds = divmod(round(event.seconds_left), 60)
    hours, minutes = divmod(minutes, 60)
    time = f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
    return f", {time} left in this phase"
