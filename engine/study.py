"""The whole method on one page: train the supernet, search it, retrain the winner. The seam to everything else.

`run` yields events as they happen and a `Commit` wherever a durable step ends; run again from any Commit, it goes on
bit-identically (same device type, same thread count) and yields exactly the durable events that come after it.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from pathlib import Path

import numpy as np

from engine.analysis.plan import WINNER, Training, after_search, trainings
from engine.config.study import StudyConfig
from engine.cost.memory import MEMO_BYTES
from engine.evaluation.prefix_tree import PrefixTree, Shared, Tally
from engine.evaluation.recalibration import recalibrated, recalibration_images
from engine.events import (
    Candidate,
    CandidateEvaluated,
    Commit,
    EpochFinished,
    Event,
    GenerationFinished,
    PhaseStarted,
    Progress,
    Resume,
    StudyFinished,
    SupernetFinished,
)
from engine.export import package
from engine.metrics.pareto import fitness, front, hypervolume
from engine.metrics.spike_map import encode_map, firing_rate
from engine.model.network import Network, build_child, build_supernet, parameter_count
from engine.process.malloc import return_freed_memory
from engine.run import resource_errors
from engine.run.analysis import analyse, begin, trained
from engine.run.control import Control
from engine.run.session import Session
from engine.run.state import TallyState, Totals
from engine.search import Proposal, build_search, fittest
from engine.search.path_sampling import path_of
from engine.seeds import derive
from engine.space.architecture import Architecture
from engine.space.shapes import rows
from engine.training.trainer import PathOf, Trainer, evaluation_batches, load_network

Steps = Iterator[Event | Commit]
RUNNING_ESTIMATE_SECONDS = 1.0


def run(
    config: StudyConfig,
    workdir: Path,
    *,
    data_root: Path,
    attempt: int = 0,
    resume: Resume | None = None,
    commit_seconds: float = 5.0,
    control: Control | None = None,
) -> Steps:
    """Run a study in `workdir`, from the start or from an earlier commit. Raises engine.errors.EngineError.

    `attempt` becomes part of checkpoint names, so that a run that lost its lease cannot overwrite its successor's.
    `control` says what is asked of it meanwhile.
    """
    session: Session | None = None
    with resource_errors.named(config, workdir, lambda: session.state.phase if session else "supernet"):
        session = Session.open(config, workdir, data_root, attempt, resume, commit_seconds, control)
        steps = _phases(session, first=resume is None)
        try:
            for step in steps:
                yield step
                session.keep_to_machine()
        finally:  # also where nobody asks for the next step
            steps.close()
            return_freed_memory()


def _phases(session: Session, *, first: bool) -> Generator[Event | Commit, None, None]:
    config = session.config
    if config.analysis is not None:
        if first:
            yield from begin(session)
        yield from analyse(session, trainings(config))
        return
    if session.state.phase == "supernet":
        yield from train_supernet(session)
    if session.state.phase == "search":
        yield from search(session)
    if session.state.phase == "retrain":
        yield from retrain(session)
    if session.state.phase == "analysis":
        yield from analyse(session, after_search(config, session.state.candidates), session.state.winner)


def train_supernet(session: Session) -> Steps:
    """AutoSNN §4.2: one uniformly drawn path a batch; N_avg is the last epoch's average of spikes."""
    config, state = session.config, session.state
    network = session.place(build_supernet(config, derive(config.seed, "supernet/init")))
    trainer = session.trainer(network, session.data.train, config.supernet, "supernet")
    if not session.take_up(trainer):
        yield session.started()
        yield PhaseStarted(phase="supernet")
        yield session.commit(trainer.tensors())

    def path(step: int) -> Architecture:
        return path_of(config, step)

    for epoch in range(state.epoch, config.supernet.epochs):
        yield from _train_epoch(session, trainer, epoch, path)
        loss, accuracy, spikes = state.totals.means
        yield EpochFinished(
            phase="supernet",
            epoch=epoch + 1,
            epochs=config.supernet.epochs,
            loss=loss,
            accuracy=accuracy,
            spikes=spikes,
        )
        state.epoch, state.batch, state.totals = epoch + 1, 0, Totals()
        if epoch + 1 < config.supernet.epochs:
            yield session.commit(trainer.tensors())
            continue
        session.keep_supernet(trainer.tensors())
        state.average_spikes, state.phase, state.epoch = spikes, "search", 0
        yield SupernetFinished(average_spikes=spikes)
        yield PhaseStarted(phase="search")
        yield session.commit({})


