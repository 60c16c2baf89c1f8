"""Evaluation of one generation on the validation split, resumable after each batch."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager, nullcontext

import numpy as np

from engine.cost.memory import MEMO_BYTES
from engine.evaluation.prefix_tree import EvaluationCache, PrefixTree, evaluate_batches
from engine.evaluation.recalibration import recalibrated, recalibration_images
from engine.evaluation.tally import Tally
from engine.events import Candidate, CandidateEvaluated, Commit, Event, Progress, Steps
from engine.model.network import Network
from engine.run.records import candidate
from engine.run.session import Session
from engine.run.state import TallyState
from engine.search.interface import Proposal

RUNNING_ESTIMATE_SECONDS = 1.0


class GenerationEvaluator:
    """Evaluates one generation after the other with the supernet's weights.

    All candidates of a generation share each batch, and all generations the cache. With recalibration, each candidate
    has batch-norm statistics of its own: then they are evaluated one by one, and share nothing.
    """

    def __init__(self, session: Session, network: Network) -> None:
        self.session, self.network = session, network
        search = session.config.search
        self.one_by_one = search.recalibration_batches > 0
        self.samples = len(session.data.validation.labels)
        self.batches = -(-self.samples // search.batch_size)
        self.cache = None if self.one_by_one else EvaluationCache(network, MEMO_BYTES, self.batches)
        self.estimated = 0.0

    def evaluate(self, proposals: Sequence[Proposal]) -> Generator[Event | Commit, None, list[Candidate]]:
        """The rest of the generation at which the state stands; returns its candidates."""
        state, step = self.session.state, 1 if self.one_by_one else len(proposals)
        self.estimated = time.monotonic()
        tallies = [_tally(kept) for kept in state.tallies] or [Tally() for _ in proposals]
        for first in range(0, len(proposals), step):
            if tallies[first].samples == self.samples:
                continue
            if not tallies[first].samples:
                state.batch = 0  # earlier versions counted candidates in it when they recalibrated
            yield from self._evaluate_together(proposals, tallies, slice(first, first + step))
        return self._candidates(proposals, tallies)

    def _evaluate_together(self, proposals: Sequence[Proposal], tallies: list[Tally], group: slice) -> Steps:
        """Candidates that have the same statistics, from `state.batch` on."""
        session, state = self.session, self.session.state
        architectures = [proposal.architecture for proposal in proposals[group]]
        with self._statistics(group.start, proposals):
            tree = PrefixTree(self.network, architectures, self.cache)
            batches = session.batches(session.data.validation, state.batch)
            for done in evaluate_batches(tree, batches, tallies[group], state.batch):
                state.batch = done
                yield self._progress(group.start, len(proposals), tallies)
                if tallies[-1].samples == self.samples:
                    return  # the generation is done, and committed with its event
                yield from self._running_estimates(proposals, tallies)
                if session.commit_due():
                    state.tallies = [_kept(tally) for tally in tallies]
                    yield session.commit({})

    def _statistics(self, first: int, proposals: Sequence[Proposal]) -> AbstractContextManager[None]:
        """The supernet's running statistics, or a candidate's own."""
        if not self.one_by_one:
            return nullcontext()
        session, number = self.session, len(self.session.state.candidates) + first
        images = recalibration_images(session.config, session.data, session.device, number)
        return recalibrated(self.network, proposals[first].architecture, images)

    def _progress(self, first: int, count: int, tallies: list[Tally]) -> Progress:
        """In batches: of all candidates together, or of one after the other."""
        session, state, generations = self.session, self.session.state, self.session.config.generations
        groups = count if self.one_by_one else 1
        done = (state.generation * groups + (first if self.one_by_one else 0)) * self.batches + state.batch
        total = generations * groups * self.batches
        candidate = f"candidate {first + 1} of {count}, " if self.one_by_one else ""
        return Progress(
            phase="search",
            done=done,
            total=total,
            message=f"generation {state.generation + 1} of {generations}, {candidate}"
            f"{tallies[first].samples} of {self.samples} validation images",
            seconds_left=session.seconds_left(done, total),
        )

    def _running_estimates(self, proposals: Sequence[Proposal], tallies: list[Tally]) -> Steps:
        """About once a second, what is known of the candidates."""
        if time.monotonic() - self.estimated > RUNNING_ESTIMATE_SECONDS:
            self.estimated = time.monotonic()
            for found in self._candidates(proposals, tallies):
                yield CandidateEvaluated(candidate=found)

    def _candidates(self, proposals: Sequence[Proposal], tallies: list[Tally]) -> list[Candidate]:
        """Those that were evaluated, on some images at least."""
        first, pairs = len(self.session.state.candidates), zip(proposals, tallies, strict=True)
        return [
            candidate(self.session, first + i, proposal, tally)
            for i, (proposal, tally) in enumerate(pairs)
            if tally.samples
        ]


def _kept(tally: Tally) -> TallyState:
    return TallyState(correct=tally.correct, samples=tally.samples, spikes=tally.spikes.tolist())


def _tally(kept: TallyState) -> Tally:
    return Tally(kept.correct, kept.samples, np.array(kept.spikes))
