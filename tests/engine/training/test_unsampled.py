"""Blocks that a batch's path does not use: they rest, or drift by Adam's formula, as with zero gradients."""

import math

import pytest
import torch
from torch import nn

from engine.config.recipe import RetrainConfig, SupernetConfig
from engine.data.load import load
from engine.model.network import build_supernet
from engine.space.architecture import Architecture
from engine.training.totals import Totals
from engine.training.trainer import Trainer
from engine.training.unsampled import drifts, zero_missing_gradients
from tests.engine.tiny import tiny_config

RATE, BETA_1, BETA_2, EPSILON = 0.1, 0.9, 0.999, 1e-8
UNUSED = 4
USED, OTHER = Architecture(("SCB_k3", "SCB_k3")), Architecture(("SRB_k3", "SRB_k3"))


def adam_by_hand(start: float, gradient: float, unused: int) -> float:
    """A scalar after one step with this gradient and `unused` steps with none (Kingma and Ba 2015, Algorithm 1)."""
    value, first, second = start, 0.0, 0.0
    for step, g in enumerate([gradient] + [0.0] * unused, start=1):
        first, second = BETA_1 * first + (1 - BETA_1) * g, BETA_2 * second + (1 - BETA_2) * g * g
        unbiased = first / (1 - BETA_1**step), second / (1 - BETA_2**step)
        value -= RATE * unbiased[0] / (math.sqrt(unbiased[1]) + EPSILON)
    return value


def test_the_first_unused_step_moves_by_about_two_thirds_of_the_first():
    # 0.9 · 0.1 ÷ (1 − 0.9²) over √(0.999 · 0.001 ÷ (1 − 0.999²)) = 0.473684 ÷ 0.706930 = 0.670058
    moved = [adam_by_hand(1.0, 0.5, unused) for unused in (0, 1)]
    assert moved == pytest.approx([0.9, 0.9 - 0.1 * 0.670058], abs=1e-6)


def drifted(optimizer_of, gradient: float, unused: int) -> nn.Parameter:
    """A parameter that one step used and `unused` further ones did not."""
    parameter = nn.Parameter(torch.tensor([1.0], dtype=torch.float64))
    optimizer = optimizer_of([parameter])
    parameter.grad = torch.full_like(parameter, gradient)
    optimizer.step()
    for _ in range(unused):
        optimizer.zero_grad(set_to_none=True)
        zero_missing_gradients(optimizer)
        optimizer.step()
    return parameter


@pytest.mark.parametrize("gradient", [0.5, -3.0])
def test_a_parameter_unused_for_four_steps_moves_by_adams_formula(gradient):
    found = drifted(lambda parameters: torch.optim.Adam(parameters, lr=RATE), gradient, UNUSED)
    assert found.item() == pytest.approx(adam_by_hand(1.0, gradient, UNUSED), rel=1e-12)


@pytest.mark.parametrize("decay", [0.0, 0.01])
@pytest.mark.parametrize("name", ["adam", "sgd"])
def test_it_is_the_optimiser_with_gradients_of_zero(name, decay):
    """As PyTorch 1.4 left them: `zero_grad(set_to_none=False)`."""

    def made(parameters):
        if name == "sgd":
            return torch.optim.SGD(parameters, lr=RATE, momentum=0.9, weight_decay=decay)
        return torch.optim.Adam(parameters, lr=RATE, weight_decay=decay)

    parameter = nn.Parameter(torch.tensor([1.0], dtype=torch.float64))
    optimizer = made([parameter])
    parameter.grad = torch.tensor([0.5], dtype=torch.float64)
    for _ in range(1 + UNUSED):
        optimizer.step()
        optimizer.zero_grad(set_to_none=False)
    assert torch.equal(drifted(made, 0.5, UNUSED), parameter)


def test_a_parameter_that_no_step_has_used_rests():
    parameter = nn.Parameter(torch.ones(3))
    optimizer = torch.optim.Adam([parameter], lr=RATE, weight_decay=0.1)
    zero_missing_gradients(optimizer)
    optimizer.step()
    assert parameter.grad is None
    assert torch.equal(parameter, torch.ones(3))


def test_only_a_supernet_has_blocks_off_the_path():
    assert [drifts(SupernetConfig(unsampled=rule)) for rule in ("rest", "drift")] == [False, True]
    assert not drifts(RetrainConfig())


@pytest.fixture(autouse=True)
def _one_thread():
    """Four small batches; two threads would wait for each other longer than they compute."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def supernet(tmp_path, rule: str) -> Trainer:
    config = tiny_config()
    config = config.model_copy(update={"data": config.data.model_copy(update={"train_samples": 60})})
    recipe = config.supernet.model_copy(update={"unsampled": rule})
    data = load(config, tmp_path)
    return Trainer(build_supernet(config, 0), data.train, data, recipe, purpose="supernet")


def trained(made: Trainer, start: int = 0) -> None:
    """The rest of an epoch: its first batch on one path, all others on another."""
    for _ in made.epoch(0, start, Totals(), lambda step: OTHER if step else USED):
        pass


def block(made: Trainer) -> dict[str, torch.Tensor]:
    """A block that the first batch alone has used, after the epoch, and its optimiser's state."""
    return {name: value.clone() for name, value in made.tensors().items() if ".0.SCB_k3." in name}


def after_first_batch(made: Trainer) -> dict[str, torch.Tensor]:
    next(made.epoch(0, 0, Totals(), lambda step: USED))
    return block(made)


@pytest.mark.parametrize("rule", ["rest", "drift"])
def test_only_under_drift_a_block_off_the_path_goes_on(rule, tmp_path):
    made = supernet(tmp_path, rule)
    before = after_first_batch(made)
    trained(made, start=1)
    after = block(made)
    moved = {name for name in before if not torch.equal(before[name], after[name])}
    weights = {name for name in before if "exp_avg" in name or "/step" in name or name.endswith("weight")}
    statistics = {name for name in before if "running" in name or "num_batches" in name}
    assert weights
    assert (weights <= moved) == (rule == "drift")
    assert not moved & statistics, "batch-norm statistics rest under both"
    if rule == "rest":
        assert not moved
    steps = {value.item() for name, value in after.items() if name.endswith("/step")}
    assert steps == {float(made.batches) if rule == "drift" else 1.0}


@pytest.mark.parametrize("rule", ["rest", "drift"])
def test_a_resumed_supernet_ends_with_the_same_bits(rule, tmp_path):
    whole, second = supernet(tmp_path, rule), supernet(tmp_path, rule)
    steps = whole.epoch(0, 0, Totals(), lambda step: OTHER if step else USED)
    next(steps), next(steps)
    second.load({name: value.clone() for name, value in whole.tensors().items()})
    assert list(steps) == [3, 4]
    trained(second, start=2)
    ours, expected = second.tensors(), whole.tensors()
    assert ours.keys() == expected.keys()
    assert all(torch.equal(ours[name], expected[name]) for name in expected)
