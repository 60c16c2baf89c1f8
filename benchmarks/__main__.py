"""Ours beside the alternatives, as one table: `python -m benchmarks [--quick] [--json FILE] [--external COMMAND]`.

Every contender has a process of its own; they take turns (A B C, C B A, …). Seconds are medians; a ratio is the median
of the rounds' ratios, peer ÷ ours, with its quartiles. An external command is started once: for each line it reads it
does one unit of work and writes {"seconds": …} as one line; it may write {"peak": bytes}. It first writes {}.
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

from benchmarks import ceiling, rows
from benchmarks.workers import Place
from engine.errors import EngineError
from engine.kernels import build

Row = dict[str, Any]


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
    parser.add_argument("--only", choices=["train", "evaluate", "search", "exhaustive"], help="one part alone")
    arguments = parser.parse_args()
    size = rows.QUICK if arguments.quick else rows.FULL
    place = Place(arguments.threads, arguments.device, arguments.precision)
    build.begin().join()
    try:
        limits = ceiling.measure(place)
    except EngineError as error:
        parser.error(str(error))
    print(f"ceiling: {limits['ceiling']:.0f} GFLOP/s, copies {limits['copy_gb']:.0f} GB/s", flush=True)
    found = measured(size, place, shlex.split(arguments.external), arguments.only)
    for each in found:
        if "gflops_ours" in each:
            each["fraction_of_ceiling"] = each["gflops_ours"] / limits["ceiling"]
    if arguments.json:
        document = {"machine": machine(place), "ceiling": limits, "size": size.__dict__, "rows": found}
        arguments.json.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


def measured(size: rows.Size, place: Place, external: list[str], only: str | None) -> list[Row]:
    """All rows, each printed as soon as it is there."""
    found: list[Row] = []

    def add(row: Row) -> None:
        found.append(row)
        low, high = row["spread"]
        values = f"{row['ours']:10.3f} {row['peer']:10.3f} {row['unit']:2}"
        processor = f"  (processor {row['cpu_ratio']:.2f}×)" if "cpu_ratio" in row else ""
        ratio = f"{row['ratio']:6.2f}× [{low:.2f}–{high:.2f}]{processor}"
        print(f"{row['name']:46} {values} {ratio}  {row['against']}", flush=True)

    if only in (None, "train"):
        for row in rows.steps("train", "training step", size, place, external):
            add(row)
    if only in (None, "evaluate"):
        for row in rows.steps("evaluate", "evaluation of one architecture", size, place, []):
            add(row)
    for name, (task, _) in rows.ORDERS.items():
        if only in (None, task):
            add(rows.search(name, size, place))
    return found


def machine(place: Place) -> dict[str, Any]:
    """Where the numbers come from."""
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
