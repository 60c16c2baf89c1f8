"""Trains what the plan says, one network after the other, resumable at every commit like the rest of a study."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from engine.analysis.plan import Training
from engine.analysis.report import as_csv, as_json, report
from engine.config.study import StudyConfig
from engine.data.load import Dataset, load
from engine.evaluation.prefix_tree import evaluate
from engine.evaluation.tally import Tally
from engine.events import PhaseStarted, Progress, Steps, TrainingFinished
from engine.export import package
from engine.metrics.spike_map import firing_rate
from engine.model.network import SpikingNetwork, build_child, parameter_count
from engine.model.zoo_network import build
from engine.run.baseline import with_threshold
from engine.run.epochs import ProgressOf, train_epoch
from engine.run.further_measures import further_measures
from engine.run.session import Session
from engine.seeds import derive
from engine.storage.atomic import write_bytes
from engine.training.trainer import Batch, Trainer, evaluation_batches, no_path
from engine.zoo.registry import ZOO

JSON, CSV = "analysis.json", "analysis.csv"


def analyse(session: Session, plan: Sequence[Training], first: Sequence[TrainingFinished] = ()) -> Steps:
    """Train the rest of the plan, report, write analysis.json and analysis.csv. `first` are results to report with."""
    state, pace = session.state, _Pace(plan)
    while len(state.trainings) < len(plan):
        place = len(state.trainings)
        trainer, data = _trainer(session, plan[place])
        session.restore_trainer(trainer)
        yield from _train(session, trainer, plan, pace)
        tally = evaluate(trainer.network, _test_batches(session, plan[place].config, data))
        finished = trained(plan[place], trainer.network, tally, state.curve)
        further = _further(session, trainer.network, data)
        numbers = {"number": len(first) + place, "trainings": len(first) + len(plan)}
        finished = finished.model_copy(update={**numbers, **further})
        state.trainings.append(finished)
        state.epoch, state.curve = 0, []
        yield finished
        if place + 1 < len(plan):
            yield session.commit({})
    yield from _report(session, [*first, *state.trainings])


def _report(session: Session, done: Sequence[TrainingFinished]) -> Steps:
    """The last event, and the files a user downloads."""
    finished = report(session.config, done)
    yield finished
    folder = session.workdir / package.FOLDER
    write_bytes(folder / JSON, as_json(session.config, done, finished).encode())
    write_bytes(folder / CSV, as_csv(done).encode())
    session.state.phase = "done"
    yield session.commit({})


def begin(session: Session) -> Steps:
    """The first commit of an analysis study."""
    session.state.phase = "analysis"
    yield session.started()
    yield PhaseStarted(phase="analysis")
    yield session.commit({})


class _Pace:
    """Steps of the whole plan, for progress: epochs of all trainings, each in thousandths."""

    def __init__(self, plan: Sequence[Training]) -> None:
        epochs = (training.config.retrain.epochs for training in plan)
        self.starts = list(itertools.accumulate(epochs, initial=0))
        self.total = 1000 * self.starts[-1]

    def done(self, place: int, epoch: int, share: float) -> int:
        return round(1000 * (self.starts[place] + epoch + share))


def _trainer(session: Session, training: Training) -> tuple[Trainer, Dataset]:
    """A fresh network and its trainer. Subsets of the data are drawn with the study's seed, whatever the training's."""
    config, data = training.config, session.data
    if not _same_data(config, session.config):
        data = load(config.model_copy(update={"seed": session.config.seed}), session.data_root)
    network = session.place(_network(training))
    analysis = session.config.analysis
    images = data.train if analysis is not None and analysis.train_on == "train" else data.full_train
    return Trainer(network, images, data, config.retrain, purpose="retrain"), data


def _further(session: Session, network: SpikingNetwork, data: Dataset) -> dict[str, float]:
    """What the analysis asks for beyond the test split; after a search there is none to ask."""
    analysis = session.config.analysis
    return {} if analysis is None else further_measures(session, analysis, network, data)


def _same_data(one: StudyConfig, other: StudyConfig) -> bool:
    """Events are cut into T frames, so T is part of the data."""
    return (one.data, one.network.time_steps) == (other.data, other.network.time_steps)


def _network(training: Training) -> SpikingNetwork:
    seed = derive(training.config.seed, "retrain/init")
    if training.zoo is None:
        return build_child(training.config, training.architecture, seed)
    name, channels = training.zoo
    plan = ZOO[name]
    return build(plan, with_threshold(plan, training.config), seed, channels=channels)


def _train(session: Session, trainer: Trainer, plan: Sequence[Training], pace: _Pace) -> Steps:
    """The rest of one training, from wherever the state says it stands."""
    state, epochs = session.state, plan[len(session.state.trainings)].config.retrain.epochs
    for epoch in range(state.epoch, epochs):
        yield from train_epoch(session, trainer, epoch, no_path, _progress(session, trainer, plan, pace))
        state.curve.append(state.totals.means[:2])
        state.next_epoch()
        if epoch + 1 < epochs and session.commit_due():
            yield session.commit(trainer.tensors())


def _progress(session: Session, trainer: Trainer, plan: Sequence[Training], pace: _Pace) -> ProgressOf:
    """Progress of the whole plan."""
    state, place = session.state, len(session.state.trainings)
    training, epochs = plan[place], plan[place].config.retrain.epochs

    def progress(batch: int) -> Progress:
        done = pace.done(place, state.epoch, batch / trainer.batches)
        loss, accuracy, spikes = state.totals.means
        return Progress(
            phase="analysis",
            done=done,
            total=pace.total,
            message=f"network {place + 1} of {len(plan)} ({training.arm}, {training.code}, seed "
            f"{training.config.seed}), epoch {state.epoch + 1} of {epochs}",
            seconds_left=session.seconds_left(done, pace.total),
            loss=loss,
            accuracy=accuracy,
            spikes=spikes,
        )

    return progress


def _test_batches(session: Session, config: StudyConfig, data: Dataset) -> Iterator[Batch]:
    return evaluation_batches(data.test, data.encoding, config.search.batch_size, session.device)


def trained(
    training: Training, network: SpikingNetwork, tally: Tally, curve: Sequence[tuple[float, float]]
) -> TrainingFinished:
    """A trained network's result on the test split, as the first and only of its analysis."""
    config = training.config
    layers = network.layer_specs(training.architecture)
    by_layer = tally.spike_map.sum(axis=1, dtype=np.float64)
    return TrainingFinished(
        number=0,
        trainings=1,
        arm=training.arm,
        architecture=training.code,
        seed=config.seed,
        epochs=config.retrain.epochs,
        loss=tuple(loss for loss, _ in curve),
        accuracy=tuple(accuracy for _, accuracy in curve),
        test_accuracy=tally.accuracy,
        test_spikes=tally.average_spikes,
        firing_rate=firing_rate(tally.average_spikes, layers, config.network.time_steps),
        parameters=parameter_count(network),
        spikes_by_layer={row.name: float(n) for row, n in zip(layers, by_layer, strict=True)},
        search_accuracy=training.search_accuracy,
    )
