"""What the study page asks for besides events: counts of training, published points."""

from __future__ import annotations

import pytest

from engine.config.presets import PRESETS
from tests.large_study import store
from webapp.studies import services
from webapp.studies.selectors.published import published_points

pytestmark = pytest.mark.django_db


def test_the_blocks_that_training_took_are_counted(alice, as_user, study):
    client = as_user(alice)
    assert client.get(f"/api/studies/{study.id}/sampling").json() == {"steps": 0, "counted": 0, "layers": []}
    done = client.get(f"/api/studies/{store('alice', generations=2)}/sampling").json()
    assert done["steps"] == done["counted"] > 0
    assert [sum(layer.values()) for layer in done["layers"]] == [done["steps"]] * 6


def test_published_points_are_those_of_the_same_data_set():
    assert published_points("digits") == []
    cifar10 = {row["name"]: row for row in published_points("cifar10")}
    assert cifar10["SNN_1 SRB_k3"]["accuracy"] == pytest.approx(0.8754)
    assert cifar10["SNN_1 SRB_k3"]["spikes"] == 146_000
    assert all("ICML 2022" in row["source"] for row in cifar10.values())
    dvs = {row["name"] for row in published_points("dvs128_gesture")}
    assert "DVS128-Gesture AutoSNN† C=16" in dvs
    assert "DVS128-Gesture He 2020 C=64" not in dvs  # the poster gives no spikes for it


def test_the_page_carries_the_points_of_its_data_set(alice, as_user, study):
    page = as_user(alice).get(f"/studies/{study.id}").content.decode()
    assert '<script id="published" type="application/json">[]</script>' in page


def test_an_analysis_has_results_and_a_log_and_nothing_of_a_search(alice, as_user):
    preset = next(p for p in PRESETS.values() if p.config.analysis is not None)
    study = services.create_study(alice, preset.config)
    page = as_user(alice).get(f"/studies/{study.id}").content.decode()
    assert 'id="analysis"' in page
    assert 'id="timeline"' not in page
    assert "Population" not in page
