"""The model.py of an example network, from which those of all packages are written; nothing imports it.

Constants, Neuron, blocks and Network are written anew for each network, and layers that it does not use are left out.
"""

from __future__ import annotations

import argparse
import functools
import json
import sys
from collections import OrderedDict
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor, nn

HERE = Path(__file__).resolve().parent
TIME_STEPS = 2
VOTES_PER_CLASS = 2
THRESHOLD = 1.0

Emitted = tuple[Tensor, Tensor]
"""What a layer gives: its output [T, N, ...], and what it counts as spikes in each time step [T]."""


def count(spikes: Tensor) -> Tensor:
    """Outputs that are not zero, in each time step: [T, N, ...] to [T]."""
    return torch.count_nonzero(spikes.flatten(1), dim=1)


class Neuron(nn.Module):
    """Integrate-and-fire neurons."""

    def forward(self, current: Tensor) -> Tensor:
        """Currents [T, ...] to spikes [T, ...]."""
        return (current >= THRESHOLD).to(current.dtype)


class ConvBN(nn.Module):
    """A convolution without bias, then batch norm."""

    def __init__(self, c_in: int, c_out: int, kernel: int = 1, stride: int = 1, groups: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(c_in, c_out, kernel, stride, kernel // 2, groups=groups, bias=False)
        self.bn = nn.BatchNorm2d(c_out)

    def forward(self, x: Tensor) -> Tensor:
        """[T, N, C, H, W] to currents [T, N, C', H', W']."""
        flat = x.flatten(0, 1).contiguous(memory_format=torch.channels_last)  # [T N, C, H, W]
        current: Tensor = self.bn(self.conv(flat))
        return torch.unflatten(current, 0, x.shape[:2])


class ConvNeuron(nn.Module):
    """A convolution 3x3 with batch norm, and neurons. A static image drives them in every time step."""

    def __init__(self, c_in: int, c_out: int) -> None:
        super().__init__()
        self.conv = ConvBN(c_in, c_out, kernel=3)
        self.neuron = Neuron()

    def forward(self, x: Tensor) -> Emitted:
        """[T or 1, N, C, H, W] to spikes [T, N, C', H, W]."""
        current = self.conv(x)
        spikes = self.neuron(current.expand(TIME_STEPS, *current.shape[1:]))
        return spikes, count(spikes)


class FactorizedReduction(nn.Module):
    """Two convolutions 1x1 of stride 2, the second one pixel further on, side by side; batch norm; neurons."""

    def __init__(self, c_in: int, c_out: int) -> None:
        super().__init__()
        self.even = nn.Conv2d(c_in, c_out // 2, 1, 2, bias=False)
        self.odd = nn.Conv2d(c_in, c_out // 2, 1, 2, bias=False)
        self.bn = nn.BatchNorm2d(c_out)
        self.neuron = Neuron()

    def forward(self, x: Tensor) -> Emitted:
        """[T, N, C, H, W] to spikes [T, N, C', H/2, W/2]."""
        flat = x.flatten(0, 1)  # [T N, C, H, W]
        current = self.bn(torch.cat([self.even(flat), self.odd(flat[:, :, 1:, 1:])], dim=1))
        spikes = self.neuron(torch.unflatten(current, 0, x.shape[:2]))
        return spikes, count(spikes)


class Skip(nn.Module):
    """The input as it is: no neurons, no spikes that count."""

    def forward(self, x: Tensor) -> Emitted:
        """[T, N, C, H, W] to the same."""
        return x, torch.zeros(len(x), dtype=torch.int64)


class MaxPool(nn.Module):
    """The maximum of 2x2 spikes; its ones count."""

    def forward(self, x: Tensor) -> Emitted:
        """[T, N, C, H, W] to [T, N, C, H/2, W/2]."""
        pooled = torch.unflatten(F.max_pool2d(x.flatten(0, 1), 2), 0, x.shape[:2])
        return pooled, count(pooled)


class AvgPool(nn.Module):
    """The average of 2x2 spikes, and neurons."""

    def __init__(self) -> None:
        super().__init__()
        self.neuron = Neuron()

    def forward(self, x: Tensor) -> Emitted:
        """[T, N, C, H, W] to spikes [T, N, C, H/2, W/2]."""
        spikes = self.neuron(torch.unflatten(F.avg_pool2d(x.flatten(0, 1), 2), 0, x.shape[:2]))
        return spikes, count(spikes)


class GlobalAvgPool(nn.Module):
    """The average of the whole map, and neurons."""

    def __init__(self) -> None:
        super().__init__()
        self.neuron = Neuron()

    def forward(self, x: Tensor) -> Emitted:
        """[T, N, C, H, W] to spikes [T, N, C, 1, 1]."""
        spikes = self.neuron(x.mean(dim=(3, 4), keepdim=True))
        return spikes, count(spikes)


class Classifier(nn.Module):
    """A linear layer without bias to the output neurons, whose spikes are votes."""

    def __init__(self, features: int, outputs: int) -> None:
        super().__init__()
        self.linear = nn.Linear(features, outputs, bias=False)
        self.neuron = Neuron()

    def forward(self, x: Tensor) -> Emitted:
        """[T, N, C, H, W] to spikes [T, N, outputs]."""
        spikes = self.neuron(self.linear(x.flatten(2)))
        return spikes, count(spikes)


class LinearClassifier(nn.Module):
    """A linear layer without bias, whose outputs are the classes' scores."""

    def __init__(self, features: int, outputs: int) -> None:
        super().__init__()
        self.linear = nn.Linear(features, outputs, bias=False)

    def forward(self, x: Tensor) -> Emitted:
        """[1, N, C, H, W] to scores [1, N, outputs]."""
        scores = self.linear(x.flatten(2))
        return scores, count(scores)


class Network(nn.Module):
    """The network."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = ConvNeuron(1, 4)
        self.layers = nn.ModuleList([nn.Sequential(OrderedDict(skip_connect=Skip()))])
        self.classifier = Classifier(256, 20)

    def path(self) -> list[nn.Module]:
        """Every layer in order, as config.json lists them."""
        return [self.stem, *self.layers, self.classifier]

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Input [N, C, H, W] or [N, T, C, H, W] to rates [N, classes] and spikes [layers, T] of the batch.

        A rate is the mean over votes and time steps. The answer is the class of the highest rate, of equally high ones
        the one of lowest index.
        """
        x = x.unsqueeze(0) if x.dim() == 4 else x.transpose(0, 1)  # [T or 1, N, C, H, W]
        spikes = []
        for layer in self.path():
            x, counted = layer(x)
            spikes.append(counted)
        return torch.unflatten(x, 2, (-1, VOTES_PER_CLASS)).mean(dim=(0, 3)), torch.stack(spikes)


def load() -> Network:
    """The trained network, in eval mode. Training mode would take statistics of the batch in place of the learned."""
    network = Network()
    tensors = load_file(HERE / "model.safetensors")
    hashes = [name for name in tensors if name.startswith("samples/")]  # of what it was trained and tested on
    network.load_state_dict({name: values for name, values in tensors.items() if name not in hashes})
    return network.eval()


@functools.cache
def config() -> dict[str, Any]:
    """What config.json tells: preprocessing, classes, layers, results."""
    found: dict[str, Any] = json.loads((HERE / "config.json").read_text(encoding="utf-8"))
    return found


def network_input(samples: Tensor) -> Tensor:
    """Samples to the network's input, in float32.

    Images are uint8 or 0...1 as float, [N, C, H, W]; events are counted in frames [N, T, C, H, W].
    """
    how = config()["preprocessing"]
    if how["coding"] == "counts":
        return samples.float()
    pixels = samples.float() / 255 if samples.dtype == torch.uint8 else samples.float()
    if how["coding"] == "direct":
        mean, std = (torch.tensor(how[name], dtype=torch.float32).view(1, -1, 1, 1) for name in ("mean", "std"))
        return (pixels - mean) / std
    pixels = pixels.unsqueeze(1)  # [N, 1, C, H, W], spikes over time from here on
    if how["coding"] == "rate":  # the brighter, the more often
        generator = torch.Generator().manual_seed(config()["kept_samples"]["draws_seed"])
        draws = torch.rand((len(samples), TIME_STEPS, *samples.shape[1:]), generator=generator)
        return (draws < pixels).float()
    at = torch.arange(TIME_STEPS).view(1, -1, 1, 1, 1)  # latency coding: once, the brighter the sooner
    return ((torch.round((1 - pixels) * (TIME_STEPS - 1)) == at) & (pixels > 0)).float()


def read(path: Path) -> Tensor:
    """The samples of a file as `network_input` takes them: a picture, or an array as .npy, .pt or .safetensors."""
    suffix, how = path.suffix.lower(), config()["preprocessing"]
    if suffix == ".npy":
        return _fitted(_array(path), path)
    if suffix == ".pt":
        return _fitted(torch.load(path, weights_only=True), path)
    if suffix == ".safetensors":
        tensors = load_file(path)
        if len(tensors) != 1 and "inputs" not in tensors:
            sys.exit(f"{path}: holds {', '.join(tensors)}; name the samples inputs")
        return _fitted(tensors.get("inputs", next(iter(tensors.values()))), path)
    if how["kind"] == "events":
        sys.exit(f"{path}: the network takes frames of events, as .npy, .pt or .safetensors")
    return _picture(path)


def _array(path: Path) -> Tensor:
    try:
        import numpy as np
    except ImportError:
        sys.exit(f"{path}: reading .npy needs numpy (pip install numpy); .pt and .safetensors need nothing more")
    return torch.from_numpy(np.load(path, allow_pickle=False))


def _fitted(samples: Tensor, path: Path) -> Tensor:
    """[N, (T,) C, H, W] of one sample or many; channels may be last, and grey pictures lack theirs."""
    how = config()["preprocessing"]
    channels, height, width = how["input"]
    if samples.shape[-3:] != (channels, height, width):
        if samples.shape[-3:] == (height, width, channels):
            samples = samples.movedim(-1, -3)
        elif channels == 1 and samples.shape[-2:] == (height, width):
            samples = samples.unsqueeze(-3)
    wanted = (TIME_STEPS, channels, height, width) if how["kind"] == "events" else (channels, height, width)
    samples = samples.unsqueeze(0) if samples.dim() == len(wanted) else samples
    if tuple(samples.shape[1:]) != wanted or not len(samples):
        sys.exit(f"{path}: samples must be [N, {', '.join(map(str, wanted))}], got {list(samples.shape)}")
    in_range = samples.is_floating_point() and bool(0 <= samples.min() <= samples.max() <= 1)
    if how["kind"] == "images" and samples.dtype != torch.uint8 and not in_range:
        sys.exit(f"{path}: pixels must be uint8, or floating-point numbers from 0 to 1")
    return samples


def _picture(path: Path) -> Tensor:
    """uint8 [1, C, H, W]: upright, transparency on white, grey or RGB, at the network's size."""
    try:
        from PIL import Image, ImageOps
    except ImportError:
        sys.exit(f"{path}: reading pictures needs Pillow (pip install pillow); .pt and .safetensors need nothing more")
    channels, size, _ = config()["preprocessing"]["input"]
    image = ImageOps.exif_transpose(Image.open(path))
    if image.mode[0] in "IF":
        sys.exit(f"{path}: has more than 8 bits a pixel; save it with 8")
    if image.has_transparency_data:
        over = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", over.size, "white"), over)
    image = image.convert("L" if channels == 1 else "RGB")
    if not _by_blocks(image.width, image.height, size):
        left, top = (image.width - min(image.size)) // 2, (image.height - min(image.size)) // 2
        square = (left, top, left + min(image.size), top + min(image.size))
        image = image.resize((size, size), Image.Resampling.BILINEAR, square)
    pixels = torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8)
    return _sized(pixels.view(1, image.height, image.width, channels).movedim(-1, 1), size)


def _by_blocks(width: int, height: int, size: int) -> bool:
    """Whether a picture is averaged over blocks, or enlarged between its pixels' centres, as in the training.

    Else its centre square is resampled.
    """
    resize = config()["preprocessing"]["resize"]
    whole = width % size == 0 or (resize == "enlarge" and size % width == 0)
    return (width, height) == (size, size) or (width == height and whole and resize != "bilinear")


def _sized(pixels: Tensor, size: int) -> Tensor:
    """[1, C, H, H] to [1, C, size, size], where one side is a multiple of the other."""
    side = pixels.shape[-1]
    if side > size:
        return F.avg_pool2d(pixels.float(), side // size).round().byte()
    if side < size:
        return F.interpolate(pixels.double(), (size, size), mode="bilinear").round().byte()
    return pixels


@torch.no_grad()
def show(network: Network, paths: list[Path]) -> None:
    """Print the answer for every sample of the files: classes with their rates, and the spikes."""
    classes = config()["classes"]
    for path in paths:
        samples = network_input(read(path))
        for number, sample in enumerate(samples):
            rates, spikes = network(sample.unsqueeze(0))
            order = torch.sort(rates[0], descending=True, stable=True).indices[:5].tolist()
            told = ", ".join(f"{classes[k]} {rates[0, k]:.3f}" for k in order)
            name = path.name if len(samples) == 1 else f"{path.name}[{number}]"
            print(f"{name}: {told}; {int(spikes.sum()):,} spikes")


@torch.no_grad()
def evaluate(network: Network, samples: Tensor, batch: int) -> tuple[Tensor, Tensor]:
    """Answers [N] and spikes [layers, T] of encoded samples, so many at a time."""
    done: list[tuple[Tensor, Tensor]] = [network(part) for part in torch.split(samples, batch)]
    return torch.cat([rates.argmax(1) for rates, _ in done]), torch.stack([spikes for _, spikes in done]).sum(0)


def check() -> bool:
    """Run the kept samples and print what was recorded and what is found; whether it is the same in double precision.

    In single precision it is up to the processor on which side of the threshold a potential is rounded, so that a spike
    may differ on another machine. In double precision none does.
    """
    if not (HERE / "samples.safetensors").is_file():
        sys.exit("samples.safetensors does not lie beside model.py: there is nothing to check")
    kept, recorded = load_file(HERE / "samples.safetensors"), config()["kept_samples"]
    samples, labels, same = network_input(kept["inputs"]), kept["labels"], False
    for name, precision in (("float32", torch.float32), ("float64", torch.float64)):
        answers, spikes = evaluate(load().to(precision), samples.to(precision), recorded["batch"])
        accuracy, n = int((answers == labels).sum()) / len(labels), int(spikes.sum()) / len(labels)
        print(f"{name}: accuracy {recorded[name]['accuracy']} recorded, {accuracy} found, of {len(labels)} samples")
        print(f"{name}: spikes N {recorded[name]['spikes']} recorded, {n} found")
        same = torch.equal(answers, kept[f"{name}/predictions"]) and torch.equal(spikes, kept[f"{name}/spikes"])
        same = same and (accuracy, n) == (recorded[name]["accuracy"], recorded[name]["spikes"])
        print(f"{name}: every answer and spike is {'as recorded' if same else 'NOT as recorded'}")
    return same


def main() -> int:
    """The command line; 0 where all is well, 1 where a check fails."""
    parser = argparse.ArgumentParser(description="Classify images, or check the network on the samples kept with it.")
    parser.add_argument("images", nargs="*", type=Path, help="pictures, or arrays as .npy, .pt or .safetensors")
    parser.add_argument("--check", action="store_true", help="reproduce the recorded accuracy and spikes")
    asked = parser.parse_args()
    if not asked.check and not asked.images:
        parser.error("give IMAGES, or --check")
    if missing := [str(path) for path in asked.images if not path.is_file()]:
        parser.error(f"no such file: {', '.join(missing)}")
    if asked.images:
        show(load(), asked.images)
    return 0 if not asked.check or check() else 1


if __name__ == "__main__":
    sys.exit(main())
