"""Names of processes: whose end is known from beside it, and whose is left to its lease."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from webapp.workers import process
from webapp.workers.process import host_and_pid, is_dead_here, pid_here, this_process


@pytest.fixture(scope="module")
def dead() -> str:
    """The name of a process that was beside this one and is no more."""
    code = "from webapp.workers.process import this_process; print(this_process())"
    return subprocess.check_output([sys.executable, "-c", code], text=True, cwd=Path(__file__).parents[3]).strip()


def in_another_namespace(monkeypatch, tmp_path) -> None:
    """As in another container of the pod: the same hostname and kernel, other pids."""
    namespace = tmp_path / "pid"
    namespace.symlink_to("pid:[4026532999]")
    monkeypatch.setattr(process, "PID_NAMESPACE", namespace)


def on_another_machine(monkeypatch, tmp_path) -> None:
    """With the same fixed hostname, and the PID namespace every machine begins with."""
    boot = tmp_path / "boot_id"
    boot.write_text("0aa4c2a0-6b1a-4f0e-9d57-7f1c4b1f7d11\n")
    monkeypatch.setattr(process, "BOOT", boot)


def where_nothing_tells(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(process, "BOOT", tmp_path / "no such file")


def test_a_process_beside_this_one_is_known_to_live_and_then_to_be_dead(dead):
    assert (is_dead_here(this_process()), pid_here(this_process())) == (False, os.getpid())
    assert is_dead_here(dead)


def test_a_later_process_with_its_pid_is_not_taken_for_it():
    assert is_dead_here(this_process().rpartition("/")[0] + "/1")


@pytest.mark.parametrize("somewhere", [in_another_namespace, on_another_machine, where_nothing_tells])
def test_a_namesake_elsewhere_is_left_to_its_lease(dead, somewhere, monkeypatch, tmp_path):
    """Its pid is another process there, or none: a living holder must not be taken for dead."""
    living = this_process()
    somewhere(monkeypatch, tmp_path)
    for holder in (living, dead):
        assert (pid_here(holder), is_dead_here(holder)) == (None, False)


def test_where_nothing_tells_the_place_nobody_is_known_to_be_dead(monkeypatch, tmp_path):
    where_nothing_tells(monkeypatch, tmp_path)
    dead = this_process().rpartition("/")[0] + "/1"
    assert (pid_here(dead), is_dead_here(dead)) == (None, False)


def test_what_an_earlier_version_named_is_left_to_its_lease(dead):
    host, pid = host_and_pid(dead)
    assert not is_dead_here(f"{host}/{pid}/{dead.rpartition('/')[2]}")


@pytest.mark.parametrize("holder", ["ada@cc7317fe.4026531836/4711/99", "ada/4711/99"])
def test_people_are_told_host_and_pid(holder):
    assert host_and_pid(holder) == ("ada", "4711")


def test_what_no_process_holds_has_neither():
    assert (host_and_pid(""), is_dead_here("")) == (("", ""), False)


def test_a_name_fits_its_column(monkeypatch):
    monkeypatch.setattr(process.socket, "gethostname", lambda: "h" * 64)
    assert len(this_process()) <= 150
