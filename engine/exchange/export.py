"""`export`: a package's trained network in another format, with the proof that it computes the same."""

from __future__ import annotations

import importlib
import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from numpy.typing import NDArray

from engine.config.parse import parse_stored
from engine.data.evaluated.record import DataRecord
from engine.data.images import Images
from engine.errors import ExportError
from engine.exchange.facts import Facts
from engine.exchange.formats import FORMATS, NAMES, FormatName
from engine.exchange.layers import Layers, layers_of
from engine.exchange.proof import prove
from engine.exchange.report import Report
from engine.exchange.samples import inputs_of
from engine.exchange.written import Written
from engine.export.package import Package
from engine.model.network import SpikingNetwork
from engine.storage.atomic import write_bytes


def export(package: Package, to: str, out: Path, inputs: NDArray[Any] | Images | None = None) -> Report:
    """Write `out` and, beside it, its report as JSON; the report, which says whether the export agrees.

    `inputs` are samples as the data set has them, uint8 [n, C, H, W] or frames [n, T, C, H, W], with or without labels;
    None: those kept in the package. Nothing is written where the export does not agree: `report.why` says why. Raises
    ExportError for a format that cannot hold the network, for a package without a record of its data, and for inputs
    that do not fit; OSError.
    """
    name, network, record = _format(to), cast(SpikingNetwork, package.network), _record(package)
    _require(package, name)
    samples = inputs_of(package, inputs)
    layers = layers_of(network, frames=record.preprocessing.encoding.coding != "direct")
    with tempfile.TemporaryDirectory() as folder:
        written = _write(name, layers, _facts(package, record, layers), Path(folder) / out.name)
        report = prove(network, layers, written, samples, record.preprocessing.encoding)
        files = tuple(out.with_name(file.name) for file in written.files)
        report = replace(report, file=out, files=files)
        if report.agrees:
            for made, file in zip(written.files, files, strict=True):
                write_bytes(file, made.read_bytes())
            write_bytes(report_file(out), (json.dumps(report.to_json(), indent=2) + "\n").encode())
    return report


def report_file(out: Path) -> Path:
    """Where the report of an export lies: beside it."""
    return out.with_name(f"{out.name}.report.json")


def _format(to: str) -> FormatName:
    if to not in FORMATS:
        raise ExportError(f"to: must be one of {', '.join(NAMES)}, got {to[:40]!r}")
    return to


def _record(package: Package) -> DataRecord:
    if package.record is None:
        raise ExportError(
            "the package, of an earlier version, does not keep how samples become its input, so no export can be proven"
        )
    return package.record


def _require(package: Package, name: FormatName) -> None:
    """Raises ExportError where the format cannot hold the architecture."""
    config = parse_stored(package.document["study"])
    blocks = package.network.only_architecture.blocks
    if why := FORMATS[name].obstacles(config, tuple((block,) for block in blocks)):
        raise ExportError(f"{FORMATS[name].label} cannot hold this network: {'; '.join(why)}")


def _facts(package: Package, record: DataRecord, layers: Layers) -> Facts:
    how = record.preprocessing
    return Facts(
        architecture=package.network.only_architecture.code,
        T=layers.time_steps,
        votes_per_class=layers.votes_per_class,
        coding=how.coding,
        mean=how.mean,
        std=how.std,
        classes=record.classes,
    )


def _write(name: FormatName, layers: Layers, facts: Facts, path: Path) -> Written:
    """Each format's libraries are loaded when it is asked for."""
    writer = importlib.import_module(f"engine.exchange.{name}")
    return cast(Written, writer.write(layers, facts, path))
