"""`supernet.unsampled` rest and drift compared: which estimate ranks as training from scratch does.

`python -m benchmarks.unsampled WORK --standalone CSV [--config JSON] [--seeds N] [--json FILE]` trains a supernet for
each rule and seed and evaluates the whole space with each. WORK keeps one study's folder for each; run again, it goes
on where it was. CSV holds what the same architectures reach trained from scratch: genome, seed, accuracy, spikes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from benchmarks.ranks import Supernet, compared, read_supernet, standalone_of, table
from engine.cli.study_file import read_stored
from engine.config.parse import parse_config
from engine.config.presets import PRESETS
from engine.config.study import StudyConfig
from engine.errors import MeasureError
from engine.run.control import ask

Rule = Literal["rest", "drift"]
RULES: tuple[Rule, ...] = ("rest", "drift")
SEEDS = 3


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.unsampled", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("work", type=Path, help="folder of the supernets, kept and gone on with")
    parser.add_argument(
        "--standalone", type=Path, metavar="CSV", help="genome, seed, accuracy, spikes; else train only"
    )
    parser.add_argument("--config", type=Path, metavar="JSON", help="space, data and recipe (quick look's)")
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of the data sets (data)")
    parser.add_argument("--seeds", type=int, default=SEEDS, help=f"supernets of each rule, seeds from 0 ({SEEDS})")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the comparison there")
    arguments = parser.parse_args()
    base = parse_config(arguments.config.read_bytes()) if arguments.config else PRESETS["quick-look"].config
    folders = {(rule, seed): arguments.work / f"{rule}-{seed}" for seed in range(arguments.seeds) for rule in RULES}
    for (rule, seed), folder in folders.items():
        train(base, rule, seed, folder, arguments.data)
    if arguments.standalone is None:
        return
    supernets: dict[str, list[Supernet]] = {
        rule: [read_supernet(folder) for folder in every(folders, rule)] for rule in RULES
    }
    try:
        found = compared(supernets, standalone_of(arguments.standalone))
    except MeasureError as error:
        sys.exit(f"benchmarks.unsampled: {error}")
    found |= {"study": base.name, "config_digests": {folder.name: digest_of(folder) for folder in folders.values()}}
    for line in table(found):
        print(line)
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")


def train(base: StudyConfig, rule: Rule, seed: int, folder: Path, data: Path) -> None:
    """Train a supernet and evaluate every architecture with it, as a study that ends without retraining."""
    study = folder.with_suffix(".json")
    folder.mkdir(parents=True, exist_ok=True)
    if not study.exists():  # what was begun goes on as it was begun
        study.write_text(json.dumps(config_of(base, rule, seed).model_dump(mode="json"), indent=1))
    ask(folder, ending="result")
    command = [sys.executable, "-m", "engine", "run", str(study), "--workdir", str(folder), "--data", str(data)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def config_of(base: StudyConfig, rule: Rule, seed: int) -> StudyConfig:
    """The study of one supernet: one generation holds the whole space."""
    document = base.model_dump(mode="json")
    document |= {"name": f"{rule}, seed {seed}", "seed": seed, "analysis": None}
    document["supernet"]["unsampled"] = rule
    document["search"] |= {"algorithm": "exhaustive", "population": base.space.size}
    document["runtime"] |= {"threads": 1, "device": "cpu"}
    return parse_config(document)


def digest_of(folder: Path) -> str:
    """The digest of the config that a supernet's folder holds."""
    return read_stored(folder / "study.json").digest()


def every(folders: dict[tuple[Rule, int], Path], rule: Rule) -> Iterator[Path]:
    """The folders of one rule, by rising seed."""
    return (folder for (own, _), folder in folders.items() if own == rule)


if __name__ == "__main__":
    main()
