"""Requests for a headless run: SIGTERM or `pause` save and end it, `stop` ends its search early."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path
from types import FrameType

from engine.errors import ConfigError
from engine.run.control import Control, ask, asked, settle
from engine.storage.files import is_there

LOOK_SECONDS = 1.0


class Paused(Exception):
    """A checkpoint is stored and the run ends, as was asked."""


def require_study(workdir: Path) -> None:
    """Raise ConfigError where the folder holds no study."""
    if not is_there(workdir / "study.json"):
        raise ConfigError([f"workdir: {workdir} holds no study (no study.json in it)"])


class ControlFile:
    """The requests for a run in a folder: read from its control file about once a second, and SIGTERM.

    A pause that is found at the beginning was meant for a run that has ended, and is forgotten. `on_sigterm`: the
    process is the run's own, so that SIGTERM asks for a pause.
    """

    def __init__(self, workdir: Path, *, on_sigterm: bool = True) -> None:
        self.workdir = workdir
        self.control = Control()
        self._looked = 0.0
        self._pause = False
        if on_sigterm and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, self._on_sigterm)
        pause, ending = asked(workdir)
        if pause:
            ask(workdir, ending=ending)
        self.look()

    def _on_sigterm(self, number: int, frame: FrameType | None) -> None:
        self.pause()

    def pause(self) -> None:
        """Ask for a pause from within the process of the run, in whatever thread."""
        self._pause = self.control.hurry = True

    def look(self) -> None:
        if time.monotonic() - self._looked < LOOK_SECONDS:
            return
        self._looked = time.monotonic()
        pause, self.control.ending = asked(self.workdir)
        self.control.hurry = pause or self._pause

    def apply_request(self) -> None:
        """Called when a step is stored. Raises Paused where one was requested."""
        if self.control.hurry:
            settle(self.workdir, self.control.ending)
            raise Paused
