"""Triton kernels run on the GPU where there is one, else by its interpreter on the CPU: the same source, slower."""

import os
from importlib.util import find_spec

import pytest
import torch

collect_ignore_glob = [] if find_spec("triton") else ["test_*.py"]  # Triton is made for Linux alone
INTERPRETED = not torch.cuda.is_available()

if INTERPRETED:
    os.environ["TRITON_INTERPRET"] = "1"  # read where a kernel is defined, and again where it is called


@pytest.fixture
def device():
    return torch.device("cpu" if INTERPRETED else "cuda")


@pytest.fixture(autouse=True)
def trusted(monkeypatch):
    """The kernels are used wherever the tests run, without a trial: what they compute is what is tested here."""
    monkeypatch.setattr("engine.backends.dispatch.trusted", lambda device: True)
    monkeypatch.setattr("engine.backends.dispatch.library", lambda: None)


@pytest.fixture(autouse=True)
def large_tiles(monkeypatch):
    """The interpreter takes its time by the tile."""
    if INTERPRETED:
        monkeypatch.setattr("engine.backends.gpu.firing.TILE", 8192)
