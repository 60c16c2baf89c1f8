"""What makes a result worth little, from plain numbers: each warning, its limit, and what it advises."""

import math

import pytest

from engine.analysis.sanity import Evaluations, Facts, Result, chance_level, evaluations, firing_rates, warnings
from engine.config.network import NeuronConfig
from engine.space.shapes import layer_specs
from tests.engine.tiny import tiny_config

CONFIG = tiny_config()
GOOD = {"stem": 0.2, "1": 0.1, "2": 0.3, "3": 0.1, "output": 0.05}


def result(what: str = "the winner", accuracy: float = 0.9, spikes: float = 50.0, **more: object) -> Result:
    return Result(what, accuracy, spikes, **{"classes": 10, "samples": 40, "rates": GOOD, **more})  # type: ignore[arg-type]


def codes(*results: Result, average: float | None = 60.0, seen: Evaluations | None = None) -> list[str]:
    return [one.code for one in warnings(Facts(CONFIG, average, seen, results))]


def only(*results: Result, config=CONFIG, average: float | None = 60.0, seen: Evaluations | None = None):
    [found] = warnings(Facts(config, average, seen, results))
    return found


def test_a_good_result_is_not_warned_of():
    assert codes(result(), seen=evaluations([(0.5, 0.6), (0.4, 0.5)])) == []
    assert codes() == []


def test_a_silent_network_is_named_wherever_it_is():
    silent = dict.fromkeys(GOOD, 0.0)
    found = only(result(accuracy=0.1, spikes=0.0, rates=silent), average=0.0)
    assert found.code == "silent"  # and neither chance level nor dead layers, which say less
    assert "Silent network: N = 0" in found.message
    assert "the supernet (N_avg) and the winner" in found.message


def test_the_advice_against_silence_is_of_this_study():
    neuron = NeuronConfig(kind="lif", threshold=7.5, tau=4.0)
    config = tiny_config(neuron=neuron)
    quiet = config.model_copy(update={"supernet": config.supernet.model_copy(update={"spike_regularisation": 0.1})})
    told = only(result(spikes=0.0), config=quiet).advice
    for part in ("threshold, now 7.5", "tau, now 4", "epochs, now 2", "learning_rate, now 0.02", "now 2)"):
        assert part in told
    assert "spike_regularisation" in told
    assert "average pooling" not in told
    pooled = CONFIG.network.macro.model_copy(update={"global_average_pooling": True})
    plain = tiny_config(neuron=NeuronConfig(kind="if"), macro=pooled)
    told = only(result(spikes=0.0), config=plain).advice
    assert "average pooling" in told
    assert "spike_regularisation" not in told
    assert "τ" not in told


def test_chance_level_by_hand():
    # p = 0.1, n = 36: 0.1 + 2·√(0.09 / 36) = 0.1 + 2·0.05
    assert chance_level(10, 36) == pytest.approx(0.2)
    assert chance_level(2, 100) == pytest.approx(0.6)


@pytest.mark.parametrize(("accuracy", "warned"), [(0.0, True), (0.1, True), (0.2, True), (0.21, False), (1.0, False)])
def test_an_accuracy_up_to_two_standard_errors_above_chance_is_no_evidence(accuracy, warned):
    assert codes(result(accuracy=accuracy, samples=36)) == (["chance"] if warned else [])
    if warned:
        told = only(result(accuracy=accuracy, samples=36)).message
        assert f"{accuracy:.2%} on 36 samples (limit 20.00%)" in told
        assert "p + 2·√(p(1 − p)/n), with p = 1/classes" in told


def test_without_the_number_of_samples_chance_level_is_not_known():
    assert codes(result(accuracy=0.1, samples=None)) == []


def test_ties_need_two_architectures():
    assert codes(seen=evaluations([(0.4, 0.5)])) == []
    assert evaluations([]) is None
    tied = only(seen=evaluations([(0.4, 0.5), (0.4, 0.5), (0.4, 0.5)]))
    assert tied.code == "tied"
    assert "Tied candidates: one fitness, 0.4000, for all 3 evaluated architectures" in tied.message
    spikes = only(seen=evaluations([(0.4, 0.5), (0.3, 0.5)])).message
    assert (
        "one accuracy, 50.00%, for all 2 evaluated architectures; the search told them apart by their spikes alone"
        in spikes
    )
    assert codes(seen=evaluations([(0.0, 0.5), (0.0, 0.6)])) == ["tied"]  # both silent, so of fitness 0


def test_dead_and_saturated_layers_are_told_by_name():
    dead = only(result(rates=GOOD | {"stem": 0.0, "2": 0.0}))
    assert (dead.code, "stem and layer 2 of the winner" in dead.message) == ("dead_layers", True)
    assert "the same class" not in dead.message
    assert "the same class" in only(result(rates=GOOD | {"output": 0.0})).message
    full = only(result(rates=GOOD | {"3": 0.95}))
    assert (full.code, "layer 3 of the winner" in full.message) == ("saturated_layers", True)
    assert "raise the threshold (network.neuron.threshold, now 0.3)" in full.advice
    assert codes(result(rates=GOOD | {"3": 0.949})) == []


def test_zeros_of_an_ann_are_no_spikes_and_its_full_layers_no_fault():
    macro = CONFIG.network.macro.model_copy(update={"votes_per_class": 1})
    relu = tiny_config(neuron=NeuronConfig(kind="relu"), time_steps=1, macro=macro)
    assert warnings(Facts(relu, results=(result(rates=GOOD | {"1": 1.0}),))) == []
    assert "activation other than zero" in only(result(spikes=0.0), config=relu, average=None).message


def test_firing_rates_by_hand_leave_out_what_has_no_output_elements():
    code = "S-R3"  # a skip at stride 1 counts nothing
    layers = layer_specs(CONFIG.network.macro, CONFIG.space.at(0), CONFIG.input)
    assert [row.name for row in layers] == ["stem", "1", "2", "3", "output"]
    found = firing_rates(CONFIG, code, dict(zip(GOOD, [256.0, 0.0, 32.0, 96.0, 0.0], strict=True)))
    # at T = 2: 256 of 4·8·8·2, 32 of 4·4·4·2, 96 of 2·6·4·4·2, 0 of 20·2
    assert found == {"stem": 0.5, "2": 0.25, "3": 0.25, "output": 0.0}
    assert all(math.isfinite(rate) for rate in found.values())
