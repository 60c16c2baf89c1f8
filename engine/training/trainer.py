"""Training loop for supernet and child: seeded batches, a loss on firing rates, resumable at every batch."""

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
from engine.data.images import Images
from engine.data.load import Dataset
from engine.data.preprocessing.coding import Encoding
from engine.errors import DivergedError
from engine.model.decision import predicted
from engine.model.network import SpikingNetwork
from engine.search.path_sampling import batch_count
from engine.seeds import derive
from engine.space.architecture import Architecture
from engine.training.totals import Totals
from engine.training.unsampled import drifts, zero_missing_gradients

Batch = tuple[Tensor, Tensor]
"""Encoded samples, [N, C, H, W] or [N, T, C, H, W], and labels [N], on the device."""


PathOf = Callable[[int], Architecture | None]
"""The path that a global training step takes; None for a child, which has only one."""


def no_path(_step: int) -> None:
    """The `PathOf` of a child."""


def evaluation_batches(
    images: Images, encoding: Encoding, size: int, device: torch.device, start: int = 0
) -> Iterator[Batch]:
    """Batches of encoded samples [N, C, H, W] or [N, T, C, H, W] and labels [N], in order, from batch `start`.

    Samples are never augmented. Random codings draw the same spikes in every evaluation.
    """
    for at in range(start * size, len(images.labels), size):
        pixels = onto(torch.from_numpy(images.images[at : at + size]), device)  # [N, C, H, W] or [N, T, C, H, W]
        labels = onto(torch.from_numpy(images.labels[at : at + size]), device)  # [N]
        draws = torch.Generator().manual_seed(derive(encoding.seed, "encode/evaluation", at))
        yield encode(pixels, encoding, draws), labels


def training_images(
    pixels: np.ndarray, data: Dataset, cutout: int, generator: torch.Generator, device: torch.device
) -> Tensor:
    """Stored samples, augmented, cut out (cutout) and encoded for training, on the device.

    Images [N, C, H, W] give [N, C, H, W], recordings [N, T, 2, H, W] give the same shape. All frames of a recording
    are moved, mirrored and cut alike.
    """
    stored = onto(torch.from_numpy(pixels), device)  # [N, C, H, W] or [N, T, 2, H, W]
    flat = stored.flatten(1, 2) if stored.dim() == 5 else stored  # [N, C, H, W] or [N, T·2, H, W]
    augmented = augment(flat, data.augmentation, generator)
    if cutout:
        augmented = cut_out(augmented, cutout, generator)
    return encode(augmented.view(stored.shape), data.encoding, generator)


def scheduled_rate(config: Recipe, epoch: int) -> float:
    """Learning rate of an epoch, from 0: constant, divided by 10 at 50 % and 75 % of the epochs, or cosine to zero."""
    share = epoch / config.epochs
    if config.schedule == "step":
        return config.learning_rate * (0.01 if share >= 0.75 else 0.1 if share >= 0.5 else 1.0)
    if config.schedule == "cosine":
        return config.learning_rate * 0.5 * (1 + math.cos(math.pi * share))
    return config.learning_rate


