"""The estimate's extremes against every architecture of the space; its work by hand."""

import pytest

from engine.backends.layout import LANES
from engine.config.presets import PRESETS
from engine.cost.estimate import EVALUATED, estimate, rows_by_choice
from engine.cost.time import LAYER, OUTPUT_ELEMENT, time_model
from engine.space.architecture import Architecture
from engine.space.shapes import layer_specs

QUICK = PRESETS["quick-look"].config


def test_extremes_are_those_of_the_enumerated_space():
    sums = [
        (sum(row.parameters for row in walk), sum(row.macs for row in walk))
        for walk in (layer_specs(QUICK.network.macro, a, QUICK.input) for a in QUICK.space.enumerate())
    ]
    found = estimate(QUICK)
    assert found.space_size == len(sums) == 125
    assert (found.parameters.least, found.parameters.most) == (min(p for p, _ in sums), max(p for p, _ in sums))
    assert (found.macs.least, found.macs.most) == (min(m for _, m in sums), max(m for _, m in sums))
    assert abs(found.macs.mean - sum(m for _, m in sums) / len(sums)) < 1e-6 * found.macs.mean


@pytest.mark.parametrize("name", ["quick-look", "n-mnist-small", "digits-blocks", "snn-2", "snn-4"])
def test_the_rows_of_a_choice_are_those_of_an_architecture_that_makes_it(name):
    config = PRESETS[name].config
    fixed, by_choice = rows_by_choice(config)
    for k in range(max(len(choices) for choices in by_choice)):
        chosen = [choices[k % len(choices)] for choices in by_choice]
        architecture = Architecture(tuple(row.block for row in chosen))
        walk = layer_specs(config.network.macro, architecture, config.input, config.neuron_parameters)
        assert [row for row in walk if row in chosen] == chosen
        assert [row for row in walk if row not in chosen] == fixed


def test_the_rows_of_all_choices_take_one_walk(monkeypatch):
    """A layer's candidates once took a walk through all layers each: of 64 deep networks, seconds."""
    walked = []
    monkeypatch.setattr("engine.space.shapes.layer_specs", lambda *of: walked.append(of) or layer_specs(*of))
    rows_by_choice(QUICK)
    assert len(walked) == 1


def test_a_layer_of_few_channels_takes_as_long_as_one_of_sixteen():
    architecture = QUICK.space.at(0)
    assert architecture.code == "S-S-S"
    walk = layer_specs(QUICK.network.macro, architecture, QUICK.input)
    found = time_model(walk, (), QUICK.network.time_steps)
    stem, others = walk[0], walk[1:]
    assert (stem.name, stem.shape[0]) == ("stem", LANES // 2)
    by_hand = 2 * (stem.macs + OUTPUT_ELEMENT * stem.output_elements)
    by_hand += sum(row.macs + OUTPUT_ELEMENT * row.output_elements for row in others)
    assert found.per_image == pytest.approx(4 * by_hand)
    assert found.per_batch == 2 * LAYER  # the stem, and the skip from 8 channels to 16, which is a convolution
    assert found.step(10) == pytest.approx(10 * 3 * found.per_image + 2 * LAYER)
    assert found.epoch(100, 10) == pytest.approx(10 * found.step(10))


def test_the_budget_and_work_of_the_papers_recipe():
    paper = PRESETS["paper-cifar10"].config
    macro, found = paper.network.macro, estimate(paper)
    assert found.budget == 400
    walks = [layer_specs(macro, a, paper.input) for a in paper.space.enumerate()]
    mean_outputs = sum(sum(row.output_elements for row in walk) for walk in walks) / 3125
    per_image = 8 * (found.macs.mean + OUTPUT_ELEMENT * mean_outputs)  # every layer has 16 channels or more
    convolved = sum(row.macs > 0 for walk in walks for row in walk) / 3125 - 1  # the output is no convolution
    per_batch = convolved * LAYER
    assert found.work["search"] == pytest.approx(EVALUATED * 400 * 10_000 * per_image)
    assert found.work["supernet"] == pytest.approx(600 * (40_000 * per_image * 3 + 40_000 / 96 * per_batch))
    assert found.work["retrain"] == pytest.approx(
        600 * (50_000 * per_image * 3 + 50_000 / 96 * per_batch + 10_000 * per_image)
    )
