"""Commands about a trained network: evaluation, energy, export, inspection, and the baselines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.cli import (
    export,
    inspect,
    trained,
    zoo,
)
from engine.cli.options.shared import data_root_option, positive_number, sample_options
from engine.exchange.formats import NAMES
from engine.metrics.energy import ENERGY_MODELS


def add_zoo(commands: Any) -> None:
    parser = commands.add_parser("zoo", help="list the baselines with their layers as JSON, or train one like a winner")
    parser.add_argument("baseline", nargs="?", metavar="NAME", help="train this one")
    parser.add_argument(
        "--study", type=Path, metavar="STUDY.json", help="whose data, neuron and retrain recipe it takes"
    )
    parser.add_argument("--channels", type=int, metavar="C", help="initial channels; left out = its paper's")
    data_root_option(parser)
    parser.set_defaults(command=zoo.zoo)


def add_trained(commands: Any) -> None:
    evaluate = commands.add_parser("evaluate", help="accuracy and spikes of a trained network, as JSON")
    evaluate.add_argument("checkpoint", type=Path, metavar="CHECKPOINT", help="zip, folder or model.safetensors")
    sample_options(evaluate)
    evaluate.set_defaults(command=trained.evaluate)
    _energy(commands)
    show = commands.add_parser("show", help="architecture, shapes and parameters of a trained network, as JSON")
    show.add_argument("checkpoint", type=Path, metavar="CHECKPOINT")
    show.set_defaults(command=trained.show)


def _energy(commands: Any) -> None:
    parser = commands.add_parser("energy", help="spikes, operations and energy of a trained network by layer, as JSON")
    parser.add_argument("checkpoint", type=Path, metavar="RESULT", help="zip, folder or model.safetensors")
    parser.add_argument("--costs", choices=sorted(ENERGY_MODELS), default="float32-45nm", help="costs by name")
    parser.add_argument("--mac-pj", type=float, metavar="PJ", help="your own cost of a multiply-accumulate; give all 3")
    parser.add_argument("--ac-pj", type=float, metavar="PJ", help="your own cost of an accumulate")
    parser.add_argument("--source", metavar="TEXT", help="where your own costs come from")
    sample_options(parser)
    parser.set_defaults(command=trained.energy)


def add_export(commands: Any) -> None:
    parser = commands.add_parser(
        "export", help="a trained network in another format, run beside it on samples; not written where spikes differ"
    )
    parser.add_argument("checkpoint", type=Path, metavar="CHECKPOINT", help="zip, folder or model.safetensors")
    parser.add_argument("--to", choices=NAMES, required=True, help="the format")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="its report is written beside it")
    parser.add_argument(
        "--samples",
        type=Path,
        metavar="PATH",
        help="run it on these; left out = those in the package, or else the study's",
    )
    parser.add_argument(
        "--count",
        type=positive_number,
        default=100,
        metavar="N",
        help="at most so many samples (default 100), all of the package",
    )
    data_root_option(parser)
    parser.set_defaults(command=export.export)


def add_inspect(commands: Any) -> None:
    parser = commands.add_parser("inspect", help="look into one architecture of a study, as JSON")
    parser.add_argument("folder", type=Path, metavar="DIR_OR_RESULT", help="a study's folder, or a trained network")
    parser.add_argument("--architecture", metavar="CODE", help="such as R5-S-C3; left out = the trained network's own")
    parser.add_argument(
        "--kind", choices=["evaluation", "sample", "activity"], help="left out = evaluation, with --sample: sample"
    )
    parser.add_argument("--weights", choices=["supernet", "retrained"], help="left out = what DIR_OR_RESULT has first")
    parser.add_argument("--split", choices=["validation", "test"], help="left out = what the weights are evaluated on")
    parser.add_argument("--sample", type=int, metavar="K", help="follow this sample of the split through the network")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write spikes and ledger there, as safetensors")
    parser.add_argument("--study", type=Path, metavar="STUDY.json", help="the folder's config, where it holds none")
    parser.add_argument("--serve", action="store_true", help="answer requests from standard input, JSON, one a line")
    data_root_option(parser)
    parser.set_defaults(command=inspect.inspect)
