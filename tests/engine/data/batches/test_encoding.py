"""From stored samples to a network's input: direct, rate, latency, counts."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.data.batches.encoding import encode
from engine.data.preprocessing.coding import Encoding


def coded(coding: str, batch: torch.Tensor, steps: int = 8, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return encode(batch, Encoding(coding, steps, (0.5,), (0.25,), 0), generator)


RAMP = torch.arange(256, dtype=torch.uint8).view(1, 1, 16, 16)


def test_direct_coding_is_the_normalised_image_once():
    assert coded("direct", RAMP).shape == (1, 1, 16, 16)
    assert coded("direct", RAMP)[0, 0, 15, 15] == pytest.approx((1 - 0.5) / 0.25)


def test_latency_by_hand():
    pixels = torch.tensor([[[[255, 128, 1, 0]]]], dtype=torch.uint8)
    spikes = coded("latency", pixels, steps=5)
    assert spikes.shape == (1, 5, 1, 1, 4)
    times = [spikes[0, :, 0, 0, k].nonzero().flatten().tolist() for k in range(4)]
    assert times == [[0], [2], [4], []]  # (1 − x/255)·4 = 0, 1.99, 3.98; black never fires


@given(st.integers(1, 16))
def test_latency_fires_once_and_brighter_is_never_later(steps):
    spikes = coded("latency", RAMP, steps)[0, :, 0].flatten(1)
    assert spikes.sum(0).tolist() == [0.0] + [1.0] * 255
    times = spikes.argmax(0)[1:]
    assert (times.diff() <= 0).all()


def test_rate_fires_as_often_as_the_pixel_is_bright():
    spikes = coded("rate", RAMP, steps=4000)[0, :, 0].flatten(1)
    assert set(spikes.unique().tolist()) == {0.0, 1.0}
    error = (spikes.mean(0) - torch.arange(256) / 255).abs()
    assert error.max() < 5 * (0.25 / 4000) ** 0.5  # five standard deviations of the widest binomial
    assert spikes[:, 0].sum() == 0
    assert spikes[:, 255].mean() == 1


def test_rate_draws_are_the_generators():
    assert torch.equal(coded("rate", RAMP, seed=3), coded("rate", RAMP, seed=3))
    assert not torch.equal(coded("rate", RAMP, seed=3), coded("rate", RAMP, seed=4))


@pytest.mark.parametrize("kind", [torch.uint8, torch.int16])
def test_counts_stay_counts(kind):
    frames = torch.arange(2 * 3 * 2 * 4).view(2, 3, 2, 2, 2).to(kind)
    assert torch.equal(coded("counts", frames), frames.float())
