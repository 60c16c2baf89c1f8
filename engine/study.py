"""The whole method on one page: train the supernet, search it, retrain the winner. The seam to everything else.

`run` yields events as they happen and a `Commit` wherever a durable step ends; run again from any Commit, it goes on
bit-identically (same device type, same thread count) and yields exactly the durable events that come after it.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from engine.analysis.plan import WINNER, Training, after_search, trainings
from engine.config.study import StudyConfig
from engine.evaluation.prefix_tree import PrefixTree, evaluate_batches
from engine.evaluation.tally import Tally
from engine.events import Commit, EpochFinished, Event, PhaseStarted, Progress, Resume, Steps, SupernetFinished
from engine.model.network import build_child, build_supernet
from engine.process.malloc import return_freed_memory
from engine.run.analysis import analyse, begin, trained
from engine.run.control import Control
from engine.run.epochs import epoch_progress, train_epoch
from engine.run.generation import GenerationEvaluator
from engine.run.records import generation_finished
from engine.run.resource_errors import translate_resource_errors
from engine.run.result import write_result
from engine.run.session import Session
from engine.search.build import build_search
from engine.search.interface import fittest
from engine.search.path_sampling import path_of
from engine.seeds import derive
from engine.space.architecture import Architecture
from engine.training.trainer import Trainer, load_network, no_path


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
    with translate_resource_errors(config, workdir, lambda: session.state.phase if session else "supernet"):
        session = Session.open(config, workdir, data_root, attempt, resume, commit_seconds, control)
        steps = _phases(session, first=resume is None)
        try:
            for step in steps:
                yield step
                session.apply_runtime()
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
    """One uniformly drawn path a batch (Na et al. 2022, section 4.2); N_avg is the last epoch's average of spikes."""
    config, state, epochs = session.config, session.state, session.config.supernet.epochs
    network = session.place(build_supernet(config, derive(config.seed, "supernet/init")))
    trainer = session.trainer(network, session.data.train, config.supernet, "supernet")
    if not session.restore_trainer(trainer):
        yield session.started()
        yield PhaseStarted(phase="supernet")
        yield session.commit(trainer.tensors())

    def path(step: int) -> Architecture:
        return path_of(config, step)

    for epoch in range(state.epoch, epochs):
        yield from train_epoch(session, trainer, epoch, path, epoch_progress(session, trainer, epoch))
        loss, accuracy, spikes = state.totals.means
        yield EpochFinished(
            phase="supernet", epoch=epoch + 1, epochs=epochs, loss=loss, accuracy=accuracy, spikes=spikes
        )
        state.next_epoch()
        if state.epoch < epochs:
            yield session.commit(trainer.tensors())
    session.keep_supernet(trainer.tensors())
    state.average_spikes, state.phase, state.epoch = spikes, "search", 0
    yield SupernetFinished(average_spikes=spikes)
    yield PhaseStarted(phase="search")
    yield session.commit({})


def search(session: Session) -> Steps:
    """Evolution on the validation split with inherited weights and running statistics (Na et al. 2022, section 4.3)."""
    config, state = session.config, session.state
    network = session.place(build_supernet(config, 0))
    load_network(network, session.supernet_tensors())
    searching, evaluator = build_search(config), GenerationEvaluator(session, network)
    while state.generation < config.generations and not _ends_early(session):
        proposals = searching.ask(state.generation, state.candidates)
        if not proposals:
            break
        candidates = yield from evaluator.evaluate(proposals)
        state.candidates += candidates
        yield generation_finished(session, candidates)
        state.generation, state.batch, state.tallies = state.generation + 1, 0, []
        yield session.commit({})
    if session.control.ending == "result" or not config.retrain.winner:
        yield _end_here(session)
        return
    state.phase = "retrain"
    yield PhaseStarted(phase="retrain", architecture=fittest(state.candidates, 1, config.search.ties)[0].architecture)
    yield session.commit({})


def retrain(session: Session) -> Steps:
    """The winner from scratch on the whole training set; the last epoch is the result (Na et al. 2022, section 4.4)."""
    config, state, epochs = session.config, session.state, session.config.retrain.epochs
    winner = fittest(state.candidates, 1, config.search.ties)[0]
    architecture = Architecture.from_code(winner.architecture)
    network = session.place(build_child(config, architecture, derive(config.seed, "retrain/init")))
    trainer = session.trainer(network, session.data.full_train, config.retrain, "retrain")
    session.restore_trainer(trainer)
    tally, tested = Tally(), len(session.data.test.labels)
    for epoch in range(state.epoch, epochs):
        tally = Tally()
        for event in _retrained_epoch(session, trainer, epoch, tally):
            yield event
            if session.control.ending == "result" and tally.samples < tested:
                yield _end_here(session)
                return
        loss, accuracy, spikes = state.totals.means
        yield EpochFinished(
            phase="retrain",
            epoch=epoch + 1,
            epochs=epochs,
            loss=loss,
            accuracy=accuracy,
            spikes=spikes,
            test_accuracy=tally.accuracy,
            test_spikes=tally.average_spikes,
        )
        state.next_epoch()
        state.best_test_accuracy = max(state.best_test_accuracy, tally.accuracy)
        if state.epoch < epochs:
            yield session.commit(trainer.tensors())
    yield write_result(session, network, winner, tally)
    state.phase, state.epoch = "done", 0
    if after_search(config, state.candidates):
        state.phase = "analysis"
        state.winner = [trained(Training(WINNER, config, architecture), network, tally, [])]
        yield PhaseStarted(phase="analysis")
    yield session.commit({})


def _retrained_epoch(session: Session, trainer: Trainer, epoch: int, tally: Tally) -> Steps:
    """One epoch of the winner, and its evaluation on the test split into `tally`."""
    epochs, test, network = trainer.recipe.epochs, session.data.test, trainer.network
    yield from train_epoch(session, trainer, epoch, no_path, epoch_progress(session, trainer, epoch))
    tree = PrefixTree(network, [network.only_architecture])
    for _ in evaluate_batches(tree, session.batches(test), [tally]):
        message = f"epoch {epoch + 1} of {epochs}, {tally.samples} of {len(test.labels)} test images"
        yield Progress(phase="retrain", done=epoch + 1, total=epochs, message=message, accuracy=tally.accuracy)


def _ends_early(session: Session) -> bool:
    """Whether the search was asked to end, and stands between two generations, the first of which is evaluated."""
    state = session.state
    return bool(session.control.ending) and state.generation > 0 and not state.tallies


def _end_here(session: Session) -> Commit:
    """The last commit of a study that keeps what it found: it was stopped, or asks for no retraining."""
    session.state.phase, session.state.epoch, session.state.batch = "done", 0, 0
    return session.commit({})
