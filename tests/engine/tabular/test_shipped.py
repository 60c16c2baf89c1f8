"""Every table that comes with the product is whole, small, and what its metadata and report say."""

import hashlib
import json

import pytest

from engine.errors import MeasureError
from engine.tabular import shipped
from engine.tabular.benchmarks import benchmark
from engine.tabular.shipped import CARD, CROISSANT, PARQUET

MOST = 5_000_000


@pytest.fixture(params=shipped.names())
def name(request):
    return request.param


def test_it_holds_every_architecture_of_its_space_with_every_seed(name):
    table, made = shipped.load(name), benchmark(name)
    assert table.study.digest() == made.standalone.digest()
    assert table.genomes == tuple(architecture.code for architecture in made.standalone.space.enumerate())
    assert table.seeds == tuple(made.seeds)


def test_its_numbers_are_possible(name):
    table = shipped.load(name)
    for column in ("test_accuracy", "validation_accuracy", "supernet_accuracy", "firing_rate"):
        assert ((table.column(column) > 0) & (table.column(column) <= 1)).all(), column
    layers = sum(table.column(f"spikes_{layer}") for layer in table.layers)
    assert abs(layers - table.column("test_spikes")).max() < 0.01
    assert (table.column("parameters") == table.column("parameters")[:, :1]).all()


def test_its_metadata_are_of_this_file(name):
    folder = shipped.folder_of(name)
    content = (folder / PARQUET).read_bytes()
    [file] = json.loads((folder / CROISSANT).read_text())["distribution"]
    assert (file["sha256"], file["contentSize"]) == (hashlib.sha256(content).hexdigest(), f"{len(content)} B")
    assert sum(path.stat().st_size for path in folder.iterdir()) < MOST
    assert "CC BY 4.0" in (folder / CARD).read_text()


def test_its_report_is_of_this_table(name):
    table, report = shipped.load(name), shipped.report(name)
    assert [each["genome"] for each in report["front"]] == table.front()
    assert report["best"]["genome"] == table.best()
    assert report["best"]["fitness"] == pytest.approx(float(table.fitness().max()))
    assert {each["repetitions"] for source in report["searches"].values() for each in source.values()} == {200}


def test_a_name_that_is_none_is_refused():
    with pytest.raises(MeasureError, match=r"table: must be one of .*, got 'digits-1'"):
        shipped.load("digits-1")
