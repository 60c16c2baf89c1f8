"""Sinks are fed a study's events while they come: the same numbers to each, each once, and never at its cost."""

import json
import sys
from types import SimpleNamespace

import pytest

from engine.__main__ import main
from engine.sinks.feed import Feed
from engine.sinks.measurements import Measurement, Measurements, flat
from tests.engine.rows.test_rows import candidate
from tests.engine.sinks import fakes
from tests.engine.tiny import tiny_config

EPOCH = {"kind": "epoch_finished", "phase": "supernet", "epoch": 1, "epochs": 2, "loss": 0.5, "accuracy": 0.25,
         "spikes": 100.0, "test_accuracy": None, "test_spikes": None}  # fmt: skip
GENERATIONS = [
    {"kind": "generation_finished", "generation": 0, "best": 1, "front": [0, 1], "hypervolume": 0.25,
     "candidates": [candidate(0, 0), candidate(1, 0, fitness=0.75)]},
    {"kind": "generation_finished", "generation": 1, "best": 1, "front": [1], "hypervolume": 0.5,
     "candidates": [candidate(2, 1)]},
]  # fmt: skip
TEST = {"test_accuracy": 0.625, "test_spikes": 80.0, "firing_rate": 0.125, "parameters": 7}
EVENTS = [
    {"kind": "study_started"}, EPOCH, EPOCH | {"epoch": 2},
    {"kind": "supernet_finished", "average_spikes": 90.0}, *GENERATIONS,
    EPOCH | {"phase": "retrain", "test_accuracy": 0.625, "test_spikes": 80.0},
    {"kind": "study_finished", **TEST}, {"kind": "training_finished", "number": 0, **TEST},
]  # fmt: skip


def feed(tmp_path, *specs, warn=pytest.fail):
    return Feed(tmp_path, specs, tiny_config(), warn)


def test_measurements_by_hand():
    measured = Measurements()
    found = [one for event in EVENTS for one in measured.of(event)]
    assert found[0] == Measurement(
        "supernet/epoch", 1, {"supernet/loss": 0.5, "supernet/accuracy": 0.25, "supernet/spikes": 100.0}
    )
    assert found[2].values == {"supernet/average_spikes": 90.0}
    assert found[4] == Measurement(
        "search/generation", 2,
        {"search/best_fitness": 0.75, "search/best_accuracy": 0.5, "search/best_spikes": 10.5, "search/front": 1,
         "search/evaluated": 3, "search/hypervolume": 0.5},
    )  # fmt: skip
    assert found[5].values["retrain/test_accuracy"] == 0.625
    assert [one.axis for one in found[6:]] == ["result/end", "trainings/number"]
    assert found[7].values == {f"trainings/{name}": value for name, value in TEST.items()}


def test_a_config_is_flat():
    found = dict(flat(tiny_config().model_dump(mode="json")))
    assert found["search.population"] == 4
    assert found["network.candidates"] == "['skip_connect', 'SCB_k3', 'SRB_k3']"
    assert "data.path" not in found


def test_tensorboard_is_given_scalars_at_their_steps(tmp_path, monkeypatch):
    calls = fakes.tensorboard(monkeypatch)
    made = feed(tmp_path, f"tensorboard:{tmp_path / 'tb'}")
    made.tell(EVENTS)
    made.finish(done=True)
    run = json.loads((tmp_path / "sinks.json").read_text())[f"tensorboard:{tmp_path / 'tb'}"]["run"]
    assert calls[0] == ("open", str(tmp_path / "tb" / run))
    assert ("add_scalar", "supernet/loss", 0.5, 2) in calls
    assert ("add_scalar", "search/best_fitness", 0.75, 2) in calls
    assert calls[-1] == ("close",)


def test_mlflow_is_given_parameters_and_metrics_and_goes_on_in_its_run(tmp_path, monkeypatch):
    calls = fakes.mlflow(monkeypatch, [])
    made = feed(tmp_path, "mlflow:sqlite:///m.db")
    made.tell(EVENTS[:2])
    made.finish(done=False)
    assert calls[0] == ("set_tracking_uri", "sqlite:///m.db")
    [start] = calls.named("start_run")
    assert start[1]["run_name"] == "Tiny"
    assert calls.named("log_params")[0][1]["search.population"] == "4"
    [logged] = calls.named("log_metrics")
    assert logged == ("log_metrics", {"supernet/loss": 0.5, "supernet/accuracy": 0.25, "supernet/spikes": 100.0},
                      {"step": 1})  # fmt: skip
    assert calls[-1] == ("end_run", "KILLED")
    again = fakes.mlflow(monkeypatch, [SimpleNamespace(info=SimpleNamespace(run_id="r7"))])
    made = feed(tmp_path, "mlflow:sqlite:///m.db")
    made.tell(EVENTS[:3])
    made.finish(done=True)
    assert (
        again.named("search_runs")[0][1]["filter_string"] == f"tags.`autosnn.run` = '{start[1]['tags']['autosnn.run']}'"
    )
    assert again.named("start_run") == [("start_run", {"run_id": "r7"})]
    assert [call[2] for call in again.named("log_metrics")] == [{"step": 2}]  # the first epoch is known there
    assert again[-1] == ("end_run", "FINISHED")