def search(session: Session) -> Steps:
    """AutoSNN §4.3: evolution on the validation split with inherited weights and running statistics."""
    config, state = session.config, session.state
    network = session.place(build_supernet(config, 0))
    load_network(network, session.supernet_tensors())
    searching, shared = build_search(config), _shared(session, network)
    while state.generation < config.generations and not _ends_early(session):
        proposals = searching.ask(state.generation, state.candidates)
        if not proposals:
            break
        architectures = [proposal.architecture for proposal in proposals]
        tallies = [_restore(t) for t in state.tallies] or [Tally() for _ in proposals]
        if config.search.recalibration_batches:
            yield from _judge_recalibrated(session, network, architectures, tallies)
        else:
            yield from _judge_generation(session, PrefixTree(network, architectures, shared), proposals, tallies)
        candidates = _candidates(session, proposals, tallies)
        state.candidates += candidates
        yield _generation_finished(session, candidates)
        state.generation, state.batch, state.tallies = state.generation + 1, 0, []
        yield session.commit({})
    if session.control.ending == "result":
        yield _end_here(session)
        return
    state.phase = "retrain"
    yield PhaseStarted(phase="retrain", architecture=fittest(state.candidates, 1)[0].architecture)
    yield session.commit({})


def _shared(session: Session, network: Network) -> Shared:
    """What all generations share; with recalibration nothing is, since each candidate has its own statistics."""
    search = session.config.search
    batches = -(-len(session.data.validation.labels) // search.batch_size)
    return Shared(network, 0 if search.recalibration_batches else MEMO_BYTES, batches)


def _ends_early(session: Session) -> bool:
    """Whether the search was asked to end, and stands between two generations, the first of which is judged."""
    state = session.state
    return bool(session.control.ending) and state.generation > 0 and state.batch == 0


def _end_here(session: Session) -> Commit:
    """The last commit of a study that was stopped and keeps what it found."""
    session.state.phase, session.state.epoch, session.state.batch = "done", 0, 0
    return session.commit({})


def retrain(session: Session) -> Steps:
    """AutoSNN §4.4: the winner from scratch on the whole training set; the last epoch's numbers are the result."""
    config, state = session.config, session.state
    winner = fittest(state.candidates, 1)[0]
    architecture = Architecture.from_code(winner.architecture)
    network = session.place(build_child(config, architecture, derive(config.seed, "retrain/init")))
    trainer = session.trainer(network, session.data.full_train, config.retrain, "retrain")
    session.take_up(trainer)
    tally, tested = Tally(), len(session.data.test.labels)
    for epoch in range(state.epoch, config.retrain.epochs):
        tally = Tally()
        for event in _retrained_epoch(session, trainer, architecture, epoch, tally):
            yield event
            if session.control.ending == "result" and tally.samples < tested:
                yield _end_here(session)
                return
        loss, accuracy, spikes = state.totals.means
        yield EpochFinished(
            phase="retrain",
            epoch=epoch + 1,
            epochs=config.retrain.epochs,
            loss=loss,
            accuracy=accuracy,
            spikes=spikes,
            test_accuracy=tally.accuracy,
            test_spikes=tally.average_spikes,
        )
        state.epoch, state.batch, state.totals = epoch + 1, 0, Totals()
        state.best_test_accuracy = max(state.best_test_accuracy, tally.accuracy)
        if epoch + 1 < config.retrain.epochs:
            yield session.commit(trainer.tensors())
    yield _finish(session, trainer, winner, tally)
    state.phase, state.epoch = "done", 0
    if after_search(config, state.candidates):
        state.phase = "analysis"
        state.winner = [trained(Training(WINNER, config, architecture), network, tally, [])]
        yield PhaseStarted(phase="analysis")
    yield session.commit({})


def _retrained_epoch(session: Session, trainer: Trainer, architecture: Architecture, epoch: int, tally: Tally) -> Steps:
    """One epoch of the winner, and the test split judged into `tally`."""
    yield from _train_epoch(session, trainer, epoch, lambda step: None)
    yield from _judge_test(session, PrefixTree(trainer.network, [architecture]), tally, epoch)


def _train_epoch(session: Session, trainer: Trainer, epoch: int, path: PathOf) -> Steps:
    """The rest of one epoch from `state.batch`, with progress after each batch and commits in between."""
    state = session.state
    done_before = epoch * trainer.batches
    total = trainer.recipe.epochs * trainer.batches
    for batch in trainer.epoch(epoch, state.batch, state.totals, path):
        state.batch = batch
        loss, accuracy, spikes = state.totals.means
        yield Progress(
            phase=trainer.purpose,
            done=done_before + batch,
            total=total,
            message=f"epoch {epoch + 1} of {trainer.recipe.epochs}, batch {batch} of {trainer.batches}",
            seconds_left=session.seconds_left(done_before + batch, total),
            loss=loss,
            accuracy=accuracy,
            spikes=spikes,
        )
        if batch < trainer.batches and session.commit_due():
            yield session.commit(trainer.tensors())


def _judge_generation(session: Session, tree: PrefixTree, proposals: list[Proposal], tallies: list[Tally]) -> Steps:
    """The rest of one generation's evaluation from `state.batch`; running estimates go out about once a second."""
    config, state = session.config, session.state
    size = config.search.batch_size
    batches = -(-len(session.data.validation.labels) // size)
    total, shown = config.generations * batches, time.monotonic()
    stream = evaluation_batches(session.data.validation, session.data, size, session.device, state.batch)
    for images, labels in stream:
        tree.evaluate(images, labels, tallies, state.batch)
        state.batch += 1
        done = state.generation * batches + state.batch
        yield Progress(
            phase="search",
            done=done,
            total=total,
            message=f"generation {state.generation + 1} of {config.generations}, "
            f"{tallies[0].samples} of {len(session.data.validation.labels)} validation images",
            seconds_left=session.seconds_left(done, total),
        )
        if state.batch < batches and time.monotonic() - shown > RUNNING_ESTIMATE_SECONDS:
            shown = time.monotonic()
            for candidate in _candidates(session, proposals, tallies):
                yield CandidateEvaluated(candidate=candidate)
        if state.batch < batches and session.commit_due():
            state.tallies = [_keep(tally) for tally in tallies]
            yield session.commit({})


def _judge_recalibrated(
    session: Session, network: Network, architectures: list[Architecture], tallies: list[Tally]
) -> Steps:
    """One candidate after the other, each with batch-norm statistics of its own; `state.batch` counts candidates."""
    config, state = session.config, session.state
    total = config.generations * len(architectures)
    for place in range(state.batch, len(architectures)):
        architecture = architectures[place]
        number = len(state.candidates) + place
        with recalibrated(network, architecture, recalibration_images(config, session.data, session.device, number)):
            tree, validation = PrefixTree(network, [architecture]), session.data.validation
            for images, labels in evaluation_batches(
                validation, session.data, config.search.batch_size, session.device
            ):
                tree.evaluate(images, labels, [tallies[place]])
        state.batch = place + 1
        done = state.generation * len(architectures) + place + 1
        yield Progress(
            phase="search",
            done=done,
            total=total,
            message=f"generation {state.generation + 1} of {config.generations}, "
            f"{place + 1} of {len(architectures)} recalibrated and judged",
            seconds_left=session.seconds_left(done, total),
        )
        if place + 1 < len(architectures) and session.commit_due():
            state.tallies = [_keep(tally) for tally in tallies]
            yield session.commit({})


def _judge_test(session: Session, tree: PrefixTree, tally: Tally, epoch: int) -> Steps:
    """The child on the test split; progress keeps the study responsive through a long evaluation."""
    config = session.config
    for images, labels in evaluation_batches(session.data.test, session.data, config.search.batch_size, session.device):
        tree.evaluate(images, labels, [tally])
        yield Progress(
            phase="retrain",
            done=epoch + 1,
            total=config.retrain.epochs,
            message=f"epoch {epoch + 1} of {config.retrain.epochs}, "
            f"{tally.samples} of {len(session.data.test.labels)} test images",
            accuracy=tally.accuracy,
        )


def _candidates(session: Session, proposals: list[Proposal], tallies: list[Tally]) -> list[Candidate]:
    first = len(session.state.candidates)
    pairs = zip(proposals, tallies, strict=True)
    return [_candidate(session, first + i, proposal, tally) for i, (proposal, tally) in enumerate(pairs)]


def _candidate(session: Session, number: int, proposal: Proposal, tally: Tally) -> Candidate:
    config, state = session.config, session.state
    layers = rows(config.network.macro, proposal.architecture, config.input, config.neuron_parameters)
    spikes = tally.average_spikes
    return Candidate(
        id=number,
        generation=state.generation,
        architecture=proposal.architecture.code,
        accuracy=tally.accuracy,
        spikes=spikes,
        firing_rate=firing_rate(spikes, layers, config.network.time_steps),
        fitness=fitness(tally.accuracy, spikes, state.average_spikes, config.search.fitness_lambda),
        parameters=sum(row.parameters for row in layers),
        origin=proposal.origin,
        parents=proposal.parents,
        changed=proposal.changed,
        spike_map=encode_map(tally.spike_map),
    )


def _generation_finished(session: Session, candidates: list[Candidate]) -> GenerationFinished:
    config, seen = session.config, session.state.candidates
    points = [(c.accuracy, c.spikes) for c in seen]
    reference = 2 * session.state.average_spikes
    return GenerationFinished(
        generation=session.state.generation,
        generations=config.generations,
        candidates=tuple(candidates),
        best=fittest(seen, 1)[0].id,
        parents=tuple(c.id for c in fittest(seen, config.search.parents)),
        front=tuple(seen[i].id for i in front(points)),
        hypervolume=hypervolume(points, reference),
        reference_spikes=reference,
    )


def _finish(session: Session, trainer: Trainer, winner: Candidate, tally: Tally) -> StudyFinished:
    config = session.config
    architecture = Architecture.from_code(winner.architecture)
    layers = rows(config.network.macro, architecture, config.input, config.neuron_parameters)
    by_layer = tally.spike_map.sum(axis=1, dtype=np.float64)
    outcome = package.Outcome(
        architecture=winner.architecture,
        accuracy=tally.accuracy,
        spikes=tally.average_spikes,
        spikes_by_layer={row.name: float(n) for row, n in zip(layers, by_layer, strict=True)},
        samples=tally.samples,
        best_test_accuracy=session.state.best_test_accuracy,
        search_accuracy=winner.accuracy,
        search_spikes=winner.spikes,
        average_spikes=session.state.average_spikes,
        parameters=parameter_count(trainer.network),
        firing_rate=firing_rate(tally.average_spikes, layers, config.network.time_steps),
    )
    written = package.write(session.workdir / package.FOLDER, config, outcome, trainer.network, session.data)
    return StudyFinished(
        candidate=winner.id,
        architecture=winner.architecture,
        test_accuracy=outcome.accuracy,
        test_spikes=outcome.spikes,
        firing_rate=outcome.firing_rate,
        best_test_accuracy=outcome.best_test_accuracy,
        parameters=outcome.parameters,
        spike_map=encode_map(tally.spike_map),
        spikes_by_layer=outcome.spikes_by_layer,
        checkpoint=written.name,
        sha256=written.sha256,
    )


def _keep(tally: Tally) -> TallyState:
    return TallyState(correct=tally.correct, samples=tally.samples, spikes=tally.spikes.tolist())


def _restore(kept: TallyState) -> Tally:
    return Tally(kept.correct, kept.samples, np.array(kept.spikes))
