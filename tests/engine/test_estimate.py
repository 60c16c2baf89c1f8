"""The estimate's extremes against every architecture of the space; its work by hand."""

import pytest

from engine.estimate import BATCH, JUDGED, SITE, estimate
from engine.presets import PRESETS
from engine.shapes import rows

QUICK = PRESETS["quick-look"].config


def test_extremes_are_those_of_the_enumerated_space():
    sums = [
        (sum(row.parameters for row in walk), sum(row.macs for row in walk))
        for walk in (rows(QUICK.network.macro, a, QUICK.input) for a in QUICK.space.enumerate())
    ]
    found = estimate(QUICK)
    assert found.space_size == len(sums) == 125
    assert (found.parameters.least, found.parameters.most) == (min(p for p, _ in sums), max(p for p, _ in sums))
    assert (found.macs.least, found.macs.most) == (min(m for _, m in sums), max(m for _, m in sums))
    assert abs(found.macs.mean - sum(m for _, m in sums) / len(sums)) < 1e-6 * found.macs.mean


def test_the_budget_and_work_of_the_papers_recipe():
    paper = PRESETS["paper-cifar10"].config
    macro, found = paper.network.macro, estimate(paper)
    assert found.budget == 400
    mean_sites = sum(sum(row.sites for row in rows(macro, a, paper.input)) for a in paper.space.enumerate()) / 3125
    per_image = 8 * (found.macs.mean + SITE * mean_sites)
    assert found.work["search"] == pytest.approx(JUDGED * 400 * 10_000 * per_image)
    assert found.work["supernet"] == pytest.approx(600 * (40_000 * per_image * 3 + 40_000 / 96 * BATCH))
    assert found.work["retrain"] == pytest.approx(
        600 * (50_000 * per_image * 3 + 50_000 / 96 * BATCH + 10_000 * per_image)
    )
