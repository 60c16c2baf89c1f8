"""A baseline as a network: it trains, runs all T steps, counts what its rows say, and refuses what cannot be built."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from engine.data import load as data_sets
from engine.errors import ConfigError, ShapeError
from engine.evaluation.prefix_tree import evaluate
from engine.model.network import parameter_count
from engine.model.zoo_network import build
from engine.space.shapes import Input
from engine.training.totals import Totals
from engine.training.trainer import Trainer, evaluation_batches
from engine.zoo.plans import Conv, Output, Plan, Pool
from engine.zoo.registry import ZOO
from engine.zoo.shapes import layer_specs
from tests.engine.zoo.tiny import zoo_config

T, SAMPLES, SMALL = 3, 2, 4
CPU = torch.device("cpu")


def small(name, time_steps=T, **settings):
    plan = ZOO[name]
    return build(plan, zoo_config(time_steps, **settings), 0, data=plan.input, channels=SMALL)


def random_input(name, time_steps=T):
    """Normalised images [N, C, H, W], or event counts [N, T, C, H, W]."""
    plan = ZOO[name]
    data = plan.input
    shape = (data.channels, data.height, data.width)
    generator = torch.Generator().manual_seed(1)
    if plan.event:
        return torch.randint(0, 4, (SAMPLES, time_steps, *shape), generator=generator).float()
    return torch.randn(SAMPLES, *shape, generator=generator)


@pytest.mark.parametrize("name", ZOO)
def test_a_training_step_reaches_every_parameter(name):
    network = small(name)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    before = {key: value.detach().clone() for key, value in network.named_parameters()}
    classes = ZOO[name].input.classes
    rates, _ = network(random_input(name))
    loss = F.mse_loss(rates, F.one_hot(torch.tensor([0, classes - 1]), classes).float())
    loss.backward()
    optimizer.step()
    assert torch.isfinite(loss)
    for key, parameter in network.named_parameters():
        assert parameter.grad is not None, key
        assert torch.isfinite(parameter.grad).all(), key
        assert parameter.grad.any(), key
        assert not torch.equal(parameter, before[key]), key


def losses(name, threshold, size, steps=40):
    """Mean squared errors while it learns four random event recordings by heart, at C = 16."""
    plan, generator = ZOO[name], torch.Generator().manual_seed(0)
    data = replace(plan.input, height=size, width=size)
    network = build(plan, zoo_config(6, threshold), 0, data=data, channels=16)
    optimizer = torch.optim.Adam(network.parameters(), lr=4e-3)
    events = (torch.rand(4, 6, 2, size, size, generator=generator) < 0.2).float()
    wanted = F.one_hot(torch.arange(4), data.classes).float()
    for _ in range(steps):
        optimizer.zero_grad()
        loss = F.mse_loss(network(events)[0], wanted)
        loss.backward()
        optimizer.step()
        yield loss.item()


@pytest.mark.parametrize(("name", "size"), [("he-2020", 32), ("kaiser-2020-decolle", 64)])
def test_a_baseline_without_batch_norm_learns_at_its_threshold(name, size):
    """Silence costs 1/11: one wrong class out of eleven. One recording of four learnt brings it to three quarters."""
    *_, last = losses(name, ZOO[name].threshold, size)
    assert last < 0.8 / 11


def test_he_2020_stays_silent_at_autosnn_s_threshold():
    """Why the plan names one of its own: at 1 no spike reaches the output, and nothing is learnt."""
    *_, last = losses("he-2020", 1.0, 32)
    assert last == pytest.approx(1 / 11)


@pytest.mark.parametrize("name", ZOO)
@pytest.mark.parametrize("time_steps", [1, T])
def test_every_layer_runs_all_time_steps(name, time_steps):
    """The reference's ResNet baselines run T − 1 steps; here each layer's output and counts have T."""
    network, steps = small(name, time_steps).eval(), []
    for layer in network.layers:
        layer.register_forward_hook(lambda _, __, result: steps.append((result[0].shape[0], result[1].shape[0])))
    with torch.no_grad():
        rates, counts = network(random_input(name, time_steps))
    assert rates.shape == (SAMPLES, ZOO[name].input.classes)
    assert counts.shape == (len(layer_specs(ZOO[name])), time_steps)
    spikes_seen = steps[1:] if "input pool" in [row.name for row in network.layer_specs()] else steps
    assert spikes_seen == [(time_steps, time_steps)] * len(spikes_seen)


def test_a_time_constant_input_spikes_at_the_last_step_too():
    """With a leaky neuron (PLIF, τ 2) and a low threshold, ResNet-19 still fires at step T."""
    network = small("zheng-2021-resnet-19", 4).eval()
    with torch.no_grad():
        _, counts = network(random_input("zheng-2021-resnet-19"))
    assert (counts[0, 1:] > 0).all()
    assert counts[:, -1].sum() > 0


@pytest.mark.parametrize("name", ZOO)
def test_counts_stay_within_the_output_elements(name):
    network = small(name)
    with torch.no_grad():
        _, counts = network(random_input(name))
    for row, counted in zip(layer_specs(ZOO[name], channels=SMALL), counts, strict=True):
        assert (counted <= row.output_elements * SAMPLES).all(), row.name
    assert counts[-2:].sum() > 0


@pytest.mark.parametrize("name", ZOO)
@pytest.mark.parametrize("channels", [1, 6])
def test_the_walk_counts_the_module_at_any_width(name, channels):
    plan = ZOO[name]
    network = build(plan, zoo_config(), 0, data=plan.input, channels=channels)
    assert parameter_count(network) == sum(row.parameters for row in layer_specs(plan, channels=channels))


def test_spikes_and_votes_of_a_small_plan_by_hand():
    """4×4 ones: weights make every current 0.6 and IF fires at steps 2 and 4: 16, then 4 after the pool, then 20."""
    plan = Plan("hand", "", "", 2026, ("CIFAR-10",), 1, False, (Conv(1, 1, batch_norm=False), Pool("max"), Output(2)))
    config = zoo_config(4)
    neuron = config.network.neuron.model_copy(update={"kind": "if", "threshold": 1.0})
    config = config.model_copy(update={"network": config.network.model_copy(update={"neuron": neuron})})
    network = build(plan, config, 0, data=Input(1, 4, 4, 10)).eval()
    with torch.no_grad():
        network.layers[0].conv.weight.fill_(0.4)
        network.layers[0].conv.bias.fill_(0.2)
        network.layers[2].linear.weight.fill_(0.0)
        network.layers[2].linear.weight[:3].fill_(1.1 / 4)  # outputs 0 and 1 vote for class 0, output 2 for class 1
    rates, counts = network(torch.ones(1, 1, 4, 4))
    assert counts.tolist() == [[0, 16, 0, 16], [0, 4, 0, 4], [0, 3, 0, 3]]
    assert rates.tolist() == [[0.5, 0.25, *[0.0] * 8]]


def test_input_pools_take_the_maximum_or_the_sum_of_each_square_and_count_nothing():
    frames = torch.arange(16.0).reshape(1, 1, 1, 4, 4).expand(T, 1, 2, 4, 4).repeat(1, 1, 1, 32, 32)
    for name, value in (("he-2020", 15.0), ("kaiser-2020-decolle", 120.0)):  # max and sum of 0 … 15
        small_frames, counted = small(name).layers[0](frames)
        assert small_frames.shape == (T, 1, 2, 32, 32)
        assert (small_frames == value).all()
        assert counted.tolist() == [0.0] * T


def test_the_trainer_and_the_evaluation_take_a_baseline_as_they_take_a_child():
    config = zoo_config(2)
    digits = replace(data_sets.load(config, Path()), augmentation="none")
    network = build(ZOO["zheng-2021-resnet-19-gap"], config, 0, channels=2)
    trainer = Trainer(network, digits.train, digits, config.retrain, purpose="retrain")
    counted_by_hand = 2 * (
        2 * 8 * 8 + 3 * 2 * (2 * 8 * 8) + 3 * 2 * (4 * 4 * 4) + 2 * 2 * (8 * 2 * 2)  # stem; blocks of C, 2C, 4C
        + 8 + 4 + 100  # GAP, FC of 2C, output
    )  # fmt: skip
    assert trainer.output_elements(None) == counted_by_hand, "what spikes are divided by in their regularisation"
    totals = Totals()
    assert list(trainer.epoch(0, 0, totals, lambda _: None))[-1] == trainer.batches
    tally = evaluate(network, evaluation_batches(digits.test, digits.encoding, 20, CPU))
    assert tally.samples == len(digits.test.labels)
    assert tally.spike_map.shape == (len(network.layer_specs()), 2)
    assert tally.average_spikes > 0


def test_the_seed_alone_decides_the_weights():
    one, same = small("lee-2020-resnet-11"), small("lee-2020-resnet-11")
    other = build(ZOO["lee-2020-resnet-11"], zoo_config(T), 1, data=ZOO["lee-2020-resnet-11"].input, channels=SMALL)
    assert torch.equal(one.layers[0].conv.conv.weight, same.layers[0].conv.conv.weight)
    assert not torch.equal(one.layers[0].conv.conv.weight, other.layers[0].conv.conv.weight)


@pytest.mark.parametrize(
    ("name", "size", "message"),
    [
        ("fang-2021-dvs128-gesture", 16, r"layer max pool 5 \(max_pool\): its input is 1×1; a 2×2 pool needs"),
        ("zheng-2021-resnet-19", 4, r"layer average pool 1 \(avg_pool\): its input is 1×1"),
        ("he-2020", 3, r"layer input pool \(downsample\): its input is 3×3; a 4×4 pool needs at least 4×4"),
        ("kaiser-2020-decolle", 8, r"layer conv 1 \(conv 7×7, padding 2\): its input is 2×2; it needs at least 3"),
        ("kaiser-2020-decolle", 12, r"layer conv 1 \(conv with a pool before its neurons\): its input is 1×1"),
    ],
)
def test_an_input_too_small_is_refused_with_the_layer_and_the_size(name, size, message):
    data = replace(ZOO[name].input, height=size, width=size)
    with pytest.raises(ShapeError, match=message):
        layer_specs(ZOO[name], data)
    with pytest.raises(ShapeError, match=message):
        build(ZOO[name], zoo_config(), 0, data=data)


@pytest.mark.parametrize("channels", [0, 1025])
def test_a_width_out_of_bounds_is_refused(channels):
    with pytest.raises(ConfigError, match=f"channels: must be from 1 to 1024, got {channels}"):
        build(ZOO["fang-2021"], zoo_config(), 0, channels=channels)


def test_ann_mode_is_refused():
    config = zoo_config()
    neuron = config.network.neuron.model_copy(update={"kind": "relu"})
    config = config.model_copy(update={"network": config.network.model_copy(update={"neuron": neuron})})
    with pytest.raises(
        ConfigError, match=r"network\.neuron\.kind: baselines vote with spikes: plif, lif or if, got relu"
    ):
        build(ZOO["fang-2021"], config, 0)
