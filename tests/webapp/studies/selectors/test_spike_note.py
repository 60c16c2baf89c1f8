"""The note on spikes of average pools: on the study's page, an architecture's page and in the energy, or nowhere."""

from __future__ import annotations

import numpy as np
import pytest

from engine.config.network import NeuronConfig
from engine.space.macro import Layer
from webapp.studies import services
from webapp.studies.models import Candidate
from webapp.studies.selectors.summaries import detail

pytestmark = pytest.mark.django_db
NOTE = "Average pooling: the neurons of layer 2 read averages of spikes"


@pytest.fixture
def pooled(alice, config):
    """A study with an average pool, PLIF and the threshold 1, and one candidate."""
    layers = (config.network.macro.layers[0], Layer(kind="avg_pool", stride=2), config.network.macro.layers[2])
    macro = config.network.macro.model_copy(update={"layers": layers})
    network = config.network.model_copy(update={"macro": macro, "neuron": NeuronConfig()})
    study = services.create_study(alice, config.model_copy(update={"network": network}))
    Candidate.objects.create(
        study=study, number=0, generation=0, architecture="C3-C3", accuracy=0.5, spikes=1.0, firing_rate=0.1,
        fitness=0.5, parameters=1, origin="random", spike_map=np.ones((5, 2), "<f4").tobytes(),
    )  # fmt: skip
    return study


def test_a_study_with_an_average_pool_has_it_everywhere(alice, as_user, pooled):
    client = as_user(alice)
    assert detail(pooled, alice)["spike_note"].startswith(NOTE)
    assert client.get(f"/studies/{pooled.id}/archs/C3-C3").context["page"]["spike_note"].startswith(NOTE)
    assert client.get(f"/api/studies/{pooled.id}/energy?candidate=0").json()["note"].startswith(NOTE)
    compared = client.get(f"/api/compare?s={pooled.id}&a={pooled.id}:C3-C3").json()["architectures"]
    assert compared[0]["spike_note"].startswith(NOTE)


def test_another_study_has_none(alice, as_user, study):
    assert detail(study, alice)["spike_note"] == ""
    assert as_user(alice).get(f"/studies/{study.id}/archs/S-S").context["page"]["spike_note"] == ""
