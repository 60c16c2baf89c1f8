"""A table answers by genome and seed, tells the exact front and the best, and survives its file."""

import numpy as np
import pytest

from engine.errors import FileError, MeasureError
from engine.tabular import parquet
from engine.tabular.table import table_of
from tests.engine.tabular.made import ACCURACY, GENOMES, NAMES, SPIKES, made, row, rows, study


def test_rows_in_any_order_become_the_spaces_order():
    table = made()
    assert table.genomes == GENOMES
    assert table.seeds == (0, 1)
    assert table.column("test_accuracy")[GENOMES.index("R3-S")].tolist() == pytest.approx([0.59, 0.61])
    assert table.layers == ("stem", "output")


def test_means_over_the_seeds():
    assert made().means("test_accuracy").tolist() == pytest.approx(list(ACCURACY.values()))


def test_a_record_has_every_column():
    record = made().record("C3-R3")
    assert tuple(record) == NAMES
    assert record["test_spikes"] == [500, 500]


def test_the_exact_front_by_rising_spikes():
    assert made().front() == ["S-S", "C3-S", "R3-S", "C3-C3", "S-R3", "R3-C3", "C3-R3", "R3-R3"]


def test_fitness_by_hand():
    table = made()
    average = sum(SPIKES.values()) / 9
    assert table.average_spikes == pytest.approx(average)
    assert table.fitness(0.0).tolist() == pytest.approx(list(ACCURACY.values()))
    assert table.fitness(-0.5)[0] == pytest.approx(0.5 * (100 / average) ** -0.5)
    assert (table.best(0.0), table.best(-2.0)) == ("R3-R3", "S-S")
    assert np.array_equal(table.fitness(), table.fitness(study().search.fitness_lambda))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (rows()[1:], r"17 of 18 trainings are there; R3-R3 with seed 1 is not"),
        ([*rows(), row("S-S", 0)], r"S-S with seed 0 is given twice"),
        ([*rows(), {**row("S-S", 0), "genome": "S-S-S"}], r"'S-S-S' is no architecture of the space"),
        ([], r"0 of 9 trainings are there"),
    ],
)
def test_a_table_with_holes_is_refused(changed, message):
    with pytest.raises(MeasureError, match=message):
        table_of("by-hand", study(), changed, NAMES)


def test_a_wrong_name_is_told():
    with pytest.raises(MeasureError, match=r"column: by-hand has test_accuracy, .*, got 'loss'"):
        made().column("loss")
    with pytest.raises(MeasureError, match="no architecture 'S'"):
        made().record("S")


def test_the_file_gives_the_same_table(tmp_path):
    table = made()
    parquet.write(table, tmp_path / "table.parquet", {"date": "2026-11-30"})
    again = parquet.read(tmp_path / "table.parquet")
    assert (again.name, again.study, again.genomes, again.seeds) == ("by-hand", study(), table.genomes, table.seeds)
    assert tuple(again.values) == NAMES
    assert all(np.array_equal(again.column(name), table.column(name)) for name in NAMES)
    assert parquet.made(tmp_path / "table.parquet") == {"date": "2026-11-30"}


def test_the_same_table_makes_the_same_bytes(tmp_path):
    first, second = (parquet.write(made(), tmp_path / name, {}) for name in ("a", "b"))
    assert first.sha256 == second.sha256


@pytest.mark.parametrize("content", [b"", b"PAR1 no table"])
def test_another_file_is_refused(tmp_path, content):
    (tmp_path / "table.parquet").write_bytes(content)
    with pytest.raises(FileError, match=r"table\.parquet holds no table of this software"):
        parquet.read(tmp_path / "table.parquet")


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(FileError, match=r"table\.parquet"):
        parquet.read(tmp_path / "table.parquet")
