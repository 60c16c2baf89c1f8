"""A trained network, ready to use: images in, firing rates, classes and spikes out."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from autosnn.config import AnyPath, Config
from autosnn.images import array_of, labels_of, pixels_of
from engine.config.recipe import RetrainConfig
from engine.config.study import StudyConfig
from engine.data.images import Images
from engine.data.preprocessing.kept import Preprocessing
from engine.data.reduce import resized
from engine.errors import CheckpointError, ConfigError, DataError, FileError
from engine.exchange.formats import FORMATS
from engine.export.document import FineTuning, fine_tunings
from engine.export.members import zipped
from engine.storage.atomic import write_bytes

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from engine.evaluation.tally import Tally
    from engine.exchange.report import Report
    from engine.export.package import Package
    from engine.model.network import Network


@dataclass(frozen=True)
class Evaluation:
    """Accuracy 0…1 and spikes per sample (N) on `samples` samples; `spikes_by_layer` sums to `spikes`."""

    accuracy: float
    spikes: float
    spikes_by_layer: dict[str, float]
    samples: int


class Model:
    """A trained network with its preprocessing and classes. It is never in training mode, and never changes.

    Images are NumPy arrays or torch tensors [n, C, H, W], [n, H, W, C] or [n, H, W] of the network's size, uint8 or
    floats 0…1; recordings are frames [n, T, 2, H, W] of counts. Normalisation is the network's own.
    """

    def __init__(self, package: Package, device: torch.device) -> None:
        if package.record is None:
            raise CheckpointError(
                "the package, of an earlier version, does not keep its preprocessing: `autosnn evaluate` estimates it "
                "from the training data"
            )
        from engine.backends.dispatch import place
        from engine.config.parse import parse_stored
        from engine.export.package import with_kernels

        self.package, self.device = package, device
        self._study: StudyConfig = parse_stored(package.document["study"])
        self._how: Preprocessing = package.record.preprocessing
        self._kernels = with_kernels(package.document)
        self.network: Network = place(package.network, device, kernels=self._kernels)
        """The torch module: normalised images [n, C, H, W] to (rates [n, classes], spikes [layers, T] of the batch)."""
        self.network.eval()

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes, in the order of the labels and of the rates."""
        assert self.package.record is not None
        return self.package.record.classes

    @property
    def architecture(self) -> str:
        """The genome."""
        return str(self.package.document["architecture"])

    @property
    def config(self) -> Config:
        """The study that trained the network."""
        return Config(self._study)

    @property
    def document(self) -> dict[str, Any]:
        """What the package says of the network: format, architecture, study, results, preprocessing, classes."""
        return deepcopy(self.package.document)

    @property
    def fine_tuned(self) -> tuple[FineTuning, ...]:
        """Every training after the study's, oldest first."""
        return fine_tunings(self.package.document)

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of the layers, from stem to output: the rows of a spike map."""
        return tuple(row.name for row in self.network.layer_specs(self.network.only_architecture))

    def __call__(self, images: Any) -> tuple[Tensor, Tensor]:
        """(firing rates [n, classes], spikes [layers, T] per image, whose sum is N of these images).

        Raises DataError, which names `images`, for another shape, type or range.
        """
        import torch

        pixels, rates = self._pixels(images, "images"), []
        spikes = torch.zeros(len(self.layers), self._how.time_steps, dtype=torch.float64)
        with torch.no_grad():
            for batch, _ in self._batches(Images(pixels, np.zeros(len(pixels), np.int64))):
                found, counted = self.network(batch)  # [n, classes], [layers, T]
                rates.append(found.cpu())
                spikes += counted.cpu()
        return torch.cat(rates), spikes / len(pixels)

    def predict(self, images: Any) -> list[str]:
        """The class of each image: that of the highest rate, of equal ones the first."""
        from engine.model.decision import predicted

        return [self.classes[label] for label in predicted(self(images)[0]).tolist()]

    def evaluate(self, images: Any, labels: Any) -> Evaluation:
        """Accuracy and spikes on images with labels [n], whole numbers or names of classes."""
        from engine.evaluation.prefix_tree import evaluate

        return self._told(evaluate(self.network, self._batches(self._labelled(images, labels))))

    def _told(self, tally: Tally) -> Evaluation:
        by_layer = tally.spike_map.sum(axis=1, dtype=np.float64)  # [layers]
        named = {name: float(n) for name, n in zip(self.layers, by_layer, strict=True)}
        return Evaluation(tally.accuracy, tally.average_spikes, named, tally.samples)

    def resize(self, images: Any) -> NDArray[np.uint8]:
        """uint8 [n, C, H, W] of the network's size, from images of another one, as those of the training were."""
        channels, size, _ = self._how.input
        return resized(pixels_of(images, "images", channels), size, self._how.resize)[0]

    def finetune(
        self, images: Any, labels: Any, *, epochs: int = 5, lr: float | None = None, batch_size: int | None = None
    ) -> Model:
        """A new model: this one, trained further on images with labels [n]; this one stays as it is.

        Recipe and augmentation are the study's, the learning rate too where `lr` is None; mean and deviation stay.
        Raises ConfigError for a recipe out of bounds, DivergedError where training ends in NaN.
        """
        from engine.backends.dispatch import place
        from engine.export.tuned import tuned
        from engine.training.totals import Totals
        from engine.training.trainer import Trainer, no_path

        recipe, data = self._recipe(epochs, lr, batch_size), self._dataset(self._labelled(images, labels))
        network = place(copy_of(self.network), self.device, kernels=self._kernels)
        trainer = Trainer(network, data.full_train, data, recipe, purpose="retrain")
        for epoch in range(recipe.epochs):
            for _ in trainer.epoch(epoch, 0, Totals(), no_path):
                pass
        images_seen, did = data.full_train, {"epochs": recipe.epochs, "learning_rate": recipe.learning_rate}
        tuning = FineTuning(samples=len(images_seen.labels), **did)
        return Model(tuned(self.package, copy_of(network), images_seen, tuning), self.device)

    def save(self, path: AnyPath) -> Path:
        """Write a package: a zip, or a folder where the name has no `.zip`. Equal networks give equal bytes.

        Of a fine-tuned network, the package's results are those on the samples in it, and the samples it was tuned on
        count as seen in training. Raises FileError where it exists, CheckpointError for a package of an earlier format.
        """
        from engine.export.package import save

        target = Path(path)
        if target.exists():
            raise FileError(f"{target} exists already")
        package = replace(self.package, network=copy_of(self.network))
        if target.suffix != ".zip":
            save(target, package)
            return target
        with TemporaryDirectory() as folder:
            save(Path(folder), package)
            write_bytes(target, zipped(Path(folder)))
        return target

    def export(self, path: AnyPath, *, to: str | None = None, verify: Any = None) -> Report:
        """Write the network as NIR, ONNX, pt2 or a SpikingJelly module; the report of its check.

        `to` None: by the file's name. `verify`: images that it is checked on; None: those kept in the package. Raises
        ExportError for what cannot be written so, with the reason.
        """
        from engine.exchange.export import export

        inputs = None if verify is None else self._pixels(verify, "verify")
        package = replace(self.package, network=copy_of(self.network))
        return export(package, to=to or _format_of(Path(path)), out=Path(path), inputs=inputs)

    def _recipe(self, epochs: int, lr: float | None, batch_size: int | None) -> RetrainConfig:
        """The study's recipe with what is asked. Raises ConfigError."""
        asked = {"epochs": epochs, "learning_rate": lr, "batch_size": batch_size}
        given = [(f"retrain.{name}", value) for name, value in asked.items() if value is not None]
        return self.config.set(**dict(given)).study.retrain

    def _dataset(self, images: Images) -> Any:
        """The images as a data set to train on, with the network's own preprocessing."""
        from engine.data.load import Dataset, digest_of

        none, config = Images(images.images[:0], images.labels[:0]), self._study.data
        return Dataset(
            train=images,
            validation=none,
            full_train=images,
            test=none,
            class_names=self.classes,
            encoding=self._how.encoding,
            digest=digest_of(images, np.arange(0), none, parted=False),
            note="samples of a fine-tuning",
            augmentation=(config.augmentation or config.info.augmentation) if config.augment else "none",
        )

    def _labelled(self, images: Any, labels: Any) -> Images:
        pixels = self._pixels(images, "images")
        return Images(pixels, labels_of(labels, "labels", len(pixels), self.classes))

    def _pixels(self, images: Any, field: str) -> NDArray[Any]:
        """Stored samples as the network's encoding takes them. Raises DataError, which names the field."""
        channels, height, width = self._how.input
        if self._how.kind == "events":
            return self._frames(array_of(images), field)
        pixels = pixels_of(images, field, channels)
        if pixels.shape[2:] != (height, width):
            raise DataError(
                f"{field}: the network takes {height} × {width} pixels, got {pixels.shape[2]} × {pixels.shape[3]}; "
                "resize them as in training by model.resize(images)"
            )
        return pixels

    def _frames(self, frames: NDArray[Any], field: str) -> NDArray[Any]:
        wanted = (self._how.time_steps, *self._how.input)
        if frames.shape[1:] != wanted or not len(frames) or frames.dtype.name not in ("uint8", "int16"):
            form, given = ", ".join(map(str, wanted)), f"{frames.dtype} {list(frames.shape)}"
            raise DataError(f"{field}: must be frames of counts, uint8 or int16 [n, {form}], got {given}")
        return frames

    def _batches(self, images: Images) -> Iterator[tuple[Tensor, Tensor]]:
        from engine.training.trainer import evaluation_batches

        return evaluation_batches(images, self._how.encoding, self._study.search.batch_size, self.device)

    def __repr__(self) -> str:
        tunings = "".join(f", fine-tuned on {one.samples:,} samples" for one in self.fine_tuned)
        return f"<autosnn.Model {self.architecture}, {len(self.classes)} classes, on {self.device}{tunings}>"


def _format_of(path: Path) -> str:
    """The format of a file of this name. Raises ConfigError where none has its suffix."""
    if (found := next((name for name, one in FORMATS.items() if one.suffix == path.suffix), None)) is None:
        raise ConfigError([f"to: must be one of {', '.join(FORMATS)}; the name {path.name[:60]!r} does not tell which"])
    return found


def copy_of(network: Network) -> Network:
    """The same network with weights of its own, in plain torch."""
    from engine.model.network import build_child

    copied = build_child(network.config, network.only_architecture, 0)
    copied.load_state_dict(network.state_dict())
    return copied


def load(path: AnyPath, *, device: Literal["auto", "cpu", "cuda"] = "auto") -> Model:
    """The network of a package: its zip, its folder, or model.safetensors. `device`: auto, cpu or cuda.

    Raises CheckpointError where it is none, or a checksum does not match; ConfigError for another device.
    """
    from engine.export.package import open_package
    from engine.process.device import resolve_device

    if device not in ("auto", "cpu", "cuda"):
        raise ConfigError([f"device: must be auto, cpu or cuda, got {str(device)[:20]!r}"])
    return Model(open_package(Path(path)), resolve_device(device))
