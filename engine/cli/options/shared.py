"""Arguments that several commands take."""

from __future__ import annotations

import argparse
from pathlib import Path

EXITS = (
    "exit status: 0 done; 2 bad input, or refused for the reason on stderr; 3 evaluated with --strict, and the network "
    "was trained on some of the samples, or that is not known; 75 paused at a checkpoint, run again to go on; 130 "
    "interrupted; 141 nobody reads on, as in `… | head`"
)


def study_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("study", type=Path, metavar="STUDY", help="STUDY.json, or a preset's key")


def change_options(parser: argparse.ArgumentParser) -> None:
    """Fields of a study set anew."""
    parser.add_argument(
        "--set", action="append", dest="assignments", metavar="FIELD=VALUE", help="such as search.generations=5"
    )
    parser.add_argument("--seed", type=int, metavar="N", help="the study's seed; of a run, DIR/seed-N is its folder")


def sample_options(parser: argparse.ArgumentParser) -> None:
    """On which samples a trained network is evaluated."""
    parser.add_argument(
        "--samples",
        type=Path,
        metavar="PATH",
        help="evaluate on these: a folder, an archive or a file of arrays, with all or some of the network's classes",
    )
    parser.add_argument(
        "--split", choices=["train", "validation", "test"], help="left out = test; of --samples without one, all"
    )
    parser.add_argument(
        "--strict", action="store_true", help="exit with 3 where the network was trained on some of the samples"
    )
    data_root_option(parser)


def data_root_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=Path, default=Path("var/data"), metavar="PATH", help="where data sets lie (default var/data)"
    )


def positive_number(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"at least 1, got {number}")
    return number
