"""A table is made by one command, in one process or in parts, and its files describe it."""

import hashlib
import json
import re
from functools import partial

import numpy as np
import pytest

from engine.__main__ import main
from engine.config.analysis import AnalysisConfig, Arm
from engine.config.parse import parse_config
from engine.config.presets import PRESETS
from engine.config.presets_analysis import every_architecture
from engine.config.study import StudyConfig
from engine.errors import ConfigError
from engine.metrics.rank_correlation import rank_correlation
from engine.tabular import agreement, benchmarks, shipped
from engine.tabular.benchmarks import BENCHMARKS, Benchmark, benchmark, part
from engine.tabular.columns import columns
from engine.tabular.parquet import read
from engine.tabular.shipped import CARD, CROISSANT, PARQUET, REPORT
from tests.engine.tiny import tiny_config

GENOMES = ("S-S", "S-C3", "C3-S", "C3-C3")


def little() -> Benchmark:
    """Two blocks in two layers, one epoch each."""
    tiny = tiny_config(candidates=("skip_connect", "SCB_k3"))
    short = tiny.model_copy(update={"supernet": tiny.supernet.model_copy(update={"epochs": 1})})
    supernet = short.model_dump() | {"search": {**tiny.search.model_dump(), "algorithm": "exhaustive"}}
    standalone = every_architecture(tiny, "Little", epochs=1, seeds=2)
    return Benchmark("little", "Little", standalone, StudyConfig.model_validate(supernet), repetitions=5)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folder of a table made in two parts."""
    workdir = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(benchmarks.BENCHMARKS, "little", little())
        # only the interval of τ depends on the resamples
        patch.setattr(agreement, "rank_correlation", partial(rank_correlation, resamples=100))
        for options in (["--part", "1/2"], ["--part", "2/2"], []):
            assert main(["table", "make", "little", "--workdir", str(workdir), *options]) == 0
    return workdir


@pytest.fixture
def asked(made, tmp_path, monkeypatch, capsys):
    """Answers of `python -m engine table …` on the table that was made."""
    (tmp_path / "little").symlink_to(made / "table")
    monkeypatch.setattr(shipped, "FOLDER", tmp_path)

    def ask(*words: str):
        capsys.readouterr()
        assert main(["table", *words]) == 0
        return json.loads(capsys.readouterr().out)

    return ask


def test_parts_together_are_the_whole():
    whole = little().standalone
    parts = [part(whole, number, 2).analysis.arms[0].architectures for number in (1, 2)]
    assert sorted(parts[0] + parts[1]) == sorted(GENOMES)
    assert [config.analysis.seeds for config in (whole, part(whole, 1, 2))] == [2, 2]
    for wrong in ((0, 2), (3, 2), (1, 5)):
        with pytest.raises(ConfigError, match="part: must be K/N with 1 ≤ K ≤ N ≤ 4"):
            part(whole, *wrong)


def test_a_row_is_the_training_of_that_architecture_and_seed(made, tmp_path):
    table = read(made / "table" / PARQUET)
    assert (table.genomes, table.seeds) == (GENOMES, (0, 1))
    study = little().standalone
    analysis = AnalysisConfig(
        arms=(Arm(label="one", architectures=("C3-S",)),), seeds=2, train_on="train", operations=True
    )
    alone = tmp_path / "alone.json"
    alone.write_text(
        parse_config(study.model_dump(mode="json") | {"analysis": analysis.model_dump(mode="json")}).canonical()
    )
    assert main(["run", str(alone), "--workdir", str(tmp_path / "alone")]) == 0
    trained = json.loads((tmp_path / "alone" / "result" / "analysis.json").read_text())["trainings"]
    for name in ("test_accuracy", "validation_spikes", "effective_acs", "parameters"):
        assert table.record("C3-S")[name] == [training[name] for training in trained]
    assert table.record("C3-S")["spikes_stem"] == [training["spikes_by_layer"]["stem"] for training in trained]


def test_spikes_by_layer_sum_to_n(made):
    table = read(made / "table" / PARQUET)
    layers = sum(table.column(f"spikes_{layer}") for layer in table.layers)
    assert np.allclose(layers, table.column("test_spikes"))


def test_made_again_it_is_the_same(made, monkeypatch):
    monkeypatch.setitem(benchmarks.BENCHMARKS, "little", little())
    before = (made / "table" / PARQUET).read_bytes()
    assert main(["table", "make", "little", "--workdir", str(made)]) == 0
    assert (made / "table" / PARQUET).read_bytes() == before


def test_croissant_names_file_hash_licence_and_every_column(made):
    metadata = json.loads((made / "table" / CROISSANT).read_text())
    [file], [records] = metadata["distribution"], metadata["recordSet"]
    content = (made / "table" / PARQUET).read_bytes()
    assert file["sha256"] == hashlib.sha256(content).hexdigest()
    assert file["contentSize"] == f"{len(content)} B"
    assert metadata["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert metadata["conformsTo"] == "http://mlcommons.org/croissant/1.0"
    assert [field["name"] for field in records["field"]] == [
        c.name for c in columns(read(made / "table" / PARQUET).layers)
    ]
    assert {field["source"]["fileObject"]["@id"] for field in records["field"]} == {file["@id"]}


def test_the_card_tells_licences_recipe_and_columns(made):
    card = (made / "table" / CARD).read_text()
    assert "license: cc-by-4.0" in card
    assert "UCI optical digits, CC BY 4.0" in card
    assert "1 epoch (Adam" in card
    assert "| `spikes_stem` |" in card


def test_the_report_has_everything_that_is_told_of_a_table(made):
    report = json.loads((made / "table" / REPORT).read_text())
    assert len(report["points"]) == 4
    assert set(report["searches"]["supernet"]) == {
        "evolution",
        "random_search",
        "random_sampling",
        "exhaustive",
        "nsga2",
    }
    assert {each["predictor"] for each in report["agreement"]} >= {"supernet_accuracy", "synflow", "parameters"}
    assert [each["supernet"] for each in report["supernet_winners"]] == [0, 1]


def test_tables_are_listed_and_shown(asked):
    assert [(each["table"], each["architectures"]) for each in asked("list")] == [("little", 4)]
    assert [each["genome"] for each in asked("show", "little")] == list(GENOMES)
    assert asked("show", "little", "--genome", "S-S")["seeds"] == [0, 1]
    front = asked("show", "little", "--front")
    assert [each["test_spikes"] for each in front] == sorted(each["test_spikes"] for each in front)


def test_a_search_runs_on_the_table(asked):
    found = asked("search", "little", "--algorithm", "exhaustive")
    assert found["first"]["evaluated"] == list(GENOMES)
    assert "regret" not in found
    found = asked("search", "little", "--source", "supernet", "--repetitions", "3", "--evaluations", "4")
    assert len(found["regret"]["median"]) == 4


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["show", "digits-9"], "table: must be one of .*, got 'digits-9'"),
        (["make", "digits-9", "--workdir", "w"], "table: must be one of digits-125, got 'digits-9'"),
        (["make", "digits-125", "--workdir", "w", "--part", "2"], "part: must be K/N, such as 1/2, got '2'"),
        (["make", "digits-125", "--workdir", "w", "--part", "3/2"], "part: must be K/N with 1 ≤ K ≤ N ≤ 125, got 3/2"),
    ],
)
def test_a_wrong_word_is_refused_in_one_line(words, said, capsys):
    assert main(["table", *words]) == 2
    assert re.search(said, capsys.readouterr().err)


def test_too_few_evaluations_are_refused(made, tmp_path, monkeypatch, capsys):
    (tmp_path / "little").symlink_to(made / "table")
    monkeypatch.setattr(shipped, "FOLDER", tmp_path)
    assert main(["table", "search", "little", "--evaluations", "0"]) == 2
    assert "evaluations: must be at least 1, got 0" in capsys.readouterr().err


def test_digits_125_is_quick_look_from_scratch():
    found, quick = benchmark("digits-125"), PRESETS["quick-look"].config
    assert found.standalone.space == quick.space
    assert found.standalone.analysis.arms[0].trainings == quick.space.size == 125
    assert list(found.seeds) == [0, 1, 2]
    assert found.supernet.supernet == quick.supernet
    assert set(BENCHMARKS) == {"digits-125"}
