"""Commands that make and run studies: presets, estimates, runs, forks, sweeps, retraining."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.cli import (
    estimate,
    extend,
    folder,
    presets,
    retrain,
    run,
    sweep,
    train,
)
from engine.cli.options.shared import EXITS, change_options, data_root_option, study_argument
from engine.config.algorithms import ALGORITHMS
from engine.sinks.feed import USAGE


def add_presets(commands: Any) -> None:
    listed = commands.add_parser("presets", help="list the presets as JSON")
    listed.set_defaults(command=presets.presets)
    config = commands.add_parser("config", help="print a study's JSON, with fields set anew")
    config.add_argument("preset_or_file", metavar="PRESET", help="a preset's key, or STUDY.json")
    change_options(config)
    config.set_defaults(command=presets.config)
    schema = commands.add_parser("schema", help="print the JSON Schema of a study's config")
    schema.set_defaults(command=presets.schema)
    costs = commands.add_parser("estimate", help="the size of a study's space, its time and memory here, as JSON")
    study_argument(costs)
    change_options(costs)
    costs.add_argument(
        "--macs-per-second", type=float, metavar="R", help="speed of another machine; left out = this one's, measured"
    )
    costs.set_defaults(command=estimate.estimate)


def add_run(commands: Any) -> None:
    parser = commands.add_parser("run", help="run a study; run again on the same folder, it goes on", epilog=EXITS)
    study_argument(parser)
    change_options(parser)
    parser.add_argument("--workdir", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--seeds", type=int, metavar="K", help="K whole studies in DIR/seed-*, then their mean and spread"
    )
    parser.add_argument("--sink", action="append", default=[], metavar="KIND:WHERE", help=f"also to {USAGE}")
    data_root_option(parser)
    parser.set_defaults(command=run.run)
    _train(commands)


def _train(commands: Any) -> None:
    parser = commands.add_parser("train", help="train architectures from scratch by a study's recipe", epilog=EXITS)
    parser.add_argument("genomes", nargs="+", metavar="GENOME", help="such as R5-S-C3")
    parser.add_argument("--study", type=Path, required=True, metavar="STUDY", help="STUDY.json, or a preset's key")
    change_options(parser)
    parser.add_argument("--seeds", type=int, default=1, metavar="K", help="train each K times (default 1)")
    parser.add_argument("--workdir", type=Path, required=True, metavar="DIR")
    data_root_option(parser)
    parser.set_defaults(command=train.train)


def add_folder(commands: Any) -> None:
    pause = commands.add_parser(
        "pause", help="have the run at work in a folder store a checkpoint and end (so does SIGTERM); it exits with 75"
    )
    pause.add_argument("workdir", type=Path, metavar="DIR")
    pause.set_defaults(command=folder.pause)
    stop = commands.add_parser("stop", help="have the run in a folder end its search after the generation at work")
    stop.add_argument("workdir", type=Path, metavar="DIR")
    stop.add_argument("--retrain", action="store_true", help="then retrain the winner; else keep what was found")
    stop.set_defaults(command=folder.stop)
    fork = commands.add_parser("fork", help="a new study from a folder's supernet and its first generations")
    fork.add_argument("workdir", type=Path, metavar="DIR")
    fork.add_argument("--generation", type=int, required=True, metavar="G", help="how many generations to keep")
    fork.add_argument("--to", type=Path, required=True, metavar="NEW_DIR", help="must not exist")
    fork.add_argument("--study", type=Path, metavar="STUDY.json", help="its config, where other than DIR's")
    fork.set_defaults(command=folder.fork)
    more = commands.add_parser("extend", help="more generations for a search in its folder; then run it again")
    more.add_argument("workdir", type=Path, metavar="DIR")
    more.add_argument("--generations", type=int, required=True, metavar="G", help="how many in all")
    more.set_defaults(command=extend.extend)


def add_sweep(commands: Any) -> None:
    parser = commands.add_parser(
        "sweep", help="several searches on one supernet; run again, it goes on; their table as JSON", epilog=EXITS
    )
    parser.add_argument("source", type=Path, metavar="DIR_OR_STUDY.json", help="a folder with a trained supernet")
    parser.add_argument(
        "--lambda", dest="lambdas", nargs="+", required=True, metavar="λ", help="such as 0,-0.08 or =-0.08,-0.16"
    )
    parser.add_argument("--seeds", type=int, metavar="K", help="K searches of each λ (default 1)")
    parser.add_argument("--seed", nargs="+", metavar="S", help="one search of each λ with each of these seeds")
    parser.add_argument("--generations", type=int, metavar="G", help="left out = the study's")
    parser.add_argument("--algorithm", choices=list(ALGORITHMS), help="left out = the study's")
    parser.add_argument("--retrain", action="store_true", help="retrain each winner; else a study ends with its search")
    parser.add_argument(
        "--to", type=Path, required=True, metavar="DIR", help="where the searches lie, each in a folder"
    )
    data_root_option(parser)
    parser.set_defaults(command=sweep.sweep)


def add_retrain(commands: Any) -> None:
    parser = commands.add_parser(
        "retrain", help="train architectures of a study from scratch; run again, it goes on; as JSON", epilog=EXITS
    )
    parser.add_argument("workdir", type=Path, metavar="DIR", help="the study: its data, network and retrain recipe")
    parser.add_argument("architectures", nargs="+", metavar="GENOME", help="such as R5-S-C3")
    parser.add_argument("--seeds", type=int, default=1, metavar="K", help="trainings of each (default 1)")
    parser.add_argument("--to", type=Path, required=True, metavar="NEW_DIR", help="the folder of the analysis")
    data_root_option(parser)
    parser.set_defaults(command=retrain.retrain)
