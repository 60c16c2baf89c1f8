"""`sweep`: one supernet and as many searches as asked for, resumable, with a table at the end."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from engine import study
from engine.__main__ import main
from engine.events import Commit, is_durable
from engine.metrics.fitness import fitness
from engine.run.control import ask
from tests.engine.cli.damage import study_file
from tests.engine.tiny import tiny_config

LAMBDAS = [0.0, -0.5, -1.0, -2.0]


@pytest.fixture
def steps(monkeypatch):
    """What every study of this test yields, counted by kind; epochs and generations are steps of computing."""
    found = Counter()
    run = study.run

    def counted(*arguments, **options):
        for item in run(*arguments, **options):
            if not isinstance(item, Commit) and is_durable(item):
                found[f"{item.kind} {getattr(item, 'phase', '')}".strip()] += 1
            yield item

    monkeypatch.setattr(study, "run", counted)
    return found


def swept(source, to, *options):
    return main(["sweep", str(source), f"--lambda={','.join(map(str, LAMBDAS))}", "--to", str(to), *options])


def test_four_lambdas_cost_one_supernet_and_four_searches_and_differ_as_fitness_does(tmp_path, capsys, steps):
    config = tiny_config()
    study_file(tmp_path / "study.json", config)
    assert swept(tmp_path / "study.json", tmp_path / "w", "--generations", "3") == 0
    assert steps["epoch_finished supernet"] == config.supernet.epochs
    assert steps["generation_finished"] == 4 * 3
    assert steps["epoch_finished retrain"] == 0
    found = json.loads(capsys.readouterr().out)
    assert [row["lambda"] for row in found["searches"]] == LAMBDAS
    populations = []
    for row in found["searches"]:
        events = events_of(row["folder"])
        seen = [one for event in events for one in event["candidates"]]
        populations.append([[one["architecture"] for one in event["candidates"]] for event in events])
        assert row["winner"]["fitness"] == max(
            fitness(one["accuracy"], one["spikes"], found["average_spikes"], row["lambda"]) for one in seen
        )
        assert {(one["accuracy"], one["spikes"]) for one in row["front"]} == front_by_hand(seen)
    assert all(one[0] == populations[0][0] for one in populations)  # the first population is drawn from the seed alone
    assert populations[0] != populations[3]
    winners = [row["winner"]["spikes"] for row in found["searches"]]
    assert winners[3] < winners[0]
    assert swept(tmp_path / "study.json", tmp_path / "w", "--generations", "3") == 0  # all is done: nothing is computed
    assert json.loads(capsys.readouterr().out) == found
    assert steps["generation_finished"] == 4 * 3


def test_a_sweep_of_a_trained_study_trains_no_supernet_and_goes_on_where_it_was_paused(made, tmp_path, capsys, steps):
    source, to = made / "finished", tmp_path / "w"
    options = ["sweep", str(source), "--lambda", "-0.5", "--seeds", "2", "--to", str(to), "--retrain"]

    def pause_at_work(*arguments, **options):
        ask(arguments[1], pause=True)
        options["control"].hurry = True
        return run(*arguments, **options)

    run = study.run
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(study, "run", pause_at_work)
        assert main(options) == 75
    assert [path.name for path in to.iterdir()] == ["lambda-0.5-seed-0"]
    capsys.readouterr()
    assert main(options) == 0
    rows = json.loads(capsys.readouterr().out)["searches"]
    assert [row["seed"] for row in rows] == [0, 1]
    assert all(row["retrained"]["test_spikes"] > 0 for row in rows)
    assert steps["epoch_finished supernet"] == 0
    assert steps["generation_finished"] == 2 * 2
    assert main([*options, "--generations", "5"]) == 2
    assert "holds a search with other settings" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--lambda", "0", "x"], "lambda: 'x' is no number"),
        (["--lambda", "0", "--seeds", "2", "--seed", "1"], "seeds: give --seeds K or --seed S,…, not both"),
        (["--lambda", "0", "--seeds", "0"], "seeds: must be 1 to 100, got 0"),
    ],
)
def test_bad_options_exit_2_with_one_line(made, tmp_path, capsys, options, message):
    assert main(["sweep", str(made / "finished"), *options, "--to", str(tmp_path / "w")]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "w").exists()


def events_of(folder):
    lines = (Path(folder) / "events.jsonl").read_text().splitlines()
    return [event for event in map(json.loads, lines) if event["kind"] == "generation_finished"]


def front_by_hand(seen):
    """Points that no other one dominates."""
    points = {(one["accuracy"], one["spikes"]) for one in seen}
    return {(a, n) for a, n in points if not any(b >= a and m <= n and (b, m) != (a, n) for b, m in points)}
