"""A study that the engine has searched and whose winner it has retrained."""

from __future__ import annotations

import pytest

from tests.webapp.studies.worker.test_runner import turn
from webapp.studies import tasks


@pytest.fixture
def searched(study):
    return turn(study, tasks.run_engine)
