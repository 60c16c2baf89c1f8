"""`directions`, `winners` and `figures`: studies beside the paper."""

from __future__ import annotations

from pathlib import Path

from engine.cli.output import print_json, print_text, printable


def directions(results: list[Path]) -> None:
    from engine.analysis.beside_paper import report

    print_json(report(results))


def winners(workdir: Path, seeds: int) -> None:
    from engine.analysis.lambda_winners import retraining

    print_json(retraining(workdir, seeds).model_dump(mode="json"))


def figures(workdir: Path, out: Path) -> None:
    from engine.figures import kit, record

    for name in kit.write(record.read(workdir), out):
        print_text(printable(str(out / name)))
