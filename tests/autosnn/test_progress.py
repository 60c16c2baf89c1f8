"""Progress while a study runs: a display in a notebook, else as the command shows it."""

import sys
from types import SimpleNamespace

from autosnn import progress
from engine.cli.board import Board
from engine.events import Progress
from tests.engine.tiny import tiny_config

EVENTS = [Progress(phase="supernet", done=n, total=4, message=f"<batch {n}>") for n in range(1, 5)]


class Ticks:
    """A clock that goes on by a tenth of a second at each look."""

    now = 0.0

    def __call__(self):
        self.now += 0.1
        return self.now


def test_a_notebook_has_one_display_that_is_kept_up_to_date(monkeypatch):
    shown = []
    ipython = SimpleNamespace(
        HTML=lambda text: text, display=lambda first, display_id: SimpleNamespace(update=shown.append)
    )
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(display=ipython))
    monkeypatch.setitem(sys.modules, "IPython.display", ipython)
    assert list(progress.in_notebook(EVENTS, Board(tiny_config()), Ticks())) == EVENTS
    assert "&lt;batch 1&gt;" in shown[0]
    assert '<progress value="4" max="4">' in shown[-1]
    assert len(shown) < len(EVENTS) + 1  # a few times a second, and at the end


def test_only_a_notebook_s_shell_counts_as_one(monkeypatch):
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: None))
    assert progress.notebook() is None
    shell = type("ZMQInteractiveShell", (), {})()
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    assert progress.notebook() is shell


def test_off_a_terminal_the_position_is_told_once_a_minute(capsys):
    assert list(progress.shown(EVENTS, tiny_config())) == EVENTS
    assert capsys.readouterr().err == "supernet: <batch 1>\n"
