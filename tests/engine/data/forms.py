"""One small set of images, written in each of the forms people have CIFAR-10 in."""

import io
import json
import pickle
import tarfile
from pathlib import Path

import numpy as np
from PIL import Image

NAMES = [*(f"data_batch_{k}" for k in range(1, 6)), "test_batch"]
SIZES = [7, 3, 3, 3, 3, 4]  # uneven on purpose: offsets must be counted, not guessed


def batches() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Name → pixels [N, 3072] in R, G, B planes and labels [N], always the same."""
    rng = np.random.default_rng(10)
    named = zip(NAMES, SIZES, strict=True)
    return {n: (rng.integers(0, 256, (k, 3072), np.uint8), rng.integers(0, 10, k)) for n, k in named}


def write_python(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name, (pixels, labels) in batches().items():
        content = {"batch_label": name, "labels": labels.tolist(), "data": pixels, "filenames": []}
        (folder / name).write_bytes(pickle.dumps(content, 2))
    return folder


def write_binary(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name, (pixels, labels) in batches().items():
        records = np.concatenate([labels[:, None].astype(np.uint8), pixels], 1)
        (folder / f"{name}.bin").write_bytes(records.tobytes())
    return folder


def write_png(folder: Path) -> Path:
    folder.mkdir(parents=True)
    every = batches()
    for name, (pixels, _) in every.items():
        Image.fromarray(pixels.reshape(-1, 3, 1024).transpose(0, 2, 1)).save(folder / f"{name}.png")
    train = [int(label) for name in NAMES[:5] for label in every[name][1]]
    (folder / "train_lables.json").write_text(json.dumps(train))
    (folder / "test_lables.json").write_text(json.dumps(every["test_batch"][1].tolist()))
    return folder


def write_npz(folder: Path) -> Path:
    folder.mkdir(parents=True)
    every = batches()
    for file, names in (("train", NAMES[:5]), ("test", NAMES[5:])):
        pixels = np.concatenate([every[name][0] for name in names]).reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
        labels = np.concatenate([every[name][1] for name in names]).astype(np.uint8)
        np.savez(folder / f"{file}.npz", x=pixels, y=labels)
    return folder


def pack(folder: Path, archive: Path, inside: str) -> Path:
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(folder, inside)
    return archive


def tar_of(path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    """A tar with just these members, however odd."""
    with tarfile.open(path, "w:gz") as tar:
        for info, data in members:
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path
