"""The paper's findings as directions: true of the paper's own numbers, and compared with ours and their spread."""

import json
from pathlib import Path

import pytest

from engine.analysis.beside_paper import report
from engine.analysis.findings import FINDINGS, directions, measured
from engine.analysis.published import PUBLISHED
from engine.cli.journal import Journal
from engine.config.presets import PRESETS
from engine.errors import MeasureError
from engine.events import Commit, PhaseStarted, StudyStarted, TrainingFinished


def test_every_finding_is_true_of_the_papers_own_numbers():
    listed = directions({})
    assert {direction.claim for direction in listed} == {finding.claim for finding in FINDINGS}
    assert all(direction.paper > 1 for direction in listed)
    assert {direction.verdict for direction in listed} == {"not measured"}


def test_the_papers_numbers_measured_here_appear_one_and_all():
    own = {((e.table, e.row), e.column): {0: e.value, 1: e.value * 1.001} for e in PUBLISHED if e.value}
    assert {direction.verdict for direction in directions(own)} == {"appears"}


@pytest.mark.parametrize(
    ("larger", "smaller", "verdict"),
    [
        # Student's t of two seeds is 12.7: ratios 1.50 and 1.51 are clear of 1, ratios 1.2 and 1.5 are not
        ({0: 15.0, 1: 15.1}, {0: 10.0, 1: 10.0}, "appears"),
        ({0: 12.0, 1: 15.0}, {0: 10.0, 1: 10.0}, "not clear"),
        ({0: 8.0, 1: 8.1}, {0: 10.0, 1: 10.0}, "does not appear"),
        ({0: 11.0}, {0: 10.0, 1: 10.0}, "one seed, same direction"),
        ({0: 9.0}, {0: 10.0}, "one seed, other direction"),
        ({0: 9.0}, {1: 10.0}, "not measured"),
    ],
)
def test_a_direction_appears_where_its_interval_leaves_out_1(larger, smaller, verdict):
    found = {(("blocks", "SIB_k3_e1"), "spikes"): larger, (("blocks", "SCB_k3"), "spikes"): smaller}
    [compared] = [d for d in directions(found) if (d.larger, d.smaller) == ("SIB_k3_e1", "SCB_k3")]
    assert compared.verdict == verdict


def test_a_block_in_every_layer_of_snn_1_is_one_network_in_two_tables():
    found = {(("blocks", "SIB_k3_e1"), "spikes"): {0: 30.0}, (("base", "SNN_1 SCB_k3"), "spikes"): {0: 20.0}}
    [compared] = [d for d in directions(found) if d.here is not None]
    assert (compared.larger, compared.smaller, compared.here) == ("SIB_k3_e1", "SCB_k3", pytest.approx(1.5))


def trained(arm: str, accuracy: float, spikes: float, seed: int = 0) -> dict:
    return {"arm": arm, "architecture": "C3-C3-C3-C3-C3", "seed": seed, "test_accuracy": accuracy,
            "test_spikes": spikes, "firing_rate": spikes / 1e4}  # fmt: skip


def test_seeds_are_read_from_finished_analyses_and_one_row_may_lie_in_several(tmp_path):
    for seed in (0, 1):
        document = {"study": {"analysis": {"table": "blocks"}}, "trainings": [trained("SCB_k3", 0.5, 3.0 + seed, seed)]}
        (tmp_path / f"{seed}" / "result").mkdir(parents=True)
        (tmp_path / f"{seed}" / "result" / "analysis.json").write_text(json.dumps(document))
    found = measured([tmp_path / "0", tmp_path / "1"])
    assert found[("blocks", "SCB_k3"), "spikes"] == {0: 3.0, 1: 4.0}


def test_two_results_of_one_seed_are_refused(tmp_path):
    for spikes in (3, 4):
        document = {"study": {"analysis": {"table": "blocks"}}, "trainings": [trained("SCB_k3", 0.5, spikes)]}
        (tmp_path / f"{spikes}.json").write_text(json.dumps(document))
    with pytest.raises(MeasureError, match=r"4\.json: another result has SCB_k3 with seed 0 too"):
        measured([tmp_path / "3.json", tmp_path / "4.json"])


@pytest.mark.parametrize("content", [None, "{}", "[]", "rubbish"])
def test_what_is_no_analysis_is_refused(content, tmp_path):
    if content is not None:
        (tmp_path / "analysis.json").write_text(content)
    with pytest.raises(MeasureError, match=r"analysis"):
        measured([tmp_path])


