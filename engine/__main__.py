"""Headless: `python -m engine COMMAND`, or `autosnn COMMAND`. Results on stdout, progress on stderr."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, get_args

from engine.cli import (
    crate,
    data,
    estimate,
    export,
    extend,
    folder,
    inspect,
    make_table,
    paper,
    parts,
    presets,
    retrain,
    rows,
    run,
    sweep,
    table,
    train,
    trained,
    zoo,
)
from engine.cli.control_file import Paused
from engine.cli.output import complain, printable, printing, tell
from engine.cli.streams import drop_output, prepare_streams
from engine.config.algorithms import ALGORITHMS
from engine.config.catalog import CATALOG
from engine.errors import ConfigError, EngineError
from engine.exchange.formats import NAMES
from engine.metrics.energy import ENERGY_MODELS
from engine.parts.templates import KINDS
from engine.process.openmp import share_cores
from engine.rows.columns import COLUMNS
from engine.sinks.feed import USAGE
from engine.tabular.columns import Source

EXITS = (
    "exit status: 0 done; 2 bad input, or refused for the reason on stderr; 3 evaluated with --strict, and the network "
    "was trained on some of the samples, or that is not known; 75 paused at a checkpoint, run again to go on; 130 "
    "interrupted; 141 nobody reads on, as in `… | head`"
)
PROGRAM = "python -m engine"
REFUSED = 2


def main(argv: list[str] | None = None, program: str = PROGRAM) -> int:
    """Run one command; its exit status is one of EXITS. `program` is what help calls it."""
    prepare_streams()
    share_cores()
    try:
        arguments = parts.with_parts(argv)
    except EngineError as error:
        return _refused([str(error)])
    options = vars(parser_of(program).parse_args(arguments))
    command = options.pop("command")
    with printing(quiet=options.pop("quiet", False), as_json=options.pop("json", False)):
        return _ended(command, options)


def _ended(command: Callable[..., int | None], options: dict[str, Any]) -> int:
    """The exit status of a command."""
    try:
        status: int = command(**options) or 0
        sys.stdout.flush()
        return status
    except EngineError as error:
        return _refused(error.problems if isinstance(error, ConfigError) else [str(error)])
    except BrokenPipeError:
        drop_output()
        return 128 + signal.SIGPIPE
    except OSError as error:
        return _refused([_told(error)])
    except KeyboardInterrupt:
        tell("interrupted; run the same command again to go on")
        return 130
    except Paused:
        tell("paused at a checkpoint; run the same command again to go on")
        return os.EX_TEMPFAIL


def _refused(problems: list[str]) -> int:
    complain(problems, REFUSED)
    return REFUSED


def _told(error: OSError) -> str:
    """Which file the system refuses, and why."""
    name = error.filename2 or error.filename
    return str(error.strerror or error) if name is None else f"{os.fsdecode(name)}: {error.strerror}"


class _Parser(argparse.ArgumentParser):
    """Repeats of what it was given only what can be shown. Every command takes --json and --quiet."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.add_argument(
            "--json", action="store_true", default=argparse.SUPPRESS, help="JSON also where a terminal is told in words"
        )
        self.add_argument(
            "--quiet", action="store_true", default=argparse.SUPPRESS, help="no progress and no notes, errors alone"
        )

    def error(self, message: str) -> NoReturn:
        super().error(printable(message))


def parser_of(program: str) -> argparse.ArgumentParser:
    """Each command's options are the parameters of its function in `engine.cli`."""
    parser = _Parser(prog=program, description=__doc__, epilog=EXITS)
    parser.add_argument(
        parts.OPTION, default=argparse.SUPPRESS, metavar="FILE.py", help=parts.WORDS
    )  # read before, by with_parts
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _presets(commands)
    own = commands.add_parser("parts", help="list your own parts that are registered, as JSON, or print a template")
    own.add_argument("--template", choices=KINDS, help="print a complete file of this kind, to begin from")
    own.set_defaults(command=parts.parts)
    _zoo(commands)
    _run(commands)
    _folder(commands)
    _sweep(commands)
    _retrain(commands)
    _trained(commands)
    _export(commands)
    _inspect(commands)
    _paper(commands)
    _rows(commands)
    _crate(commands)
    _data(commands)
    _table(commands)
    return parser


