"""The comparison of supernets with training from scratch, on rankings small enough to count pairs in."""

import json

import pytest

from benchmarks.ranks import (
    Standalone,
    Supernet,
    accuracy_of_first,
    compared,
    mean_of,
    read_supernet,
    standalone_of,
    table,
    tau,
    with_interval,
)  # fmt: skip
from engine.errors import MeasureError

ORDER = [f"g{i}" for i in range(4)]


def ranks(*values):
    return dict(zip(ORDER, map(float, values), strict=True))


def test_tau_counts_pairs():
    # of 6 pairs one, (g2, g3), is the other way round: (5 − 1) ÷ 6
    assert tau(ranks(1, 2, 3, 4), ranks(1, 2, 4, 3)) == pytest.approx(4 / 6)
    with pytest.raises(MeasureError, match="one side are equal"):
        tau(ranks(1, 1, 1, 1), ranks(1, 2, 3, 4))


def test_the_interval_of_a_mean_is_students():
    # 1, 2, 3: mean 2, deviation 1, t of 2 degrees of freedom at 97.5 % = 4.3027; 4.3027 ÷ √3 = 2.4842
    found = with_interval([1.0, 2.0, 3.0])
    assert (found["low"], found["high"]) == pytest.approx((2 - 2.4842, 2 + 2.4842), abs=1e-4)


def test_the_first_by_estimate_are_told_by_what_they_reach_from_scratch():
    alone = {f"g{i:02}": i / 100 for i in range(12)}
    estimate = {code: -value for code, value in alone.items()}  # the worst first: g00 … g09
    assert accuracy_of_first(estimate, alone) == pytest.approx(0.045)


def csv_of(tmp_path, architectures, seeds):
    lines = [f"g{i},{s},{(i + s) / 100},{10 * i + s}" for i in range(architectures) for s in range(seeds)]
    path = tmp_path / "alone.csv"
    path.write_text("\n".join(["genome,seed,accuracy,spikes", *lines, "g99,0,0.5,1"]) + "\n")
    return path


def test_only_architectures_with_every_seed_count(tmp_path):
    found = standalone_of(csv_of(tmp_path, 30, 3))
    assert len(found.accuracy) == len(found.spikes) == 3
    assert len(found.accuracy[0]) == 30  # g99 has one seed alone
    assert mean_of(found.accuracy)["g7"] == pytest.approx(0.08)


@pytest.mark.parametrize(("architectures", "seeds"), [(29, 3), (30, 2)])
def test_too_few_are_refused(architectures, seeds, tmp_path):
    with pytest.raises(MeasureError, match=f"needs at least 30 .* 3 seeds .* has {architectures} with {seeds}"):
        standalone_of(csv_of(tmp_path, architectures, seeds))


def test_a_supernet_is_read_from_its_study(tmp_path):
    def epoch(spikes):
        return {"kind": "epoch_finished", "phase": "supernet", "spikes": spikes, "accuracy": 0.7}

    candidate = {"architecture": "R3", "accuracy": 0.5, "spikes": 9.0}
    events = [epoch(5.0), epoch(6.0)]
    (tmp_path / "study.json").write_text('{"seed": 4}')
    (tmp_path / "events.jsonl").write_text("\n".join(map(json.dumps, events)) + "\n")
    with pytest.raises(MeasureError, match="no architecture is evaluated yet"):
        read_supernet(tmp_path)
    events.append({"kind": "generation_finished", "candidates": [candidate]})
    (tmp_path / "events.jsonl").write_text("\n".join(map(json.dumps, events)) + "\n")
    assert read_supernet(tmp_path) == Supernet(4, 6.0, 0.7, {"R3": 0.5}, {"R3": 9.0})


def test_two_rules_are_compared_seed_by_seed():
    right, wrong = ranks(0.1, 0.2, 0.3, 0.4), ranks(0.4, 0.3, 0.2, 0.1)
    alone = Standalone((right, right, right), (right, right, right))
    nets = {
        "rest": [Supernet(seed, 100.0 + seed, 0.5, right, right) for seed in (0, 1, 2)],
        "drift": [Supernet(seed, 120.0 + 2 * seed, 0.6, wrong, right) for seed in (0, 1, 2)],
    }
    found = compared(nets, alone)
    assert found["rules"]["rest"]["tau_accuracy"]["mean"] == pytest.approx(1)
    assert found["difference"]["tau_accuracy"]["mean"] == pytest.approx(-2)
    assert found["difference"]["average_spikes"]["values"] == [20, 21, 22]
    assert found["between_rules"]["mean"] == pytest.approx(-1)
    assert found["retraining"]["tau_accuracy"]["mean"] == pytest.approx(1)
    with pytest.raises(MeasureError, match="at least 3 seeds of each rule, got 2"):
        compared({rule: seeds[:2] for rule, seeds in nets.items()}, alone)
    assert any("difference of tau_accuracy: -2" in line for line in table(found))
