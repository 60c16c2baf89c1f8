"""The engine and other libraries, as one table: `python -m benchmarks [--quick] [--json FILE] [--external COMMAND]`.

Every contender has a process of its own; they take turns (A B C, C B A, …). Seconds are medians; a ratio is the median
of the rounds' ratios, peer ÷ ours, with its quartiles. An external command is started once, in the repository's folder,
and writes {} as one line when it is ready; for each line it reads it does one training step and writes {"seconds": …}
as one line, if it likes with "cpu" (the processor's seconds) and "peak" (bytes); tests/benchmarks/peer.py shows one.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shlex
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from benchmarks import bounds, ceiling, rows
from benchmarks.workers import ContenderError, Place
from engine.backends.cpu import build
from engine.errors import EngineError

Row = dict[str, Any]
PARTS = ("train", "evaluate", "search", "exhaustive", "loader", "import")
PATIENCE = 600.0


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds and images: some minutes instead of many")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write rows, machine and versions there")
    parser.add_argument("--external", default="", metavar="COMMAND", help="a further peer of the training step")
    parser.add_argument("--threads", type=int, default=2, help="CPU threads of every contender (2)")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu", help="where every contender works (cpu)")
    parser.add_argument(
        "--precision",
        choices=["float32", "tf32", "bfloat16"],
        default="float32",
        help="of a GPU's convolutions (float32)",
    )
    parser.add_argument("--only", choices=PARTS, help="one part alone")
    parser.add_argument(
        "--patience",
        type=float,
        default=PATIENCE,
        metavar="SECONDS",
        help=f"what a contender may take for a step or an evaluation before it counts as hanging ({PATIENCE:g})",
    )
    arguments = parser.parse_args()
    size = rows.QUICK if arguments.quick else rows.FULL
    place = Place(arguments.threads, arguments.device, arguments.precision)
    build.begin().join()
    try:
        limits = ceiling.measure(place)
    except EngineError as error:
        parser.error(str(error))
    print(f"ceiling: {limits['ceiling']:.0f} GFLOP/s, copies {limits['copy_gb']:.0f} GB/s", flush=True)
    external = shlex.split(arguments.external)
    try:
        found = measured(size, place, external, arguments.only, arguments.patience)
    except ContenderError as error:
        sys.exit(f"benchmarks: {error}")
    for each in found:
        if "gflops_ours" in each:
            each["fraction_of_ceiling"] = each["gflops_ours"] / limits["ceiling"]
    if arguments.json:
        document = {"machine": machine(place), "ceiling": limits, "size": size.__dict__, "rows": found}
        arguments.json.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


def measured(size: rows.Size, place: Place, external: list[str], only: str | None, patience: float) -> list[Row]:
    """All rows, each printed as soon as it is measured. Raises ContenderError."""
    found: list[Row] = []

    def add(row: Row) -> None:
        found.append(row)
        print(line(row), flush=True)

    if only in (None, "train"):
        for row in rows.steps("train", "training step", size, place, external, patience):
            add(row)
    if only in (None, "loader"):
        add(bounds.loader(size.rounds, size.batch, place))
    if only in (None, "import"):
        add(bounds.start(size.rounds))
    if only in (None, "evaluate"):
        for row in rows.steps("evaluate", "evaluation of one architecture", size, place, patience=patience):
            add(row)
    for name, (task, _) in rows.ORDERS.items():
        if only in (None, task):
            add(rows.search(name, size, place))
    return found


def line(row: Row) -> str:
    """A row as it is printed, with its peer and its bound, where it has them."""
    low, high = row["spread"]
    unit = row["unit"]
    parts = [f"{row['name']:46} {row['ours']:10.3f}"]
    if "peer" in row:
        processor = f"  (processor {row['cpu_ratio']:.2f}×)" if "cpu_ratio" in row else ""
        parts.append(
            f"{row['peer']:10.3f} {unit:2} {row['ratio']:6.2f}× [{low:.2f}–{high:.2f}]{processor}  {row['against']}"
        )
    else:
        parts.append(f"{'':10} {unit:2} [{low:.2f}–{high:.2f}]")
    if "bound" in row:
        parts.append(f" below {row['bound']:g} {unit}: {'yes' if row['reached'] else 'NO'}")
    return " ".join(parts)


def machine(place: Place) -> dict[str, Any]:
    """The machine and software that the numbers were measured on."""
    model = ""
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")
    return {
        "processor": model or platform.processor(),
        "cores": os.cpu_count(),
        **asdict(place),
        "gpu": torch.cuda.get_device_name() if place.device == "cuda" else None,
        "load": os.getloadavg(),
        "python": sys.version.split()[0],
        "torch": torch.__version__,
        "kernels": build.begin().file is not None,
    }


if __name__ == "__main__":
    main()