def _presets(commands: Any) -> None:
    listed = commands.add_parser("presets", help="list the presets as JSON")
    listed.set_defaults(command=presets.presets)
    config = commands.add_parser("config", help="print a study's JSON, with fields set anew")
    config.add_argument("preset_or_file", metavar="PRESET", help="a preset's key, or STUDY.json")
    _changes(config)
    config.set_defaults(command=presets.config)
    schema = commands.add_parser("schema", help="print the JSON Schema of a study's config")
    schema.set_defaults(command=presets.schema)
    costs = commands.add_parser("estimate", help="the size of a study's space, its time and memory here, as JSON")
    _study(costs)
    _changes(costs)
    costs.add_argument(
        "--macs-per-second", type=float, metavar="R", help="speed of another machine; left out = this one's, measured"
    )
    costs.set_defaults(command=estimate.estimate)


def _study(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("study", type=Path, metavar="STUDY", help="STUDY.json, or a preset's key")


def _changes(parser: argparse.ArgumentParser) -> None:
    """Fields of a study set anew."""
    parser.add_argument(
        "--set", action="append", dest="assignments", metavar="FIELD=VALUE", help="such as search.generations=5"
    )
    parser.add_argument("--seed", type=int, metavar="N", help="the study's seed; of a run, DIR/seed-N is its folder")


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
    _study(parser)
    _changes(parser)
    parser.add_argument("--workdir", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--seeds", type=int, metavar="K", help="K whole studies in DIR/seed-*, then their mean and spread"
    )
    parser.add_argument("--sink", action="append", default=[], metavar="KIND:WHERE", help=f"also to {USAGE}")
    _data_root(parser)
    parser.set_defaults(command=run.run)
    _train(commands)


def _train(commands: Any) -> None:
    parser = commands.add_parser("train", help="train architectures from scratch by a study's recipe", epilog=EXITS)
    parser.add_argument("genomes", nargs="+", metavar="GENOME", help="such as R5-S-C3")
    parser.add_argument("--study", type=Path, required=True, metavar="STUDY", help="STUDY.json, or a preset's key")
    _changes(parser)
    parser.add_argument("--seeds", type=int, default=1, metavar="K", help="train each K times (default 1)")
    parser.add_argument("--workdir", type=Path, required=True, metavar="DIR")
    _data_root(parser)
    parser.set_defaults(command=train.train)


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
    more = commands.add_parser("extend", help="more generations for a search in its folder; then run it again")
    more.add_argument("workdir", type=Path, metavar="DIR")
    more.add_argument("--generations", type=int, required=True, metavar="G", help="how many in all")
    more.set_defaults(command=extend.extend)


def _sweep(commands: Any) -> None:
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
    _data_root(parser)
    parser.set_defaults(command=sweep.sweep)


def _retrain(commands: Any) -> None:
    parser = commands.add_parser(
        "retrain", help="train architectures of a study from scratch; run again, it goes on; as JSON", epilog=EXITS
    )
    parser.add_argument("workdir", type=Path, metavar="DIR", help="the study: its data, network and retrain recipe")
    parser.add_argument("architectures", nargs="+", metavar="GENOME", help="such as R5-S-C3")
    parser.add_argument("--seeds", type=int, default=1, metavar="K", help="trainings of each (default 1)")
    parser.add_argument("--to", type=Path, required=True, metavar="NEW_DIR", help="the folder of the analysis")
    _data_root(parser)
    parser.set_defaults(command=retrain.retrain)


def _trained(commands: Any) -> None:
    evaluate = commands.add_parser("evaluate", help="accuracy and spikes of a trained network, as JSON")
    evaluate.add_argument("checkpoint", type=Path, metavar="CHECKPOINT", help="zip, folder or model.safetensors")
    _samples(evaluate)
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
    _samples(parser)
    parser.set_defaults(command=trained.energy)


def _export(commands: Any) -> None:
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
        type=_positive,
        default=100,
        metavar="N",
        help="at most so many samples (default 100), all of the package",
    )
    _data_root(parser)
    parser.set_defaults(command=export.export)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"at least 1, got {number}")
    return number


