"""The paper's findings as directions: true of the paper's own numbers, and compared with ours and their spread."""

import json
from pathlib import Path

import pytest

from engine.analysis.findings import FINDINGS, Spread, directions, measured, report
from engine.analysis.published import PUBLISHED
from engine.cli.journal import Journal
from engine.config.presets import PRESETS
from engine.errors import MeasureError
from engine.events import Commit, StudyStarted


def test_every_finding_is_true_of_the_papers_own_numbers():
    listed = directions({})
    assert {direction.claim for direction in listed} == {finding.claim for finding in FINDINGS}
    assert all(direction.paper > 1 for direction in listed)
    assert {direction.verdict for direction in listed} == {"not measured"}


def test_the_papers_numbers_measured_here_appear_one_and_all():
    own = {((e.table, e.row), e.column): Spread(e.value, 0.0, 2) for e in PUBLISHED if e.value}
    assert {direction.verdict for direction in directions(own)} == {"appears"}


@pytest.mark.parametrize(
    ("larger", "smaller", "verdict"),
    [
        (Spread(12, 1, 4), Spread(10, 1, 4), "appears"),  # 2 > 2·√(1/4 + 1/4) = 1.41
        (Spread(11, 1, 4), Spread(10, 1, 4), "not clear"),
        (Spread(8, 1, 4), Spread(10, 1, 4), "does not appear"),
        (Spread(11, None, 1), Spread(10, None, 1), "appears"),  # one training each: no spread
        (Spread(9, None, 1), Spread(10, None, 1), "does not appear"),
    ],
)
def test_a_difference_counts_beyond_two_standard_errors(larger, smaller, verdict):
    found = {(("blocks", "SIB_k3_e1"), "spikes"): larger, (("blocks", "SCB_k3"), "spikes"): smaller}
    compared = [d for d in directions(found) if d.here is not None]
    assert [d.verdict for d in compared] == [verdict]


def test_arms_are_read_from_a_finished_analysis(tmp_path):
    spread = {"mean": 3.0, "deviation": None, "n": 1}
    arm = {"arm": "SCB_k3", "accuracy": spread, "spikes": spread, "firing_rate": spread}
    document = {"study": {"analysis": {"table": "blocks"}}, "report": {"arms": [arm]}}
    (tmp_path / "result").mkdir()
    (tmp_path / "result" / "analysis.json").write_text(json.dumps(document))
    assert measured([tmp_path])[("blocks", "SCB_k3"), "spikes"] == Spread(3.0, None, 1)


@pytest.mark.parametrize("content", [None, "{}", "[]", "rubbish"])
def test_what_is_no_analysis_is_refused(content, tmp_path):
    if content is not None:
        (tmp_path / "analysis.json").write_text(content)
    with pytest.raises(MeasureError, match=r"analysis"):
        measured([tmp_path])


def arm(label: str, accuracy: float, spikes: float) -> dict:
    one = {"deviation": None, "n": 1}
    return {"arm": label, "accuracy": {"mean": accuracy, **one}, "spikes": {"mean": spikes, **one},
            "firing_rate": {"mean": spikes / 1e4, **one}}  # fmt: skip


def analysis_of(folder, arms: list[dict], test_samples: int) -> Path:
    """The folder of a finished analysis of the poster's blocks, as `run` leaves it."""
    config = PRESETS["scaled-blocks"].config
    started = StudyStarted(
        config_digest="", space_size=1, time_steps=4, layers=(), train_samples=1, validation_samples=1,
        test_samples=test_samples, data_digest="", data_note="", device="cpu",
    )  # fmt: skip
    end = Commit(checkpoint="0001.safetensors", sha256="0" * 64, size=1, step=1, phase="done")
    Journal(folder, config).append([started], end)
    document = {"study": config.model_dump(mode="json"), "report": {"arms": arms}}
    (folder / "result").mkdir()
    (folder / "result" / "analysis.json").write_text(json.dumps(document))
    return folder


def test_silence_and_chance_level_carry_no_evidence(tmp_path):
    arms = [arm("SCB_k3", 0.6, 0.0), arm("SRB_k3", 0.11, 900.0), arm("SIB_k3_e1", 0.6, 800.0)]
    told = report([analysis_of(tmp_path, arms, 400)])
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
