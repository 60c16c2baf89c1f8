"""One tiny study of the optical digits as arrays, finished once for all tests of the library."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits

import autosnn as A
from tests.engine.tiny import tiny_config

NAMES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
"""In another order than that of the alphabet."""


@pytest.fixture(scope="session")
def digits():
    """(images float32 [160, 8, 8] of 0…1, labels int64 [160])."""
    found = load_digits()
    return (found.images[:160] / 16).astype(np.float32), found.target[:160]


@pytest.fixture(scope="session")
def arrays(digits):
    x, y = digits
    return A.Arrays(x[:120], y[:120], x[120:], y[120:], classes=NAMES)


@pytest.fixture(scope="session")
def tiny():
    return A.Config(tiny_config())


@pytest.fixture(scope="session")
def finished(tiny, arrays, tmp_path_factory):
    """A finished study; nobody changes it."""
    return A.Study(tiny, data=arrays, workdir=tmp_path_factory.mktemp("library") / "w").run()


@pytest.fixture(scope="session")
def model(finished):
    return finished.model
