"""Compiling: cached, found again, and where it cannot be had a line in the log and plain torch."""

import logging
import os
import sys
from pathlib import Path

import pytest
import torch

from engine.backends.cpu import build
from engine.backends.dispatch import place
from engine.model.network import build_child
from tests.engine.tiny import tiny_config


@pytest.fixture
def fresh(monkeypatch, tmp_path):
    """A process that has not compiled yet, with a cache of its own."""
    monkeypatch.setenv("AUTOSNN_KERNEL_CACHE", str(tmp_path / "cache"))
    build.begin.cache_clear()
    build.loaded.cache_clear()
    yield tmp_path
    build.begin.cache_clear()
    build.loaded.cache_clear()


def network():
    config = tiny_config()
    return build_child(config, config.space.at(4), 0)


@pytest.mark.skipif(build.compiler() is None, reason="no C++ compiler")
def test_it_is_compiled_once_and_found_again(fresh):
    first = build.compile_kernels()
    assert first is not None
    made = first.stat().st_mtime_ns
    assert build.compile_kernels() == first
    assert first.stat().st_mtime_ns == made
    assert [path.name for path in (fresh / "cache").iterdir()] == [first.name], "nothing half-made is left"


def test_without_a_compiler_torch_does_it(fresh, monkeypatch):
    monkeypatch.setattr(build, "COMPILERS", ())
    monkeypatch.delenv("CXX", raising=False)
    assert build.loaded() is None
    made = place(network(), torch.device("cpu"))
    assert made.backend is None
    rates, _ = made(torch.rand(2, 1, 8, 8))
    assert rates.shape == (2, 10)


def test_a_compiler_that_fails_is_a_line_in_the_log(fresh, monkeypatch, caplog):
    broken = fresh / "c++"
    broken.write_text('#!/bin/sh\n[ "$1" = --version ] && exit 0\necho no vectors here >&2\nexit 1\n')
    broken.chmod(0o755)
    monkeypatch.setenv("CXX", str(broken))
    with caplog.at_level(logging.WARNING):
        assert build.compile_kernels() is None
    assert "no vectors here" in caplog.text


def test_a_user_without_a_home_is_a_line_in_the_log(fresh, monkeypatch, caplog):
    for name in ("AUTOSNN_KERNEL_CACHE", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", lambda uid: {}[uid])
    monkeypatch.setattr(build, "compiler", lambda: sys.executable)
    with caplog.at_level(logging.WARNING):
        assert build.compile_kernels() is None
    assert "home" in caplog.text


def test_a_compiler_that_speaks_another_encoding_is_understood(fresh, monkeypatch, caplog):
    foreign = fresh / "c++"
    foreign.write_bytes(b'#!/bin/sh\n[ "$1" = --version ] && exit 0\nprintf "Fl\\344che fehlt" >&2\nexit 1\n')
    foreign.chmod(0o755)
    monkeypatch.setenv("CXX", str(foreign))
    with caplog.at_level(logging.WARNING):
        assert build.compile_kernels() is None
    assert "che fehlt" in caplog.text


def test_a_compiler_that_hangs_is_given_up(fresh, monkeypatch, caplog):
    hanging = fresh / "c++"
    hanging.write_text('#!/bin/sh\n[ "$1" = --version ] && exit 0\nexec sleep 60\n')
    hanging.chmod(0o755)
    monkeypatch.setenv("CXX", str(hanging))
    monkeypatch.setattr(build, "COMPILE_SECONDS", 0.2)
    with caplog.at_level(logging.WARNING):
        assert build.compile_kernels() is None
    assert "timed out" in caplog.text
    assert list((fresh / "cache").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_a_line_in_the_log(fresh, monkeypatch, caplog):
    (fresh / "cache").write_text("a file where the folder should be")
    with caplog.at_level(logging.WARNING):
        assert build.compile_kernels() is None
    assert "kernels not compiled" in caplog.text


def test_the_file_is_on_disk_before_it_has_its_name(fresh, monkeypatch):
    """A loss of power must not leave a name with nothing behind it: nobody would compile again."""
    quick = fresh / "c++"
    quick.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && exit 0\nwhile [ "$1" != -o ]; do shift; done\necho made > "$2"\n'
    )
    quick.chmod(0o755)
    monkeypatch.setenv("CXX", str(quick))
    steps = []
    replace = Path.replace
    monkeypatch.setattr(os, "fsync", lambda file: steps.append("synced"))
    monkeypatch.setattr(Path, "replace", lambda self, target: (steps.append("named"), replace(self, target)))
    made = build.compile_kernels()
    assert made.read_text() == "made\n"
    assert steps == ["synced", "named"]


def test_the_switch_turns_it_off(fresh, monkeypatch):
    monkeypatch.setenv(build.SWITCH, "off")
    assert build.compiler() is None
    assert build.loaded() is None


def test_a_damaged_file_is_a_line_in_the_log(fresh, monkeypatch, caplog):
    damaged = fresh / "damaged.so"
    damaged.write_bytes(b"not a library")
    monkeypatch.setattr(build, "compile_kernels", lambda: damaged)
    with caplog.at_level(logging.WARNING):
        assert build.loaded() is None
    assert "cannot be loaded" in caplog.text
