"""`python -m engine energy`: the printed energy ledger of a trained network."""

import json

import numpy as np
import pytest

from engine.__main__ import main
from tests.engine.tiny import tiny_config


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    study = folder / "study.json"
    study.write_text(json.dumps(tiny_config().model_dump(mode="json")))
    assert main(["run", str(study), "--workdir", str(folder / "w")]) == 0
    return folder / "w" / "result"


def printed(capsys, *arguments):
    assert main([*map(str, arguments)]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_ledger_sums_exactly_to_the_spikes_of_evaluate(result, capsys):
    evaluated, account = printed(capsys, "evaluate", result), printed(capsys, "energy", result)
    assert account["spikes"] == evaluated["spikes"] > 0
    cells = np.array([row["spikes"] for row in account["rows"]])
    assert cells.sum() == account["spikes"]
    assert cells.sum(axis=1).tolist() == list(evaluated["spikes_by_layer"].values())
    assert [row["name"] for row in account["rows"]] == list(evaluated["spikes_by_layer"])
    assert (account["accuracy"], account["samples"]) == (evaluated["accuracy"], evaluated["samples"])


def test_totals_are_the_sums_of_layers_and_follow_neurobench_s_names(result, capsys):
    account = printed(capsys, "energy", result)
    operations = account["neurobench"]["synaptic_operations"]
    for name, key in (("Effective_MACs", "effective_macs"), ("Effective_ACs", "effective_acs")):
        assert operations[name] == pytest.approx(sum(sum(row["operations"][key]) for row in account["rows"]))
    assert operations["Dense"] == sum(row["operations"]["dense"] for row in account["rows"])
    assert 0 < operations["Effective_ACs"] < operations["Dense"]
    assert 0 < account["neurobench"]["activation_sparsity"] < 1
    assert account["neurobench"]["connection_sparsity"] == 0
    assert account["energy_nj"] == pytest.approx(sum(row["energy_nj"] for row in account["rows"]))


def test_only_the_stem_multiplies_and_does_so_once(result, capsys):
    """Stem 1 → 4 on 8×8 with padding: (3·8 − 2)²·4 = 1,936 connections; no pixel is 0 once normalised."""
    stem, *others = printed(capsys, "energy", result)["rows"]
    assert stem["operations"]["dense"] == 1936
    assert stem["operations"]["effective_acs"] == [0, 0]
    assert stem["operations"]["effective_macs"] == [1936, 0]
    assert all(sum(row["operations"]["effective_macs"]) == 0 for row in others)


def test_costs_are_the_user_s_to_set_with_their_source(result, capsys):
    own = ("--mac-pj", "1000", "--ac-pj", "0", "--source", "a chip of ours")
    account = printed(capsys, "energy", result, *own)
    assert account["energy_model"] == {"mac_pj": 1000, "ac_pj": 0, "source": "a chip of ours"}
    assert account["energy_nj"] == pytest.approx(account["effective_macs"])  # 1,000 pJ = 1 nJ a MAC
    assert "Horowitz" in printed(capsys, "energy", result, "--costs", "int32-45nm")["energy_model"]["source"]


def test_memory_accesses_are_counted_beside_an_8_bit_ann(result, capsys):
    account = printed(capsys, "energy", result)
    found = account["memory_inclusive"]
    assert [row["name"] for row in found["rows"]] == [row["name"] for row in account["rows"]]
    for whole, each in (("snn_int8_nj", "snn_int8_nj"), ("ann_int8_nj", "ann_int8_nj")):
        assert sum(row[each] for row in found["rows"]) == pytest.approx(found[whole]["total"])
    assert found["firing_rate"] == pytest.approx(account["firing_rate"])
    assert found["ratio"] == pytest.approx(found["snn_int8_nj"]["total"] / found["ann_int8_nj"]["total"])
    # the 32-bit network multiplies at 3.2 pJ where the 8-bit one does at 0.23 pJ
    assert found["ratio_int32"] > found["ratio"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--mac-pj", "3"), "missing: ac_pj, source"),
        (("--mac-pj", "3", "--ac-pj", "nan", "--source", "x"), "costs.ac_pj: must be"),
    ],
)
def test_bad_costs_are_refused_in_one_line_before_anything_runs(tmp_path, capsys, options, message):
    assert main(["energy", str(tmp_path / "nothing"), *options]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
