"""Tables as pandas, Parquet, CSV, HTML and figures."""

import csv
import sys

import pyarrow.parquet
import pytest

import autosnn as A
from autosnn.table import Axes

ROWS = [
    {"architecture": "S-C3", "spikes": 2.0, "accuracy": 0.5, "generation": 0, "parents": []},
    {"architecture": "R5-S", "spikes": 3.0, "accuracy": None, "generation": 1, "parents": [0, 1]},
]


@pytest.fixture
def table():
    return A.Table.of("found", list(ROWS[0]), ROWS, Axes("spikes", "accuracy", "generation"))


def test_rows_and_columns(table):
    assert list(table) == ROWS
    assert (len(table), table[1]["spikes"], table["spikes"]) == (2, 3.0, [2.0, 3.0])
    assert len(A.Table.of("none", ["a"], [])) == 0


def test_pandas_has_the_columns(table):
    frame = table.to_pandas()
    assert frame["spikes"].tolist() == [2.0, 3.0]
    assert frame["accuracy"].isna().tolist() == [False, True]


def test_without_pandas_it_says_what_to_install(table, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(A.MeasureError, match="pip install pandas"):
        table.to_pandas()


def test_parquet_reads_back(table, tmp_path):
    assert pyarrow.parquet.read_table(table.to_parquet(tmp_path / "a" / "t.parquet")).to_pylist() == ROWS


def test_csv_reads_back(table, tmp_path):
    with table.to_csv(tmp_path / "t.csv").open(newline="") as file:
        found = list(csv.DictReader(file))
    assert found[1] == {"architecture": "R5-S", "spikes": "3.0", "accuracy": "", "generation": "1", "parents": "0 1"}


def test_a_notebook_shows_genomes_as_strips_and_escapes_text(table):
    shown = table._repr_html_()
    assert shown.count("<svg") == 2
    assert 'aria-label="R5-S"' in shown
    evil = A.Table.of("<b>", ["<i>", "architecture"], [{"<i>": "<script>", "architecture": '"><script>'}])
    assert "<script>" not in evil._repr_html_()


def test_long_tables_are_cut_in_a_notebook():
    long = A.Table.of("long", ["n"], [{"n": n} for n in range(43)])
    assert "3 more rows" in long._repr_html_()
    assert "<td>39</td>" in long._repr_html_()
    assert "<td>40</td>" not in long._repr_html_()


def test_a_figure_has_a_trace_for_each_generation(table):
    traces = table.figure().data
    assert [(trace.name, trace.x, trace.text) for trace in traces] == [
        ("generation 0", (2.0,), ("S-C3",)),
        ("generation 1", (3.0,), ("R5-S",)),
    ]
    with pytest.raises(A.MeasureError, match="figure: none has none"):
        A.Table.of("none", ["a"], []).figure()
