"""Headless: `python -m engine COMMAND`; `-h` lists the commands. Results on stdout, progress on stderr."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from typing import Any, NoReturn

from engine.cli import data, folder, inspect, paper, presets, run, trained, zoo
from engine.cli.control_file import Paused
from engine.cli.output import printable, tell
from engine.cli.streams import drop_output, prepare_streams
from engine.config.catalog import CATALOG
from engine.errors import ConfigError, EngineError
from engine.metrics.energy import ENERGY_MODELS
from engine.process.openmp import share_cores

EXITS = (
    "exit status: 0 done; 2 bad input, or refused for the reason on stderr; 75 paused at a checkpoint, run again to go "
    "on; 130 interrupted; 141 nobody reads on, as in `… | head`"
)


def main(argv: list[str] | None = None) -> int:
    """Run one command; its exit status is one of EXITS."""
    prepare_streams()
    share_cores()
    options = vars(_parser().parse_args(argv))
    try:
        options.pop("command")(**options)
        sys.stdout.flush()
        return 0
    except EngineError as error:
        return _refused("; ".join(error.problems) if isinstance(error, ConfigError) else str(error))
    except BrokenPipeError:
        drop_output()
        return 128 + signal.SIGPIPE
    except OSError as error:
        return _refused(_told(error))
    except KeyboardInterrupt:
        tell("interrupted; run the same command again to go on")
        return 130
    except Paused:
        tell("paused at a checkpoint; run the same command again to go on")
        return os.EX_TEMPFAIL


def _refused(why: str) -> int:
    tell(f"error: {why}")
    return 2


def _told(error: OSError) -> str:
    """Which file the system refuses, and why."""
    name = error.filename2 or error.filename
    return str(error.strerror or error) if name is None else f"{os.fsdecode(name)}: {error.strerror}"


class _Parser(argparse.ArgumentParser):
    """Repeats of what it was given only what can be shown."""

    def error(self, message: str) -> NoReturn:
        super().error(printable(message))


def _parser() -> argparse.ArgumentParser:
    """Each command's options are the parameters of its function in `engine.cli`."""
    parser = _Parser(prog="python -m engine", description=__doc__, epilog=EXITS)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _presets(commands)
    _zoo(commands)
    _run(commands)
    _folder(commands)
    _trained(commands)
    _inspect(commands)
    _paper(commands)
    _data(commands)
    return parser


def _presets(commands: Any) -> None:
    listed = commands.add_parser("presets", help="list the presets as JSON")
    listed.set_defaults(command=presets.presets)
    config = commands.add_parser("config", help="print a preset's study JSON")
    config.add_argument("preset", metavar="PRESET")
    config.set_defaults(command=presets.config)


def _zoo(commands: Any) -> None:
    parser = commands.add_parser("zoo", help="list the baselines with their layers as JSON, or train one like a winner")
    parser.add_argument("baseline", nargs="?", metavar="NAME", help="train this one")
    parser.add_argument(
        "--study", type=Path, metavar="STUDY.json", help="whose data, neuron and retrain recipe it takes"
    )
    parser.add_argument("--channels", type=int, metavar="C", help="initial channels; left out = its paper's")
    _data_root(parser)
    parser.set_defaults(command=zoo.zoo)


def _run(commands: Any) -> None:
    parser = commands.add_parser("run", help="run a study; run again on the same folder, it goes on", epilog=EXITS)
    parser.add_argument("study", type=Path, metavar="STUDY.json")
    parser.add_argument("--workdir", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--seeds", type=int, metavar="K", help="K whole studies in DIR/seed-*, then their mean and spread"
    )
    _data_root(parser)
    parser.set_defaults(command=run.run)


def _folder(commands: Any) -> None:
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


def _trained(commands: Any) -> None:
    evaluate = commands.add_parser("evaluate", help="accuracy and spikes of a trained network, as JSON")
    evaluate.add_argument("checkpoint", type=Path, metavar="CHECKPOINT", help="zip, folder or model.safetensors")
    evaluate.add_argument("--split", choices=["train", "validation", "test"], default="test")
    _data_root(evaluate)
    evaluate.set_defaults(command=trained.evaluate)
    _energy(commands)
    show = commands.add_parser("show", help="architecture, shapes and parameters of a trained network, as JSON")
    show.add_argument("checkpoint", type=Path, metavar="CHECKPOINT")
    show.set_defaults(command=trained.show)


def _energy(commands: Any) -> None:
    parser = commands.add_parser("energy", help="spikes, operations and energy of a trained network by layer, as JSON")
    parser.add_argument("checkpoint", type=Path, metavar="RESULT", help="zip, folder or model.safetensors")
    parser.add_argument("--split", choices=["train", "validation", "test"], default="test")
    parser.add_argument("--costs", choices=sorted(ENERGY_MODELS), default="float32-45nm", help="costs by name")
    parser.add_argument("--mac-pj", type=float, metavar="PJ", help="your own cost of a multiply-accumulate; give all 3")
    parser.add_argument("--ac-pj", type=float, metavar="PJ", help="your own cost of an accumulate")
    parser.add_argument("--source", metavar="TEXT", help="where your own costs come from")
    _data_root(parser)
    parser.set_defaults(command=trained.energy)


def _inspect(commands: Any) -> None:
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
    _data_root(parser)
    parser.set_defaults(command=inspect.inspect)


def _paper(commands: Any) -> None:
    findings = commands.add_parser("directions", help="the paper's findings beside your studies, as JSON")
    findings.add_argument(
        "results", type=Path, nargs="+", metavar="DIR", help="folders of finished searches, and of analyses"
    )
    findings.set_defaults(command=paper.directions)
    chosen = commands.add_parser(
        "winners", help="the study that trains from scratch what each λ chooses of a finished search, as JSON"
    )
    chosen.add_argument("workdir", type=Path, metavar="DIR", help="the folder of the search, an exhaustive one best")
    chosen.add_argument("--seeds", type=int, default=3, metavar="K", help="trainings of each winner (default 3)")
    chosen.set_defaults(command=paper.winners)
    figures = commands.add_parser("figures", help="a study's paper kit: figures, tables, captions, method, citations")
    figures.add_argument("workdir", type=Path, metavar="WORKDIR", help="the --workdir of a run, finished or not")
    figures.add_argument("--out", type=Path, required=True, metavar="DIR")
    figures.set_defaults(command=paper.figures)


def _data(commands: Any) -> None:
    parser = commands.add_parser(
        "data", help="what a file or folder holds as a data set, as JSON, or why it is refused"
    )
    parser.add_argument("path", type=Path, metavar="PATH", nargs="?")
    parser.add_argument("--formats", action="store_true", help="list what is read instead, as JSON; needs no PATH")
    parser.add_argument(
        "--dataset", choices=sorted(CATALOG), metavar="NAME", help="this built-in one, where PATH is the data root"
    )
    parser.add_argument("--preview", type=Path, metavar="DIR", help="write a few samples there, as the pages show them")
    parser.add_argument("--stages", action="store_true", help="name each stage on stderr as it begins")
    parser.set_defaults(command=data.data)


def _data_root(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=Path, default=Path("var/data"), metavar="PATH", help="where data sets lie (default var/data)"
    )


if __name__ == "__main__":
    sys.exit(main())