@pytest.mark.parametrize("name", ["wandb", "trackio"])
def test_wandb_and_trackio_are_given_each_number_with_its_own_axis(tmp_path, monkeypatch, name):
    calls = fakes.wandb(monkeypatch, name)
    made = feed(tmp_path, f"{name}:my-project")
    made.tell(EVENTS)
    made.finish(done=True)
    [(_, begun)] = calls.named("init")
    run = json.loads((tmp_path / "sinks.json").read_text())[f"{name}:my-project"]["run"]
    own = {"name": "Tiny", "id": run} if name == "wandb" else {"name": f"Tiny {run}"}
    assert {key: begun[key] for key in begun if key != "config"} == {"project": "my-project", "resume": "allow", **own}
    assert begun["config"]["seed"] == 0
    assert calls.named("log")[1][1] == {
        "supernet/epoch": 2, "supernet/loss": 0.5, "supernet/accuracy": 0.25, "supernet/spikes": 100.0
    }  # fmt: skip
    assert calls[-1] == ("finish",)


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (
            "excel:here",
            "--sink: must be tensorboard:DIR, mlflow:URI, wandb:PROJECT or trackio:PROJECT, got 'excel:here'",
        ),
        ("tensorboard", "--sink: must be tensorboard:DIR"),
        ("mlflow:", "--sink: must be tensorboard:DIR"),
        ("mlflow:here", "--sink mlflow: needs the package mlflow, which is not installed here (pip install mlflow)"),
        ("wandb:here", "--sink wandb: needs the package wandb, which is not installed here (pip install wandb)"),
    ],
)
def test_what_is_no_sink_or_has_no_library_is_refused_before_the_study_begins(
    tmp_path, capsys, monkeypatch, spec, said
):
    for name in ("mlflow", "wandb"):
        monkeypatch.setitem(sys.modules, name, None)  # as where it is not installed
    study = tmp_path / "study.json"
    study.write_text(tiny_config().canonical())
    assert main(["run", str(study), "--workdir", str(tmp_path / "w"), "--sink", spec]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "w" / "head.json").exists()


def test_a_sink_that_fails_is_left_out_and_told_the_rest_by_the_next_run(tmp_path, monkeypatch):
    calls = fakes.wandb(monkeypatch, "wandb")
    told = []

    def gone(*args):
        raise ConnectionError("no route to host")

    made = feed(tmp_path, "wandb:p", warn=told.append)
    made.tell(EVENTS[:2])
    sys.modules["wandb"].log = gone
    made.tell(EVENTS[2:3])
    made.tell(EVENTS[3:4])
    made.finish(done=False)
    [line] = told
    assert line.startswith("warning: --sink wandb:p failed (ConnectionError: no route to host); the study goes on")
    assert calls.named("finish") == []
    again = fakes.wandb(monkeypatch, "wandb")
    made = feed(tmp_path, "wandb:p")
    made.tell(EVENTS[:4])
    assert [next(iter(call[1].items())) for call in again.named("log")] == [("supernet/epoch", 2), ("supernet/end", 0)]


def test_a_whole_run_feeds_its_sink_and_a_sink_of_a_finished_study_is_told_it_all(tmp_path, monkeypatch, capsys):
    calls = fakes.wandb(monkeypatch, "trackio")
    study = tmp_path / "study.json"
    study.write_text(tiny_config().canonical())
    command = ["run", str(study), "--workdir", str(tmp_path / "w")]
    assert main([*command, "--sink", "trackio:live"]) == 0
    live = calls.named("log")
    assert [next(iter(call[1])) for call in live] == [
        *["supernet/epoch"] * 2, "supernet/end", *["search/generation"] * 2, *["retrain/epoch"] * 2, "result/end"
    ]  # fmt: skip
    assert calls[-1] == ("finish",)
    later = fakes.wandb(monkeypatch, "trackio")
    assert main([*command, "--sink", "trackio:later", "--sink", "trackio:live"]) == 0
    assert later.named("log") == live
    assert "already finished" in capsys.readouterr().err
