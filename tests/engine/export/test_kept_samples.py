"""The samples in a package: which are kept, how many, and figures that add up."""

import numpy as np
import pytest
import torch

from engine.data.images import Images
from engine.data.load import Dataset
from engine.data.preprocessing.coding import Encoding
from engine.errors import DataError
from engine.export.kept_samples import MOST_BYTES, Answers, KeptSamples, keep_samples, network_input, read_samples
from engine.model.network import build_child
from engine.space.architecture import Architecture
from tests.engine.tiny import tiny_config

ANSWERS = Answers(torch.tensor([1, 0, 2, 2]), torch.tensor([[4, 2], [0, 1]]))
KEPT = KeptSamples(
    torch.zeros(4, 1, 8, 8, dtype=torch.uint8), torch.tensor([1, 1, 2, 0]), ("stem", "output"), ANSWERS, ANSWERS
)


def test_figures_are_per_sample_and_add_up():
    assert (KEPT.accuracy, KEPT.spikes) == (2 / 4, 7 / 4)
    assert KEPT.spikes_by_layer == {"stem": 6 / 4, "output": 1 / 4}


def data_of(images, labels):
    part = Images(images, labels)
    encoding = Encoding("direct", 2, (0.5,), (0.25,), 7)
    return Dataset(part, part, part, part, tuple("0123456789"), encoding, "", "", "none")


def test_classes_are_kept_as_evenly_as_they_are_there():
    labels = np.repeat(np.arange(4), 50)
    images = np.random.default_rng(0).integers(0, 256, (200, 1, 8, 8), np.uint8)
    network = build_child(tiny_config(), Architecture.from_code("S-C3"), 0)
    kept = keep_samples(network, data_of(images, labels))
    assert torch.bincount(kept.labels).tolist() == [8, 8, 8, 8]
    assert all((sample == images[labels == label]).all((1, 2, 3)).any()
               for sample, label in zip(kept.inputs.numpy(), kept.labels.tolist(), strict=True))  # fmt: skip


@pytest.mark.parametrize(("bytes_of_one", "count"), [(1 << 20, 4), (3 << 20, 1), (MOST_BYTES * 2, 1)])
def test_large_samples_are_fewer(monkeypatch, bytes_of_one, count):
    from engine.export import kept_samples

    class Large:
        shape, itemsize = (9, bytes_of_one), 1

    class Test:
        images, labels = Large, np.zeros(9, np.int64)

    assert len(kept_samples._chosen(Test, 0)) == count


def test_keeping_leaves_the_network_as_it_is():
    network = build_child(tiny_config(), Architecture.from_code("S-C3"), 0).train()
    before = {name: values.clone() for name, values in network.state_dict().items()}
    keep_samples(network, data_of(np.zeros((5, 1, 8, 8), np.uint8), np.arange(5)))
    assert network.training
    assert all(torch.equal(values, before[name]) for name, values in network.state_dict().items())
    assert {values.dtype for values in network.parameters()} == {torch.float32}


def test_the_network_s_input_is_the_normalised_pixel():
    pixels = torch.tensor([0, 51, 255], dtype=torch.uint8).view(3, 1, 1, 1)
    found = network_input(pixels, Encoding("direct", 2, (0.2,), (0.4,), 7))
    assert found.flatten().tolist() == pytest.approx([-0.5, 0.0, 2.0], abs=1e-6)


def changed(**changes):
    return {**KEPT.tensors(), **changes}


def test_what_was_written_is_read():
    found = read_samples(KEPT.tensors(), KEPT.layers, (1, 8, 8))
    assert all(torch.equal(a, b) for a, b in zip(found.tensors().values(), KEPT.tensors().values(), strict=True))


@pytest.mark.parametrize(
    ("tensors", "said"),
    [
        ({"labels": KEPT.labels}, "samples.safetensors lacks inputs"),
        (changed(inputs=torch.zeros(4, 1, 9, 9, dtype=torch.uint8)), r"inputs does not fit the network: torch.uint8"),
        (changed(inputs=torch.zeros(4, 1, 8, 8)), "inputs does not fit the network: torch.float32"),
        (changed(labels=torch.tensor(3)), "labels does not fit the network"),
        (changed(**{"float64/spikes": torch.zeros(3, 2, dtype=torch.int64)}), "float64/spikes does not fit"),
        (changed(**{"float32/predictions": torch.zeros(3, dtype=torch.int64)}), "float32/predictions does not fit"),
    ],
)
def test_samples_of_another_network_are_refused_by_name(tensors, said):
    with pytest.raises(DataError, match=said):
        read_samples(tensors, KEPT.layers, (1, 8, 8))
