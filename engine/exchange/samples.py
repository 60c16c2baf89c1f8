"""The samples that an export is run on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data.images import Images
from engine.data.preprocessing.kept import Preprocessing
from engine.errors import ExportError
from engine.export.package import Package


@dataclass(frozen=True)
class Inputs:
    """`images` uint8 [n, C, H, W], or event frames [n, T, C, H, W] as uint8 or int16; `labels` int64 [n], or none."""

    images: NDArray[Any]
    labels: NDArray[np.int64] | None


def inputs_of(package: Package, given: NDArray[Any] | Images | None) -> Inputs:
    """The samples given, or those kept in the package. Raises ExportError for none, and for another shape or type."""
    found = kept_in(package) if given is None else given
    inputs = Inputs(found.images, found.labels) if isinstance(found, Images) else Inputs(np.asarray(found), None)
    assert package.record is not None
    _require(inputs.images, package.record.preprocessing)
    return inputs


def kept_in(package: Package) -> Images:
    """The samples that lie in a package. Raises ExportError where there are none."""
    if package.samples is None:
        raise ExportError("inputs: the package keeps no samples to prove an export on; give some")
    return Images(package.samples.inputs.numpy(), package.samples.labels.numpy())


def _require(images: NDArray[Any], how: Preprocessing) -> None:
    frames, types = how.kind == "events", ("uint8", "int16") if how.kind == "events" else ("uint8",)
    wanted = (how.time_steps, *how.input) if frames else how.input
    if not len(images):
        raise ExportError("inputs: at least 1 sample, got 0")
    if images.shape[1:] != wanted or images.dtype.name not in types:
        raise ExportError(
            f"inputs: must be {' or '.join(types)} [n, {', '.join(map(str, wanted))}] as the data set has them, got "
            f"{images.dtype} {list(images.shape)}"
        )
