"""A trained network in use: right numbers, right classes, and images refused by name."""

import zipfile

import numpy as np
import pytest
import torch

import autosnn as A
from engine.errors import FileError
from engine.export.document import FineTuning
from engine.export.reproduce import reproduce
from tests.autosnn.conftest import NAMES


@pytest.fixture
def test_split(digits):
    x, y = digits
    return x[120:], y[120:]


def test_accuracy_and_spikes_are_those_of_the_study(model, finished, test_split):
    found, (result,) = model.evaluate(*test_split), finished.result
    assert (found.accuracy, found.spikes, found.samples) == (result["test_accuracy"], result["test_spikes"], 40)
    assert sum(found.spikes_by_layer.values()) == pytest.approx(found.spikes)
    assert tuple(found.spikes_by_layer) == model.layers


def test_a_call_gives_rates_and_spikes(model, test_split):
    x, y = test_split
    rates, spikes = model(x)
    assert rates.shape == (40, 10)
    assert float(spikes.sum()) == pytest.approx(model.evaluate(x, y).spikes)
    assert model.predict(x) == [NAMES[k] for k in rates.argmax(1).tolist()]
    right = sum(name == NAMES[k] for name, k in zip(model.predict(x), y.tolist(), strict=True))
    assert right / 40 == model.evaluate(x, y).accuracy


def test_bytes_floats_and_tensors_are_the_same_images(model, test_split):
    x = test_split[0]
    pixels = np.rint(x * 255).astype(np.uint8)
    rates, _ = model(x)
    for given in (pixels, pixels[:, None], torch.from_numpy(pixels), torch.from_numpy(x)[..., None]):
        assert torch.equal(model(given)[0], rates)


def test_calls_leave_it_as_it_is(model, test_split):
    """In training mode each call would move batch norm's statistics."""
    assert not model.network.training
    first, second = model(test_split[0])[0], model(test_split[0])[0]
    assert torch.equal(first, second)


def test_it_knows_classes_architecture_and_study(model, finished):
    assert model.classes == tuple(NAMES)
    assert model.architecture == finished.result[0]["architecture"]
    assert model.config.digest == finished.config.digest
    assert model.document["architecture"] == model.architecture


def test_labels_may_be_names(model, test_split):
    x, y = test_split
    assert model.evaluate(x, [NAMES[k] for k in y]) == model.evaluate(x, y)


@pytest.mark.parametrize(
    ("images", "said"),
    [
        (np.zeros((2, 16, 16), np.uint8), r"images: the network takes 8 × 8 pixels, got 16 × 16; .*model\.resize"),
        (np.zeros((2, 3, 8, 8), np.uint8), r"images: must be images of 1 channel, .* got \[2, 3, 8, 8\]"),
        (np.full((2, 8, 8), 2.0), "images: floats must be 0…1"),
    ],
)
def test_other_images_are_refused_by_name(model, images, said):
    with pytest.raises(A.DataError, match=said):
        model(images)


def test_larger_images_are_resized_as_in_training(model):
    """Each 2 × 2 block is averaged: 0, 100, 100, 200 give 100."""
    block = np.array([[0, 100], [100, 200]], np.uint8)
    assert (model.resize(np.tile(block, (1, 8, 8))[None, 0]) == 100).all()


def test_fine_tuning_gives_another_model_and_leaves_this_one(model, test_split, digits):
    before = model.evaluate(*test_split)
    tuned = model.finetune(digits[0][:60], digits[1][:60], epochs=1)
    rate = model.config["retrain.learning_rate"]
    assert tuned.fine_tuned == (FineTuning(samples=60, epochs=1, learning_rate=rate),)
    assert model.fine_tuned == ()
    assert model.evaluate(*test_split) == before
    assert tuned.evaluate(*test_split) != before
    again = model.finetune(digits[0][:60], digits[1][:60], epochs=1)
    assert again.evaluate(*test_split) == tuned.evaluate(*test_split)


@pytest.mark.parametrize("name", ["again.zip", "again"])
def test_a_saved_model_is_the_one_that_was_loaded(model, test_split, tmp_path, name):
    again = A.load(model.save(tmp_path / name))
    assert again.evaluate(*test_split) == model.evaluate(*test_split)
    assert again.document == model.document
    with pytest.raises(FileError, match="exists already"):
        model.save(tmp_path / name)


def test_equal_models_are_saved_as_equal_bytes(model, tmp_path):
    one, two = (model.save(tmp_path / f"{k}.zip").read_bytes() for k in range(2))
    assert one == two


def test_a_saved_fine_tuned_model_tells_what_it_was_tuned_on(model, digits, test_split, tmp_path):
    x, y = digits
    tuned = model.finetune(x[120:150], y[120:150], epochs=1).finetune(x[150:], y[150:], epochs=2, lr=1e-3)
    again = A.load(tuned.save(tmp_path / "ft.zip"))
    assert again.evaluate(*test_split) == tuned.evaluate(*test_split)
    assert [(one.samples, one.epochs) for one in again.fine_tuned] == [(30, 1), (10, 2)]

    results, kept = again.document["results"], again.package.samples
    assert (results["accuracy"], results["samples"]) == (kept.accuracy, len(kept.labels))
    assert sum(results["spikes_by_layer"].values()) == pytest.approx(results["spikes"])
    card = zipfile.ZipFile(tmp_path / "ft.zip").read("README.md").decode()
    assert "Fine-tuned after its study on: 30 images, 1 epoch" in card
    assert "best test accuracy" not in card


def test_what_it_was_tuned_on_counts_as_seen_in_training(model, digits, tmp_path):
    """Of the 40 test samples, 10 are trained on."""
    x, y = digits
    np.savez(tmp_path / "test.npz", x_test=np.rint(x[120:] * 255).astype(np.uint8), y_test=y[120:], class_names=NAMES)
    tuned = model.finetune(x[150:], y[150:], epochs=1).save(tmp_path / "ft.zip")
    found = reproduce(tuned, tmp_path, samples=tmp_path / "test.npz")
    assert (found["samples"], found["seen_in_training"]) == (40, 10)


def test_fine_tuning_without_a_step_s_effect_changes_no_weight(model, digits):
    tiny = model.finetune(digits[0][:32], digits[1][:32], epochs=1, lr=1e-30)
    for (name, mine), theirs in zip(model.network.named_parameters(), tiny.network.parameters(), strict=True):
        assert torch.equal(mine, theirs), name


def test_a_recipe_out_of_bounds_is_refused(model, digits):
    with pytest.raises(A.ConfigError, match=r"retrain\.epochs: must be at least 1, got 0"):
        model.finetune(digits[0], digits[1], epochs=0)


def test_no_package_is_refused(tmp_path):
    with pytest.raises(A.CheckpointError, match="does not exist"):
        A.load(tmp_path / "nothing.zip")
    with pytest.raises(A.ConfigError, match="device: must be auto, cpu or cuda, got 'tpu'"):
        A.load(tmp_path, device="tpu")


def test_a_folder_of_a_study_is_told_where_its_result_lies(finished):
    with pytest.raises(A.CheckpointError, match=r"give .*result"):
        A.load(finished.workdir)