def _samples(parser: argparse.ArgumentParser) -> None:
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
    _data_root(parser)


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


def _rows(commands: Any) -> None:
    parser = commands.add_parser("rows", help="candidates, front, curves or trainings of a study as CSV or Parquet")
    parser.add_argument("workdir", type=Path, metavar="WORKDIR", help="the --workdir of a run, finished or not")
    parser.add_argument("--what", choices=list(COLUMNS), default="candidates", help="left out = candidates")
    parser.add_argument("--out", type=Path, metavar="FILE", help=".csv or .parquet; left out = CSV on stdout")
    parser.set_defaults(command=rows.rows)


def _crate(commands: Any) -> None:
    parser = commands.add_parser("crate", help="write RO-Crate metadata of a study's files into its folder")
    parser.add_argument("workdir", type=Path, metavar="WORKDIR", help="the --workdir of a run, finished or not")
    parser.add_argument("--licence", metavar="TEXT", help="its name or address, as you give the files away")
    parser.set_defaults(command=crate.crate)


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
    parser.add_argument("--croissant", action="store_true", help="print Croissant metadata of it instead")
    parser.add_argument("--stages", action="store_true", help="name each stage on stderr as it begins")
    parser.set_defaults(command=data.data)


def _table(commands: Any) -> None:
    parser = commands.add_parser("table", help="tables of every architecture of a space: ask, search, make, as JSON")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    actions.add_parser("list", help="the tables there are").set_defaults(command=table.tables)
    show = _of_table(actions, "show", "mean accuracy, N and fitness of all, of the exact front, or all of one genome")
    show.add_argument("--genome", metavar="CODE", help="every column of this architecture, a value a seed")
    show.add_argument("--front", action="store_true", help="the exact Pareto front alone")
    show.set_defaults(command=table.show)
    search = _of_table(actions, "search", "run a search on the table: winner, regret, and what it missed")
    search.add_argument("--algorithm", choices=list(ALGORITHMS), default="evolution")
    search.add_argument(
        "--source", choices=get_args(Source), default="validation", help="what the search is shown (default validation)"
    )
    search.add_argument("--seed", type=int, default=0, metavar="S", help="of the first repetition (default 0)")
    search.add_argument("--repetitions", type=int, default=1, metavar="R", help="with seeds S, S + 1, … (default 1)")
    search.add_argument("--evaluations", type=int, metavar="E", help="at least so many; left out = the study's")
    search.set_defaults(command=table.search)
    report = _of_table(actions, "report", "τ of every estimate, regret of every search, what was missed")
    report.add_argument("--repetitions", type=int, default=200, metavar="R", help="of each search (default 200)")
    report.set_defaults(command=table.report)
    make = _of_table(actions, "make", "train it all, an hour or more; run again on the same folder, it goes on")
    make.add_argument("--workdir", type=Path, required=True, metavar="DIR")
    make.add_argument("--part", metavar="K/N", help="train this part alone, beside other processes; then run without")
    _data_root(make)
    make.set_defaults(command=make_table.make)


def _of_table(actions: Any, name: str, words: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = actions.add_parser(name, help=words)
    parser.add_argument("table", metavar="TABLE", help="such as digits-125")
    return parser


def _data_root(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=Path, default=Path("var/data"), metavar="PATH", help="where data sets lie (default var/data)"
    )


if __name__ == "__main__":
    sys.exit(main())
