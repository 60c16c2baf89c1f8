"""How far a study is: the phases weighed by their work, which is estimated once."""

from __future__ import annotations

import pytest

from engine.cost.estimate import estimate
from engine.events import Progress
from webapp.studies.worker import progress
from webapp.studies.worker.progress import Forecast


@pytest.fixture(autouse=True)
def _nothing_known():
    progress._weights.cache_clear()


def half_of(phase: str) -> Progress:
    return Progress(phase=phase, done=1, total=2, message="")


def test_the_share_that_is_done_is_weighed_by_the_work_of_the_phases(config):
    work = estimate(config).work
    done, left = Forecast(config, spent=10.0, done=0.0).update(half_of("search"), seconds=5.0)
    assert done == pytest.approx((work["supernet"] + work["search"] / 2) / sum(work.values()))
    assert left == pytest.approx(15.0 * (1 - done) / done)


def test_a_study_s_next_slice_pays_no_estimate_again(config, monkeypatch):
    estimated = []
    monkeypatch.setattr(progress, "estimate", lambda of: estimated.append(of.name) or estimate(of))
    for of in (config, type(config).model_validate(config.model_dump()), config.model_copy(update={"name": "Other"})):
        Forecast(of, spent=0.0, done=0.0)
    assert estimated == ["Tiny", "Other"]
