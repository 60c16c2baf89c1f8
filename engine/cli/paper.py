"""`directions` and `figures`: finished studies beside the paper."""

from __future__ import annotations

from pathlib import Path

from engine.cli.output import print_json, print_text, printable


def directions(results: list[Path]) -> None:
    from engine.analysis.findings import report

    print_json(report(results))


def figures(workdir: Path, out: Path) -> None:
    from engine.figures import kit, record

    for name in kit.write(record.read(workdir), out):
        print_text(printable(str(out / name)))
