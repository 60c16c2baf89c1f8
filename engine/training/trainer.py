"""One training loop for supernet and child: seeded batches, a loss on firing rates, resumable by batch."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.config.recipe import Recipe
from engine.data.batches.augment import augment, cut_out
from engine.data.batches.encoding import encode
from engine.data.batches.placing import onto
from engine.data.load import Dataset, Images
from engine.errors import DivergedError
from engine.model.network import SpikingNetwork
from engine.run.state import Totals
from engine.search.path_sampling import batch_count
from engine.seeds import derive
from engine.space.architecture import Architecture

Batch = tuple[Tensor, Tensor]
"""Encoded samples, [N, C, H, W] or [N, T, C, H, W], and labels [N], on the device."""


PathOf = Callable[[int], Architecture | None]
"""The architecture of a global training step; None for a child, which has but one."""


def evaluation_batches(
    images: Images, data: Dataset, size: int, device: torch.device, start: int = 0
) -> Iterator[Batch]:
    """Samples in their order, never augmented, from batch `start`; random codings draw the same spikes every time."""
    for at in range(start * size, len(images.labels), size):
        pixels = onto(torch.from_numpy(images.images[at : at + size]), device)
        labels = onto(torch.from_numpy(images.labels[at : at + size]), device)
        draws = torch.Generator().manual_seed(derive(data.encoding.seed, "encode/evaluation", at))
        yield encode(pixels, data.encoding, draws), labels


def training_images(
    pixels: np.ndarray, data: Dataset, cutout: int, generator: torch.Generator, device: torch.device
) -> Tensor:
    """Stored samples as a network is trained on them: augmented, cut out, encoded, on the device.

    All frames of one recording [T, 2, H, W] are moved, mirrored and cut alike.
    """
    stored = onto(torch.from_numpy(pixels), device)
    flat = stored.flatten(1, 2) if stored.dim() == 5 else stored
    augmented = augment(flat, data.augmentation, generator)
    if cutout:
        augmented = cut_out(augmented, cutout, generator)
    return encode(augmented.view(stored.shape), data.encoding, generator)


def scheduled_rate(config: Recipe, epoch: int) -> float:
    """Learning rate of an epoch: constant; ÷10 at 50 % and 75 %; or cosine to zero."""
    share = epoch / config.epochs
    if config.schedule == "step":
        return config.learning_rate * (0.01 if share >= 0.75 else 0.1 if share >= 0.5 else 1.0)
    if config.schedule == "cosine":
        return config.learning_rate * 0.5 * (1 + math.cos(math.pi * share))
    return config.learning_rate


class Trainer:
    """A network, its optimiser and its images. Every draw is seeded by (study seed, purpose, position)."""

    def __init__(
        self,
        network: SpikingNetwork,
        images: Images,
        data: Dataset,
        recipe: Recipe,
        *,
        purpose: Literal["supernet", "retrain"],
    ) -> None:
        self.network, self.images, self.data, self.recipe = network, images, data, recipe
        self.purpose, self.seed = purpose, network.config.seed
        self.device = next(network.parameters()).device
        self.optimizer = _optimizer(network, recipe)
        self.batches = batch_count(len(images.labels), recipe.batch_size)

    def epoch(self, epoch: int, start: int, totals: Totals, path: PathOf) -> Iterator[int]:
        """Train from batch `start` of an epoch, adding to `totals`; yields the number of batches done.

        `path(step)` draws the architecture of a global step (None for a child). The next batch is made ready while the
        device works on this one. Raises DivergedError.
        """
        for group in self.optimizer.param_groups:
            group["lr"] = scheduled_rate(self.recipe, epoch)
        stream = self._from(epoch, start)
        ready, batch, first = next(stream, None), start, epoch * self.batches
        while ready is not None:
            images, labels = ready
            said = self._step(images, labels, path(first + batch))
            ready = next(stream, None)
            loss, correct, spikes = said.tolist()
            if not math.isfinite(loss):
                raise DivergedError(
                    f"training diverged: the loss is {loss} in {self.purpose} epoch {epoch + 1}, batch {batch + 1}; "
                    f"lower {self.purpose}.learning_rate (now {self.recipe.learning_rate:g})"
                )
            totals.add(loss, int(correct), len(labels), spikes)
            batch += 1
            if batch == self.batches:
                self._require_finite(epoch)
            yield batch

    def _require_finite(self, epoch: int) -> None:
        """Raise DivergedError for weights that are NaN or infinite: spikes of theirs still make a finite loss."""
        whole = torch.stack([parameter.detach().isfinite().all() for parameter in self.network.parameters()])
        if bool(whole.all()):
            return
        names = [name for name, _ in self.network.named_parameters()]
        broken = names[whole.tolist().index(False)]
        raise DivergedError(
            f"training diverged: the weights {broken} are not finite after {self.purpose} epoch {epoch + 1}; "
            f"lower {self.purpose}.learning_rate (now {self.recipe.learning_rate:g})"
        )

    def _from(self, epoch: int, start: int) -> Iterator[Batch]:
        """The epoch's batches from number `start`."""
        draws = np.random.default_rng(derive(self.seed, f"{self.purpose}/order", epoch))
        order, size = draws.permutation(len(self.images.labels)), self.recipe.batch_size
        for batch in range(start, self.batches):
            yield self._batch(order[batch * size : (batch + 1) * size], epoch * self.batches + batch)

    def _batch(self, indices: np.ndarray, step: int) -> Batch:
        generator = torch.Generator().manual_seed(derive(self.seed, f"{self.purpose}/augment", step))
        chosen = self.images.images[indices]
        pixels = training_images(chosen, self.data, self.recipe.cutout, generator, self.device)
        return pixels, onto(torch.from_numpy(self.images.labels[indices]), self.device)

    def _step(self, images: Tensor, labels: Tensor, path: Architecture | None) -> Tensor:
        """One update; returns loss, correct answers and counted spikes [3], still on the device, which may be at it."""
        self.network.train()
        self.optimizer.zero_grad(set_to_none=True)
        rates, counts = self.network(images, path)
        loss = classification_loss(rates, labels, self.recipe.loss)
        if self.recipe.spike_regularisation:
            loss = loss + self.recipe.spike_regularisation * counts.sum() / (self.sites(path) * len(labels))
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()
        correct = (rates.argmax(1) == labels).sum()
        return torch.stack([loss.detach().double(), correct.double(), counts.detach().double().sum()])

    def sites(self, path: Architecture | None) -> int:
        """Counted elements of a path over all time steps, per image: λ_reg times spikes ÷ sites has no dimension."""
        layers = self.network.rows(path or self.network.only_architecture)
        return sum(row.sites for row in layers) * self.network.config.network.time_steps

    def tensors(self) -> dict[str, Tensor]:
        """Weights and optimiser state by name; the other half of a resumable position is `State`."""
        named = {f"network/{name}": value for name, value in self.network.state_dict().items()}
        state = self.optimizer.state
        for name, parameter in self.network.named_parameters():
            for key, value in state.get(parameter, {}).items():
                if isinstance(value, Tensor):
                    named[f"optimizer/{name}/{key}"] = value
        return named

    def load(self, tensors: dict[str, Tensor]) -> None:
        """Take up the weights and optimiser state of `tensors()`."""
        load_network(self.network, tensors)
        for name, parameter in self.network.named_parameters():
            prefix = f"optimizer/{name}/"
            slots = {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}
            if slots:
                self.optimizer.state[parameter] = {
                    key: value.to(self._place_of(key), copy=True) for key, value in slots.items()
                }

    def _place_of(self, key: str) -> torch.device:
        """Where the optimiser wants an entry of its state: it counts steps on the CPU unless it is fused."""
        return torch.device("cpu") if key == "step" and not self.optimizer.defaults.get("fused") else self.device


def load_network(network: SpikingNetwork, tensors: dict[str, Tensor]) -> None:
    """Load the entries `network/…` into a network of the same shape."""
    prefix = "network/"
    network.load_state_dict({k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)})


def classification_loss(rates: Tensor, labels: Tensor, kind: Literal["mse", "cross_entropy"]) -> Tensor:
    """Of firing rates [N, classes]: mean squared error to the one-hot label (the paper's), or cross-entropy."""
    if kind == "cross_entropy":
        return F.cross_entropy(rates, labels)
    return F.mse_loss(rates, F.one_hot(labels, rates.shape[1]).to(rates.dtype))


def _optimizer(network: SpikingNetwork, recipe: Recipe) -> torch.optim.Optimizer:
    """Adam, or SGD with momentum 0.9. Parameters off the sampled path have no gradient and rest."""
    if recipe.optimizer == "sgd":
        return torch.optim.SGD(
            network.parameters(), lr=recipe.learning_rate, momentum=0.9, weight_decay=recipe.weight_decay
        )
    fused = True if next(network.parameters()).device.type == "cuda" else None  # one program for all parameters
    return torch.optim.Adam(
        network.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay, fused=fused
    )
