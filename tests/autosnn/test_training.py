"""Architectures trained from scratch by a study's recipe."""

import pytest

import autosnn as A


def test_each_genome_is_trained_with_each_seed(tiny, tmp_path):
    found = A.train(["S-S", "S-C3"], tiny.set("retrain.epochs=1"), seeds=range(2, 4), workdir=tmp_path)
    assert [(row["architecture"], row["seed"]) for row in found] == [("S-S", 2), ("S-S", 3), ("S-C3", 2), ("S-C3", 3)]
    assert all(0 <= row["test_accuracy"] <= 1 for row in found)
    again = A.train(["S-S", "S-C3"], tiny.set("retrain.epochs=1"), seeds=range(2, 4), workdir=tmp_path)
    assert again == found  # it is finished there


@pytest.mark.parametrize(
    ("genomes", "seeds", "said"),
    [
        ("S-S", [0, 2], r"seeds: must follow one another, such as 0, 1, 2; got \[0, 2\]"),
        ("S-S", [], "seeds: must follow one another"),
        ([], [0], "genomes: at least 1, such as R5-S-C3"),
        ("S-S-S", [0], "has 3 blocks; the space searches 2"),
    ],
)
def test_what_is_wrong_is_named(tiny, genomes, seeds, said):
    with pytest.raises(A.ConfigError, match=said):
        A.train(genomes, tiny, seeds=seeds)
