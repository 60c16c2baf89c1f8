"""What augmentation does to a few samples of a preview: stored beside them, since pages load no torch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from engine.data.batches.augment import augment
from engine.data.preview.preview import AUGMENTATIONS, AUGMENTED, StoredPreview

SAMPLES, DRAWS = 8, 4


def write_augmented(folder: Path, seed: int = 0) -> None:
    """Write uint8 [kinds, samples, 1 + draws, C, H, W] beside a stored image preview; column 0 is the stored image."""
    pixels = StoredPreview(folder).pixels()
    places = np.linspace(0, len(pixels) - 1, min(SAMPLES, len(pixels))).astype(int)
    stored = torch.from_numpy(np.array(pixels[places]))
    generator = torch.Generator().manual_seed(seed)
    grids = [[stored, *(augment(stored, kind, generator) for _ in range(DRAWS))] for kind in AUGMENTATIONS]
    np.save(folder / AUGMENTED, np.stack([torch.stack(grid, 1).numpy() for grid in grids]), allow_pickle=False)