def analysis_of(folder, trainings: list[dict], test_samples: int) -> Path:
    """The folder of a finished analysis of the poster's blocks, as `run` leaves it."""
    config = PRESETS["scaled-blocks"].config
    started = StudyStarted(
        config_digest="", space_size=1, time_steps=4, layers=(), train_samples=1, validation_samples=1,
        test_samples=test_samples, data_digest="", data_note="", device="cpu",
    )  # fmt: skip
    end = Commit(checkpoint="0001.safetensors", sha256="0" * 64, size=1, step=1, phase="done")
    Journal(folder, config).append([started], end)
    document = {"study": config.model_dump(mode="json"), "trainings": trainings}
    (folder / "result").mkdir()
    (folder / "result" / "analysis.json").write_text(json.dumps(document))
    return folder


def test_silence_and_chance_level_carry_no_evidence(tmp_path):
    done = [trained("SCB_k3", 0.6, 0.0), trained("SRB_k3", 0.11, 900.0), trained("SIB_k3_e1", 0.6, 800.0)]
    told = report([analysis_of(tmp_path, done, 400)])
    text = json.dumps(told, allow_nan=False)  # 800 to 0 spikes has no ratio
    fires = [d for d in told["directions"] if d["larger"] == "SIB_k3_e1" and d["smaller"] == "SCB_k3"]
    assert [(d["verdict"], d["here"], d["evidence"]) for d in fires] == [("no evidence", None, "SCB_k3 is silent")]
    costs = [d for d in told["directions"] if d["column"] == "accuracy" and d["larger"] == "SRB_k3"]
    assert [d["verdict"] for d in costs] == ["no evidence"]
    # p = 0.1, n = 400: 0.1 + 2·0.015
    assert costs[0]["evidence"] == "SRB_k3 is at chance level: 11.00% on 400 samples, limit 13.00%"
    lowers = [d for d in told["directions"] if d["column"] == "spikes" and d["larger"] == "SRB_k3"]
    assert {d["evidence"] for d in lowers} == {""}  # its spikes were counted all the same
    assert "NaN" not in text


def test_a_row_at_chance_level_in_the_other_table_costs_the_evidence_too(tmp_path):
    """λ_reg = 1 against SNN_1 of the base table, which is at chance: p = 0.1, n = 400, limit 13 %."""
    base = PRESETS["findings-base"].config.model_dump(mode="json")
    base["data"]["test_samples"] = 400
    document = {"study": base, "trainings": [trained("SNN_1 SCB_k3", 0.12, 900.0)]}
    (tmp_path / "base.json").write_text(json.dumps(document))
    told = report([tmp_path / "base.json"])
    [costs] = [d for d in told["directions"] if d["smaller"] == "SCB_k3 λ_reg 1" and d["column"] == "accuracy"]
    assert costs["verdict"] == "no evidence"


def test_an_analysis_at_work_counts_with_what_it_has_trained(tmp_path):
    config = PRESETS["findings-base"].config
    rest = {"trainings": 8, "epochs": 100, "loss": (), "accuracy": (), "parameters": 1, "spikes_by_layer": {}}
    done = [trained("SNN_1 SCB_k3", 0.9, 100.0), trained("SNN_4 SCB_k3", 0.8, 230.0)]
    events = [TrainingFinished(number=i, **rest, **one) for i, one in enumerate(done)]
    going_on = Commit(checkpoint="0001.safetensors", sha256="0" * 64, size=1, step=1, phase="analysis")
    Journal(tmp_path, config).append(events, going_on)
    told = report([tmp_path])
    assert (told["trained"], told["planned"]) == (2, 8)
    [fires] = [d for d in told["directions"] if d["larger"] == "SNN_4 SCB_k3" and d["column"] == "spikes"]
    assert (fires["here"], fires["n"], fires["verdict"]) == (pytest.approx(2.3), 1, "one seed, same direction")


def test_nothing_trained_yet_is_refused(tmp_path):
    begun = Commit(checkpoint="0001.safetensors", sha256="0" * 64, size=1, step=1, phase="analysis")
    Journal(tmp_path, PRESETS["findings-base"].config).append([PhaseStarted(phase="analysis")], begun)
    with pytest.raises(MeasureError, match="give the folders of analyses that have trained a network"):
        measured([tmp_path])
