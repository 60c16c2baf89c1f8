"""A study in a folder: run, paused, resumed, and what it has found so far."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from autosnn import tables
from autosnn.arrays import FOLDER, Arrays
from autosnn.config import AnyPath, Config, config_of
from autosnn.progress import shown
from autosnn.table import Table
from engine.cli import folder
from engine.cli.control_file import Paused
from engine.cli.folder_run import FolderRun, open_run, stored_events
from engine.cli.journal import STUDY, require_same
from engine.cli.run_lock import is_at_work
from engine.cli.study_file import read_stored
from engine.config.study import StudyConfig
from engine.errors import ConfigError
from engine.events import DurableEvent, Event
from engine.export.members import FOLDER as RESULT
from engine.storage.committed import stored_heads
from engine.storage.files import is_there

if TYPE_CHECKING:
    from autosnn.model import Model
    from autosnn.supernet import Supernet

State = Literal["new", "running", "paused", "finished"]
DATA_ROOT = Path("var/data")
"""Where data sets lie, as for the command."""
OWN_DATA = "data"
"""Where a study's arrays are kept, below its folder."""


class Study:
    """A study and its folder, which the command reads too: `autosnn run w/study.json --workdir w` goes on from here.

    `config` is a Config or a preset's key; left out, the folder's own. `data` takes the place of the config's data set.
    `data_root` is where data sets lie: left out, `workdir/data` for arrays, else `var/data`. Raises ConfigError, and
    CheckpointError where the folder holds another study, with the fields that differ.
    """

    def __init__(
        self,
        config: Config | StudyConfig | str | None = None,
        *,
        workdir: AnyPath,
        data: Arrays | None = None,
        data_root: AnyPath | None = None,
    ) -> None:
        self.workdir = Path(workdir)
        own = self.workdir / OWN_DATA
        there = data is not None or (own / FOLDER).is_dir()
        self.data_root = Path(data_root) if data_root is not None else own if there else DATA_ROOT
        asked = self._stored() if config is None else config_of(config)
        self._config = asked if data is None else data.into(asked, self.data_root)
        if is_there(self.workdir / STUDY):
            require_same(self.workdir, self._config)
        self._run: FolderRun | None = None

    def _stored(self) -> StudyConfig:
        if not is_there(self.workdir / STUDY):
            raise ConfigError([f"config: {self.workdir} holds no study yet; give a Config or a preset's key"])
        return read_stored(self.workdir / STUDY)

    @property
    def config(self) -> Config:
        """What the study runs, on the data it was given."""
        return Config(self._config)

    def run(self, *, progress: bool = False) -> Self:
        """Run what is left of the study, until it is finished or paused. `progress`: show it meanwhile.

        Raises ConfigError where another run is at work in the folder, and what else stops a study: EngineError.
        """
        for _ in self.events(progress=progress):
            pass
        return self

    def events(self, *, progress: bool = False) -> Iterator[Event]:
        """`run`, event by event (`engine.events`): progress as it comes, durable events once they are stored.

        Whoever stops reading loses no more than what came after the last checkpoint. A finished study has none left.
        """
        found = self._events()
        return shown(found, self._config, self.stored) if progress else found

    def _events(self) -> Iterator[Event]:
        with open_run(self._config, self.workdir, on_sigterm=False) as opened:
            if opened.finished:
                return
            self._run = opened
            try:
                yield from opened.events(self.data_root)
            except Paused:
                return
            finally:
                self._run = None

    def pause(self) -> None:
        """Have the run store a checkpoint and end: this process's, or another's that is at work in the folder.

        Raises ConfigError where none is.
        """
        if self._run is not None:
            self._run.requests.pause()
        else:
            folder.pause(self.workdir)

    @property
    def state(self) -> State:
        """`paused` also after a kill: run again, it goes on."""
        if self._run is not None or (is_there(self.workdir / STUDY) and is_at_work(self.workdir)):
            return "running"
        phases = [head.phase for head in stored_heads(self.workdir)[0]] if self.workdir.is_dir() else []
        return "finished" if "done" in phases else "paused" if phases else "new"

    @property
    def stored(self) -> list[DurableEvent]:
        """The durable events so far, as they are stored."""
        return stored_events(self.workdir) if self.workdir.is_dir() else []

    def __iter__(self) -> Iterator[DurableEvent]:
        """`stored`, so that `for event in study.run()` gives what happened; `events` gives it while it happens."""
        return iter(self.stored)

    @property
    def candidates(self) -> Table:
        """Every architecture that the search evaluated: validation split, weights of the supernet."""
        return tables.candidates(self.stored)

    @property
    def front(self) -> Table:
        """The Pareto front of accuracy and spikes among the candidates, by rising spikes."""
        return tables.front(self.stored)

    @property
    def curves(self) -> Table:
        """Loss, accuracy and spikes of every epoch of the supernet and of the winner."""
        return tables.curves(self.stored)

    @property
    def trainings(self) -> Table:
        """Every network that was trained from scratch beside the winner, with its results on the test split."""
        return tables.trainings(self.stored)

    @property
    def result(self) -> Table:
        """The retrained winner on the test split, a row; none before there is one."""
        return tables.result(self.stored)

    @property
    def model(self) -> Model:
        """The retrained winner. Raises CheckpointError where there is none yet."""
        from autosnn.model import load

        return load(self.workdir / RESULT)

    @property
    def supernet(self) -> Supernet:
        """The trained supernet, to evaluate with and to search again. Raises CheckpointError before it is trained."""
        from autosnn.supernet import Supernet

        return Supernet(self)

    def __repr__(self) -> str:
        return f"<autosnn.Study {self._config.name!r} in {self.workdir}, {self.state}>"
