"""A search of one's own, given as a function, on a trained supernet."""

import pytest

import autosnn as A
from engine.config.algorithms import ALGORITHMS
from engine.schema.own import SOURCES


@pytest.fixture
def forgotten():
    """What a test registers is gone behind it."""
    before, sources = dict(ALGORITHMS), dict(SOURCES)
    yield
    for registry, kept in ((ALGORITHMS, before), (SOURCES, sources)):
        registry.clear()
        registry.update(kept)


def two_generations(asked):
    """A first architecture of the space, then a second."""
    return [asked.space.at(asked.generation)] if asked.generation < 2 else []


@pytest.mark.usefixtures("forgotten")
def test_it_searches_the_supernet_and_is_named_in_the_config(finished, tmp_path):
    found = finished.supernet.search(A.search.Custom(two_generations), workdir=tmp_path / "w", generations=5).run()
    space = finished.config.study.space
    assert [row["architecture"] for row in found.candidates] == [space.at(0).code, space.at(1).code]
    assert found.config["search.algorithm"] == "two_generations"
    assert set(found.config.study.parts) == {"search.two_generations"}


@pytest.mark.usefixtures("forgotten")
def test_a_name_stands_for_one_function():
    assert A.search.Custom(two_generations, "mine").registered() == "mine"
    assert A.search.Custom(two_generations, "mine").registered() == "mine"
    with pytest.raises(A.RegistryError, match="search 'mine' is another function already"):
        A.search.Custom(lambda asked: [], "mine").registered()
    with pytest.raises(A.RegistryError, match="must be letters, digits and _"):
        A.search.Custom(lambda asked: []).registered()
