"""The training options: losses and penalty by hand, schedules, cutout, and that what is off changes nothing."""

import math
from dataclasses import replace

import pytest
import torch

from engine.config.parse import parse_config
from engine.config.recipe import Recipe, RetrainConfig, SupernetConfig
from engine.data.batches.augment import cut_out
from engine.data.load import load
from engine.errors import ConfigError
from engine.model.network import build_child
from engine.training.totals import Totals
from engine.training.trainer import Trainer, classification_loss, scheduled_rate
from tests.engine.tiny import tiny_config


def test_mean_squared_error_by_hand():
    rates, labels = torch.tensor([[0.5, 0.25], [0.0, 1.0]]), torch.tensor([0, 1])
    # (0.5² + 0.25² + 0 + 0) ÷ 4
    assert classification_loss(rates, labels, "mse").item() == pytest.approx(0.3125 / 4)


def test_cross_entropy_by_hand():
    rates, labels = torch.tensor([[1.0, 0.0]]), torch.tensor([0])
    assert classification_loss(rates, labels, "cross_entropy").item() == pytest.approx(math.log(1 + math.exp(-1)))


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [("constant", [1.0] * 4), ("step", [1.0, 1.0, 0.1, 0.01]), ("cosine", [1.0, 0.853553, 0.5, 0.146447])],
)
def test_schedules(schedule, expected):
    recipe = RetrainConfig(epochs=4, learning_rate=1.0, schedule=schedule)
    assert [scheduled_rate(recipe, epoch) for epoch in range(4)] == pytest.approx(expected, abs=1e-6)


def test_the_supernet_takes_every_option_the_winner_takes():
    recipe, own = set(Recipe.model_fields), {"unsampled"}
    assert set(SupernetConfig.model_fields) - own == recipe < set(RetrainConfig.model_fields)


def test_cutout_blacks_out_one_square_around_a_point_of_the_image():
    images = torch.full((200, 2, 8, 8), 9, dtype=torch.uint8)
    found = cut_out(images, 4, torch.Generator().manual_seed(0))
    assert torch.equal(found[:, 0], found[:, 1]), "one square for all channels"
    for image in found[:, 0]:
        rows, columns = (image == 0).any(1), (image == 0).any(0)
        area = int((image == 0).sum())
        assert area == int(rows.sum()) * int(columns.sum())
        assert 2 * 2 <= area <= 4 * 4, "whole, or cut off by the border at its middle at most"
    assert (found[:, 0] == 0).flatten(1).sum(1).max() == 16


def trainer(tmp_path, **recipe: object) -> Trainer:
    config = tiny_config()
    config = config.model_copy(update={"retrain": RetrainConfig.model_validate({"batch_size": 16, **recipe})})
    data = replace(load(config, tmp_path), augmentation="none")
    network = build_child(config, config.space.at(config.space.size - 1), 0)
    return Trainer(network, data.full_train, data, config.retrain, purpose="retrain")


def spikes_after(made: Trainer, epochs: int) -> float:
    for epoch in range(epochs):
        totals = Totals()
        for _ in made.epoch(epoch, 0, totals, lambda step: None):
            pass
    return totals.means[2]


def test_spike_regularisation_makes_a_network_fire_less(tmp_path):
    free = spikes_after(trainer(tmp_path, epochs=4, learning_rate=1e-2), 4)
    held = spikes_after(trainer(tmp_path, epochs=4, learning_rate=1e-2, spike_regularisation=1.0), 4)
    assert free > 50, "a silent network would make this test empty"
    assert held < 0.8 * free


def test_the_penalty_is_the_mean_firing_rate(tmp_path):
    """With every counted neuron firing at every step the penalty is λ_reg itself."""
    made = trainer(tmp_path, spike_regularisation=0.5)
    images, labels = made._batch(torch.arange(4).numpy(), 0)
    rates, counts = made.network.train()(images, None)
    rate = counts.sum().item() / (made.output_elements(None) * 4)
    assert 0 < rate < 1
    plain = classification_loss(rates, labels, "mse").item()
    made.network.load_state_dict(trainer(tmp_path).network.state_dict())
    loss, _, spikes = made._step(images, labels, None)
    assert loss == pytest.approx(plain + 0.5 * rate, rel=1e-5)
    assert spikes == counts.sum().item()


@pytest.mark.parametrize(
    "options", [{"optimizer": "sgd"}, {"loss": "cross_entropy"}, {"cutout": 3}, {"schedule": "step"}]
)
def test_every_option_changes_training(options, tmp_path):
    def weights(made: Trainer) -> torch.Tensor:
        spikes_after(made, 2)
        return made.network.classifier.linear.weight

    assert not torch.equal(weights(trainer(tmp_path, epochs=2, **options)), weights(trainer(tmp_path, epochs=2)))


def test_relu_has_no_spikes_to_regularise():
    document = tiny_config().model_dump(mode="json")
    document["network"] |= {"time_steps": 1, "neuron": {"kind": "relu"}}
    document["network"]["macro"]["votes_per_class"] = 1
    document["retrain"]["spike_regularisation"] = 0.1
    with pytest.raises(ConfigError, match=r"retrain\.spike_regularisation: ANN mode .*: 0, got 0\.1"):
        parse_config(document)
