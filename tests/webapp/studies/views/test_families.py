"""Searches on one supernet: begun from the API, all or none, and listed as one family."""

from __future__ import annotations

import pytest

from engine.config.parse import parse_stored
from engine.errors import ConfigError
from engine.sweep.plan import searches
from tests.webapp.studies.views.test_api import post
from tests.webapp.studies.worker.test_runner import turn
from webapp.studies import services, tasks
from webapp.studies.files import workdir
from webapp.studies.models import Study

pytestmark = pytest.mark.django_db(transaction=True)


def test_searches_on_one_supernet_train_it_once_and_are_one_family(searched, alice, as_user, bob):
    client = as_user(alice)
    again = post(client, f"/api/studies/{searched.id}/sweep", {"lambdas": [-1.5, 0], "seeds": [3], "name": "Again"})
    assert (again.status_code, again.json()["studies"]) == (201, 2)
    made = list(Study.objects.filter(forked_from=searched).order_by("name"))
    assert [one.name for one in made] == ["Again, λ = -1.5, seed 3", "Again, λ = 0, seed 3"]
    done = [turn(one, tasks.run_engine) for one in made]
    for one in done:
        assert (one.state, one.reason, one.generation, one.best_tag) == ("succeeded", "", 2, "validation, supernet")
        assert one.events.filter(kind="epoch_finished").count() == searched.config["supernet"]["epochs"]
        trained = one.events.get(kind="supernet_finished")
        assert trained.payload == searched.events.get(kind="supernet_finished").payload
    later = services.fork(alice, done[0], 1, {})
    other = services.create_study(alice, parse_stored(searched.config))
    found = client.get(f"/api/studies/{later.id}/family").json()["studies"]
    assert [(one["name"], one["lambda"], one["seed"], one["forked_at"]) for one in found] == [
        (searched.name, -0.08, 0, None), (made[0].name, -1.5, 3, 0), (made[1].name, 0, 3, 0), (later.name, -1.5, 3, 1),
    ]  # fmt: skip
    assert found[1]["fitness"] == max(one.fitness for one in made[0].candidates.all())
    assert len(client.get(f"/api/studies/{other.id}/family").json()["studies"]) == 1
    assert as_user(bob).get(f"/api/studies/{searched.id}/family").status_code == 404


@pytest.mark.parametrize(
    ("body", "field", "said"),
    [
        ({}, "lambda", "give at least one"),
        ({"lambdas": "0"}, "lambdas", "must be a list of numbers"),
        ({"lambdas": [0.5]}, "search.fitness_lambda", "must be at most 0, got 0.5"),
        ({"lambdas": [0], "seeds": [1.5]}, "seeds", "must be a list of whole numbers"),
        ({"lambdas": [0], "retrain": 1}, "retrain", "must be true or false, got '1'"),
        ({"lambdas": [0], "name": ""}, "name", "must not be empty"),
        ({"lambdas": [0], "seed": 1}, "seed", "is none of name, lambdas, seeds, retrain, generations"),
        ({"lambdas": [0]}, "", None),
    ],
)
def test_a_sweep_that_cannot_be_is_refused_by_field_and_makes_nothing(study, alice, as_user, body, field, said):
    """The last is fine in itself, but the study has not begun, so there is no supernet."""
    answer = post(as_user(alice), f"/api/studies/{study.id}/sweep", body)
    assert Study.objects.count() == 1
    if said is None:
        assert (answer.status_code, "it has no checkpoint yet" in answer.json()["error"]) == (409, True)
    else:
        assert (answer.status_code, answer.json()["problems"]) == (422, [{"field": field, "message": said}])


def test_a_sweep_beyond_the_quota_leaves_neither_studies_nor_files(searched, alice, settings):
    settings.UNFINISHED_QUOTA = 1
    configs = [one.config for one in searches(parse_stored(searched.config), [0.0, -1.0])]
    with pytest.raises(ConfigError, match="at most 1 of your studies may be unfinished"):
        services.search_again(alice, searched, configs)
    assert Study.objects.count() == 1
    assert [path.name for path in workdir(searched.id).parent.iterdir()] == [str(searched.id)]
