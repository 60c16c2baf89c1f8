"""The page of the benchmark table: its numbers, its files, a search run on it, and nothing where there is no table."""

from __future__ import annotations

import re

import pytest

from engine.tabular import shipped
from engine.tabular.columns import columns
from engine.tabular.publish import publish
from tests.engine.tabular.made import FEW, made, study
from webapp.studies.views import benchmark_table

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Tables, one of them made by hand under the name of the real one."""
    found = tmp_path_factory.mktemp("data")
    about = {"supernet": "one epoch", "device": "cpu", "date": "2026-11-30"}
    publish(made(study(FEW)), found / benchmark_table.TABLE, repetitions=4, **about)
    return found


@pytest.fixture
def read(alice, as_user, folder, monkeypatch):
    """Answers of the site, whose table is one made by hand."""
    monkeypatch.setattr(shipped, "FOLDER", folder)
    benchmark_table._table.cache_clear()
    client = as_user(alice)

    def answer(path: str, status: int = 200):
        found = client.get(path)
        assert found.status_code == status, path
        return found

    yield answer
    benchmark_table._table.cache_clear()


def test_the_index_links_it(read):
    assert 'href="/docs/benchmark"' in read("/docs/").content.decode()


def test_the_page_shows_front_agreement_regret_and_columns(read):
    page = read("/docs/benchmark").content.decode()
    for text in ("S-S", "C3-C3", "supernet_accuracy", "synflow", "NSGA-II on accuracy and spikes", "CC BY 4.0"):
        assert text in page
    assert all(f"<code>{column.name}</code>" in page for column in columns(("stem", "output")))


def test_every_linked_file_and_picture_is_there(read):
    page = read("/docs/benchmark").content.decode()
    linked = set(re.findall(r'(?:href|src)="(/docs/benchmark/[\w.-]+)"', page))
    assert len(linked) == 7
    for path in linked:
        assert len(read(path).content) > 100
    read("/docs/benchmark/secret.txt", 404)
    read("/docs/benchmark/..%2Fdigits-125%2Ftable.parquet", 404)


def test_a_picture_has_a_dot_for_every_architecture(read):
    picture = read("/docs/benchmark/map.svg").content.decode()
    assert picture.startswith("<?xml")
    assert picture.count("h0") == 4 + 4, "all four, and the four of the front"


def test_a_search_runs_on_request(read):
    page = read("/docs/benchmark?algorithm=exhaustive&source=validation&seed=0").content.decode()
    assert "It evaluated 4 architectures" in page
    assert page.count("<td>enumerated</td>") == 4


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("algorithm=luck", "algorithm must be one of evolution"),
        ("algorithm=evolution&source=stars", "source validation or supernet"),
        ("algorithm=evolution&seed=-1", "seed must be a whole number from 0 to 2,147,483,647"),
        ("algorithm=evolution&seed=99999999999999", "seed must be a whole number"),
    ],
)
def test_a_wrong_request_is_told(read, query, said):
    assert said in read(f"/docs/benchmark?{query}").content.decode()


def test_without_a_table_the_page_says_how_to_make_it(alice, as_user, tmp_path, monkeypatch):
    monkeypatch.setattr(shipped, "FOLDER", tmp_path)
    client = as_user(alice)
    assert "comes without the table" in client.get("/docs/benchmark?algorithm=evolution").content.decode()
    assert client.get("/docs/benchmark/map.svg").status_code == 404