class Trainer:
    """A network, its optimiser and its training images. Every draw is seeded by (study seed, purpose, position)."""

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
        self.optimizer, self.drifts = _optimizer(network, recipe), drifts(recipe)
        self.batches = batch_count(len(images.labels), recipe.batch_size)

    def epoch(self, epoch: int, start: int, totals: Totals, path: PathOf) -> Iterator[int]:
        """Train an epoch from batch `start`; adds to `totals` and yields the number of batches done.

        `path(step)` gives the path of a global training step (None for a child). The next batch is prepared while the
        device computes this one. Raises DivergedError where loss or weights become NaN or infinite.
        """
        for group in self.optimizer.param_groups:
            group["lr"] = scheduled_rate(self.recipe, epoch)
        stream = self._from(epoch, start)
        ready, batch, first = next(stream, None), start, epoch * self.batches
        while ready is not None:
            images, labels = ready
            sums = self._step(images, labels, path(first + batch))  # [3]
            ready = next(stream, None)
            loss, correct, spikes = sums.tolist()
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
        """Raise DivergedError for weights that are NaN or infinite: their spikes can still give a finite loss."""
        finite = torch.stack([parameter.detach().isfinite().all() for parameter in self.network.parameters()])
        if bool(finite.all()):
            return
        names = [name for name, _ in self.network.named_parameters()]
        broken = names[finite.tolist().index(False)]
        raise DivergedError(
            f"training diverged: the weights {broken} are not finite after {self.purpose} epoch {epoch + 1}; "
            f"lower {self.purpose}.learning_rate (now {self.recipe.learning_rate:g})"
        )

    def _from(self, epoch: int, start: int) -> Iterator[Batch]:
        """The epoch's batches, (samples [N, ...], labels [N]), from number `start`."""
        draws = np.random.default_rng(derive(self.seed, f"{self.purpose}/order", epoch))
        order, size = draws.permutation(len(self.images.labels)), self.recipe.batch_size
        for batch in range(start, self.batches):
            yield self._batch(order[batch * size : (batch + 1) * size], epoch * self.batches + batch)

    def _batch(self, indices: np.ndarray, step: int) -> Batch:
        """Augmented samples [N, C, H, W] or [N, T, C, H, W] and labels [N] of the training set's `indices` [N]."""
        generator = torch.Generator().manual_seed(derive(self.seed, f"{self.purpose}/augment", step))
        chosen = self.images.images[indices]
        pixels = training_images(chosen, self.data, self.recipe.cutout, generator, self.device)
        return pixels, onto(torch.from_numpy(self.images.labels[indices]), self.device)

    def _step(self, images: Tensor, labels: Tensor, path: Architecture | None) -> Tensor:
        """One update of the weights; [loss, correct answers, spikes of the batch], without waiting for the device."""
        self.network.train()
        self.optimizer.zero_grad(set_to_none=True)
        rates, counts = self.network(images, path)  # [N, classes], [layers, T]
        loss = classification_loss(rates, labels, self.recipe.loss)
        if self.recipe.spike_regularisation:
            loss = loss + self.recipe.spike_regularisation * counts.sum() / (self.output_elements(path) * len(labels))
        loss.backward()  # type: ignore[no-untyped-call]
        if self.drifts:
            zero_missing_gradients(self.optimizer)
        self.optimizer.step()
        correct = (predicted(rates) == labels).sum()
        return torch.stack([loss.detach().double(), correct.double(), counts.detach().double().sum()])

    def output_elements(self, path: Architecture | None) -> int:
        """Counted output elements of a path over all time steps, per sample.

        Spikes divided by them are a firing rate, so the penalty λ_reg · firing rate has no unit.
        """
        layers = self.network.layer_specs(path or self.network.only_architecture)
        return sum(row.output_elements for row in layers) * self.network.config.network.time_steps

    def tensors(self) -> dict[str, Tensor]:
        """Weights [...] and optimiser state [...] by name; with `State` they are all that resuming needs."""
        named = {f"network/{name}": value for name, value in self.network.state_dict().items()}
        state = self.optimizer.state
        for name, parameter in self.network.named_parameters():
            for key, value in state.get(parameter, {}).items():
                if isinstance(value, Tensor):
                    named[f"optimizer/{name}/{key}"] = value
        return named

    def load(self, tensors: dict[str, Tensor]) -> None:
        """Load the weights [...] and optimiser state [...] that `tensors()` returned."""
        load_network(self.network, tensors)
        for name, parameter in self.network.named_parameters():
            prefix = f"optimizer/{name}/"
            slots = {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}
            if slots:
                self.optimizer.state[parameter] = {
                    key: value.to(self._device_of(key), copy=True) for key, value in slots.items()
                }

    def _device_of(self, key: str) -> torch.device:
        """The device of an entry of the optimiser's state: Adam counts steps on the CPU unless it is fused."""
        return torch.device("cpu") if key == "step" and not self.optimizer.defaults.get("fused") else self.device


def load_network(network: SpikingNetwork, tensors: dict[str, Tensor]) -> None:
    """Load the weights [...] of the entries `network/…` into a network of the same shape."""
    prefix = "network/"
    network.load_state_dict({k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)})


def classification_loss(rates: Tensor, labels: Tensor, kind: Literal["mse", "cross_entropy"]) -> Tensor:
    """Loss (scalar) of firing rates [N, classes] and labels [N].

    `mse` is the mean squared error to the one-hot labels (Na et al. 2022), `cross_entropy` the alternative.
    """
    if kind == "cross_entropy":
        return F.cross_entropy(rates, labels)
    return F.mse_loss(rates, F.one_hot(labels, rates.shape[1]).to(rates.dtype))  # both [N, classes]


def _optimizer(network: SpikingNetwork, recipe: Recipe) -> torch.optim.Optimizer:
    """Adam, or SGD with momentum 0.9 as in the reference code. Parameters without a gradient stay as they are."""
    if recipe.optimizer == "sgd":
        return torch.optim.SGD(
            network.parameters(), lr=recipe.learning_rate, momentum=0.9, weight_decay=recipe.weight_decay
        )
    fused = True if next(network.parameters()).device.type == "cuda" else None  # one kernel for all parameters
    return torch.optim.Adam(
        network.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay, fused=fused
    )
