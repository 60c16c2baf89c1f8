"""A run's folder belongs to one run at a time."""

import errno
import fcntl

import pytest

from engine.cli.run_lock import lock_workdir
from engine.errors import ConfigError


def test_the_folder_is_free_again_after_the_run_however_it_ended(tmp_path):
    with pytest.raises(KeyboardInterrupt), lock_workdir(tmp_path):
        raise KeyboardInterrupt
    with lock_workdir(tmp_path):
        pass


def test_a_second_run_is_refused_and_leaves_the_first_its_lock(tmp_path):
    with lock_workdir(tmp_path):
        for _ in range(2):
            with pytest.raises(ConfigError, match="workdir: another run is at work"), lock_workdir(tmp_path):
                pass


def test_runs_in_other_folders_do_not_meet(tmp_path):
    with lock_workdir(tmp_path / "a"), lock_workdir(tmp_path / "b"):
        pass


def test_a_file_system_without_locks_hinders_no_run(tmp_path, monkeypatch):
    def unsupported(*_):
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(fcntl, "flock", unsupported)
    with lock_workdir(tmp_path):
        pass
