"""`export`: a trained network in another format, with its proof; torch is loaded when it is read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.output import complain, print_json, print_text, wants_json

if TYPE_CHECKING:
    from engine.data.images import Images
    from engine.exchange.report import Report
    from engine.export.package import Package

NOT_WRITTEN = 2
"""Exit status where the export does not agree with the network."""


def export(checkpoint: Path, to: str, out: Path, data: Path, samples: Path | None, count: int) -> int:
    """The report as a sentence or, with --json, as JSON; 2 where the export does not agree, and no file is left.

    It is run on the samples kept in the package, unless `samples` are given; without either, on the study's own.
    """
    from engine.exchange.export import export as exported
    from engine.export.package import open_package

    package = open_package(checkpoint)
    report = exported(package, to, out, _samples(package, data, samples, count))
    if wants_json():
        print_json(report.to_json(), indent=None)
    elif report.agrees:
        print_text(_told(report))
    if report.agrees:
        return 0
    complain([f"{out} is not written, for it does not agree with the network: {report.why}"], NOT_WRITTEN)
    return NOT_WRITTEN


def _samples(package: Package, data: Path, samples: Path | None, count: int) -> Images | None:
    """The first samples that the network would be evaluated on; None: those of the package."""
    import numpy as np

    from engine.export.evaluation_data import Asked, evaluation_data

    if samples is None and package.samples is not None:
        return None
    found = evaluation_data(package, Asked(data, samples))
    return found.images.take(np.arange(min(count, len(found.images.labels))))


def _told(report: Report) -> str:
    files = " and ".join(file.name for file in report.files)
    right = "" if report.accuracy is None else f"accuracy {report.accuracy:.2%}, "
    return (
        f"{files}: {report.flips:,} of {report.compared:,} spikes and {report.flipped_answers:,} of "
        f"{report.samples:,} answers differ from the network's ({report.interpreter}); {right}N {report.spikes:,.1f}; "
        f"smallest margin to the threshold {report.smallest_margin:.1e}"
    )
