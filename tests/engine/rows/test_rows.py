"""A study as rows: by hand from a few events, the same in CSV and Parquet, and from a folder by the command."""

import csv
import io
import json

import pyarrow
import pytest
from pyarrow import parquet

from engine.__main__ import main
from engine.rows.columns import COLUMNS
from engine.rows.files import as_csv, as_parquet, in_form
from engine.rows.of_events import rows_of
from tests.engine.tiny import tiny_config


def candidate(number, generation, **more):
    return {
        "id": number, "generation": generation, "architecture": f"S-C{number}", "accuracy": 0.5, "spikes": 10.5,
        "firing_rate": 0.25, "fitness": 0.45, "parameters": 7, "origin": "random", "parents": [], "changed": [],
    } | more  # fmt: skip


EVENTS = [
    {"kind": "study_started"},
    {"kind": "phase_started", "phase": "supernet", "architecture": None},
    {"kind": "epoch_finished", "phase": "supernet", "epoch": 1, "epochs": 1, "loss": 0.5, "accuracy": 0.25,
     "spikes": 100.0, "test_accuracy": None, "test_spikes": None},
    {"kind": "generation_finished", "candidates": [candidate(0, 0), candidate(1, 0)], "front": [0]},
    {"kind": "generation_finished", "candidates": [candidate(2, 1, origin="mutation", parents=[1], changed=[0, 2])],
     "front": [2, 0]},
    {"kind": "phase_started", "phase": "retrain", "architecture": "S-C2"},
    {"kind": "epoch_finished", "phase": "retrain", "epoch": 1, "epochs": 1, "loss": 0.4, "accuracy": 0.75,
     "spikes": 90.0, "test_accuracy": 0.625, "test_spikes": 80.0},
    {"kind": "study_finished", "architecture": "S-C2", "test_accuracy": 0.625, "test_spikes": 80.0,
     "firing_rate": 0.125, "parameters": 7},
    {"kind": "phase_started", "phase": "analysis", "architecture": None},
    {"kind": "training_finished", "number": 0, "arm": "=1+1", "architecture": "S-C0", "seed": 4, "epochs": 2,
     "loss": [0.5, 0.25], "accuracy": [0.5, 0.75], "test_accuracy": 0.5, "test_spikes": 70.0, "firing_rate": 0.1,
     "parameters": 9, "search_accuracy": 0.5},
]  # fmt: skip
CONFIG = tiny_config(seed=3)
STUDY = {"seed": 3, "config_sha256": CONFIG.digest()}


def table(what):
    """The rows without the columns that name the study."""
    found = rows_of(what, CONFIG, EVENTS)
    assert {(row["seed"], row["config_sha256"]) for row in found.rows} <= {(3, CONFIG.digest()), (4, CONFIG.digest())}
    return [{k: v for k, v in row.items() if k not in STUDY and v is not None} for row in found.rows]


def test_candidates_and_the_front_of_the_newest_generation():
    first, second, third = table("candidates")
    assert first == {
        "candidate": 0, "generation": 1, "architecture": "S-C0", "accuracy": 0.5, "spikes": 10.5, "firing_rate": 0.25,
        "fitness": 0.45, "parameters": 7, "origin": "random", "parents": "", "changed": "", "on_front": True,
    }  # fmt: skip
    assert second["on_front"] is False
    assert (third["generation"], third["parents"], third["changed"]) == (2, "1", "1 3")
    assert [row["candidate"] for row in table("front")] == [2, 0]


def test_curves_of_every_phase():
    supernet, retrain, *training = table("curves")
    assert supernet == {"phase": "supernet", "epoch": 1, "loss": 0.5, "accuracy": 0.25, "spikes": 100.0}
    assert retrain["architecture"] == "S-C2"
    assert (retrain["test_accuracy"], retrain["test_spikes"]) == (0.625, 80.0)
    fixed = {"phase": "training", "training": 0, "architecture": "S-C0"}
    assert training == [
        fixed | {"epoch": 1, "loss": 0.5, "accuracy": 0.5}, fixed | {"epoch": 2, "loss": 0.25, "accuracy": 0.75}
    ]  # fmt: skip


def test_trainings_are_the_winner_and_the_networks_trained_beside_it():
    winner, other = rows_of("trainings", CONFIG, EVENTS).rows
    assert (winner["arm"], winner["training"], winner["seed"], winner["test_spikes"]) == ("winner", None, 3, 80.0)
    assert (other["arm"], other["training"], other["seed"], other["search_accuracy"]) == ("=1+1", 0, 4, 0.5)


@pytest.mark.parametrize("what", COLUMNS)
def test_csv_and_parquet_hold_the_same(what):
    found = rows_of(what, CONFIG, EVENTS)
    stored = parquet.read_table(pyarrow.BufferReader(as_parquet(found, CONFIG)))
    assert stored.to_pylist() == [dict(row) for row in found.rows]
    told = [field.metadata[b"description"].decode() for field in stored.schema]
    assert told == [column.description for column in found.columns]
    assert json.loads(stored.schema.metadata[b"autosnn"])["study"] == CONFIG.model_dump(mode="json")
    read = list(csv.DictReader(io.StringIO(as_csv(found))))
    assert len(read) == len(found.rows)
    for cells, row in zip(read, found.rows, strict=True):
        for name, value in row.items():
            shown = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
            assert cells[name] == ("'=1+1" if value == "=1+1" else shown)  # no formula for a spreadsheet


def test_a_study_at_its_beginning_has_columns_and_no_rows():
    for what in COLUMNS:
        empty = rows_of(what, CONFIG, EVENTS[:1])
        assert empty.rows == ()
        assert as_csv(empty).strip() == ",".join(column.name for column in COLUMNS[what])
        assert parquet.read_table(pyarrow.BufferReader(in_form(empty, "parquet", CONFIG))).num_rows == 0


def test_the_command_reads_a_folder(tmp_path, capsys):
    config = tiny_config()
    study = tmp_path / "study.json"
    study.write_text(config.canonical())
    assert main(["run", str(study), "--workdir", str(tmp_path / "w")]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert main(["rows", str(tmp_path / "w")]) == 0
    printed = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    seen = [one for event in events if event["kind"] == "generation_finished" for one in event["candidates"]]
    assert [float(row["accuracy"]) for row in printed] == [one["accuracy"] for one in seen]
    assert main(["rows", str(tmp_path / "w"), "--what", "curves", "--out", str(tmp_path / "c.parquet")]) == 0
    assert parquet.read_table(tmp_path / "c.parquet").num_rows == 4  # two epochs of the supernet, two of the winner
    assert "4 rows: " in capsys.readouterr().err
    assert main(["rows", str(tmp_path / "w"), "--out", str(tmp_path / "c.xlsx")]) == 2
    assert "--out: must end in .csv or .parquet, got 'c.xlsx'" in capsys.readouterr().err
