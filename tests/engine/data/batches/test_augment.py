"""Augmentation: every result is a shifted or mirrored original, and the generator decides alone."""

import pytest
import torch

from engine.data.batches.augment import augment, normalise


def generator(seed: int = 3) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def shifts(image: torch.Tensor, reach: int) -> list[torch.Tensor]:
    """All crops of an image [C, H, W] padded with black by `reach`, worked one at a time."""
    c, height, width = image.shape
    padded = torch.zeros(c, height + 2 * reach, width + 2 * reach, dtype=image.dtype)
    padded[:, reach : reach + height, reach : reach + width] = image
    places = [(top, left) for top in range(2 * reach + 1) for left in range(2 * reach + 1)]
    return [padded[:, top : top + height, left : left + width] for top, left in places]


@pytest.mark.parametrize(("kind", "side", "reach"), [("crop_flip", 12, 4), ("shift", 16, 2), ("shift", 8, 1)])
def test_every_image_is_a_crop_of_its_padded_self(kind, side, reach):
    images = torch.randint(1, 256, (20, 3, side, side), generator=generator(), dtype=torch.uint8)
    allowed = [shifts(image, reach) for image in images]
    if kind == "crop_flip":
        allowed = [[*crops, *(crop.flip(2) for crop in crops)] for crops in allowed]
    found = augment(images, kind, generator())
    assert found.dtype == torch.uint8
    for image, crops in zip(found, allowed, strict=True):
        assert any(torch.equal(image, crop) for crop in crops)
    assert not torch.equal(found, images)


def test_the_generator_alone_decides():
    images = torch.randint(0, 256, (8, 1, 16, 16), generator=generator(), dtype=torch.uint8)
    assert torch.equal(augment(images, "crop_flip", generator(1)), augment(images, "crop_flip", generator(1)))
    assert not torch.equal(augment(images, "crop_flip", generator(1)), augment(images, "crop_flip", generator(2)))


def test_about_half_are_mirrored():
    images = torch.zeros(400, 1, 8, 8, dtype=torch.uint8)
    images[:, :, :, 0] = 255  # a bar on the left; after a flip it stands in the right half
    found = augment(images, "crop_flip", generator())
    visible = found.bool().flatten(1).any(1)
    right = found[visible][:, :, :, 4:].bool().flatten(1).any(1).float().mean()
    assert 0.35 < float(right) < 0.65


def test_digits_are_never_mirrored():
    images = torch.zeros(50, 1, 16, 16, dtype=torch.uint8)
    images[:, :, :, 2] = 255
    assert not augment(images, "shift", generator())[:, :, :, 5:].bool().any()


def test_normalising_by_hand():
    pixels = torch.tensor([0, 51, 255], dtype=torch.uint8).view(1, 1, 1, 3)
    # (0 − 0.2) ÷ 0.4 = −0.5; (51/255 − 0.2) ÷ 0.4 = 0; (1 − 0.2) ÷ 0.4 = 2
    assert torch.allclose(normalise(pixels, (0.2,), (0.4,)).flatten(), torch.tensor([-0.5, 0.0, 2.0]), atol=1e-6)
