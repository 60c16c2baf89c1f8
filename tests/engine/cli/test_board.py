"""What a run's events say to somebody who watches: in a terminal a block, elsewhere a line a minute."""

import io
import sys

import pytest

from engine.cli.board import SHOWN, Board, left, spread
from engine.cli.output import printing
from engine.cli.watch import Watch
from engine.events import Candidate, EpochFinished, GenerationFinished, Progress
from tests.engine.tiny import tiny_config


def candidate(number, code, accuracy, spikes):
    return Candidate(
        id=number, generation=0, architecture=code, accuracy=accuracy, spikes=spikes, firing_rate=0.1, fitness=accuracy,
        parameters=1, origin="random", parents=(), changed=(), spike_map="",
    )  # fmt: skip


CANDIDATES = (candidate(0, "S-S", 0.5, 100.0), candidate(1, "S-C3", 0.4, 200.0), candidate(2, "C3-C3", 0.9, 1500.0))
GENERATION = GenerationFinished(
    generation=0, generations=2, candidates=CANDIDATES, best=2, parents=(2,), front=(0, 2), hypervolume=0.5,
    reference_spikes=10.0,
)  # fmt: skip


def progress(done, seconds=None):
    return Progress(phase="search", done=done, total=8, message="generation 1 of 2", seconds_left=seconds)


def test_the_block_has_phase_time_best_front_and_last_result():
    board = Board(tiny_config())
    board.see(EpochFinished(phase="supernet", epoch=2, epochs=2, loss=0.1, accuracy=0.25, spikes=9.0))
    board.see(GENERATION)
    board.see(progress(2, 71.0))
    assert board.lines == [
        "search: generation 1 of 2",
        "[######------------------]  25%, 1 min 11 s left in this phase",
        "best so far  C3-C3  validation 90.00%, 1,500 spikes, fitness 0.9000",
        "front        2: S-S 50.0% 100 · C3-C3 90.0% 1,500",  # S-C3 is dominated by S-S
        "supernet epoch 2 of 2: 25.00% in training",
    ]


def test_a_run_that_goes_on_knows_the_best_of_before():
    board = Board(tiny_config(), [GENERATION])
    board.see(progress(5))
    assert board.lines[2] == "best so far  C3-C3  validation 90.00%, 1,500 spikes, fitness 0.9000"


@pytest.mark.parametrize(("seconds", "said"), [(None, ""), (5.4, ", 5 s"), (60, ", 1 min 0 s"), (7300, ", 2 h 1 min")])
def test_time_left_in_its_units(seconds, said):
    assert left(progress(1, seconds)) == (f"{said} left in this phase" if said else "")


def test_of_a_long_front_both_ends_are_shown():
    members = [candidate(n, f"c{n}", n / 20, float(n)) for n in range(20)]
    assert [one.id for one in spread(members)] == [0, 4, 8, 11, 15, 19]
    assert len(spread(members)) == SHOWN


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_off_a_terminal_a_line_a_minute(capsys):
    clock = Clock()
    with Watch(tiny_config(), clock=clock) as watch:
        for now in (0, 1, 59, 60, 61, 119.9, 121):
            clock.now = now
            watch.see(progress(1))
    assert capsys.readouterr().err == "search: generation 1 of 2\n" * 3  # at 0, 60 and 121 s


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_s_block_is_drawn_over_itself(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    clock = Clock()
    with Watch(tiny_config(), clock=clock) as watch:
        watch.see(progress(1))
        watch.see(progress(2))  # too soon
        clock.now = 0.3
        watch.see(progress(4))
    shown = sys.stderr.getvalue()
    assert shown.count("\x1b[2A\r\x1b[J") == 2  # up over two lines: at 0.3 s, and at the end
    assert "25%" not in shown
    assert shown.endswith("[############------------]  50%\n")


def test_a_quiet_command_shows_none(capsys):
    with printing(quiet=True, as_json=False), Watch(tiny_config()) as watch:
        watch.see(progress(1))
    assert capsys.readouterr().err == ""
