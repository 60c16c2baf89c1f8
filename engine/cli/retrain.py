"""`retrain`: architectures of a study trained from scratch, in a folder of their own."""

from __future__ import annotations

from pathlib import Path

from engine.analysis.retraining import retraining, summary
from engine.cli.control_file import require_study
from engine.cli.folder_run import run_folder
from engine.cli.journal import STUDY
from engine.cli.output import print_json
from engine.cli.study_file import read_stored
from engine.events import TrainingFinished, from_wire
from engine.figures.record import read
from engine.storage.committed import whole_events


def retrain(workdir: Path, architectures: list[str], seeds: int, to: Path, data: Path) -> None:
    """Raises ConfigError, and Paused where a pause was asked for; run again on the same folder, it goes on."""
    require_study(workdir)
    config = retraining(read_stored(workdir / STUDY), architectures, seeds)
    estimates = {one.architecture: one.accuracy for one in read(workdir).evaluated}
    run_folder(config, to, data)
    events = map(from_wire, whole_events(to))
    print_json(summary(estimates, (event for event in events if isinstance(event, TrainingFinished))))
