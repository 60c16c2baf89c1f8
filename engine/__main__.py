"""Headless: `python -m engine COMMAND`; `-h` lists the commands. Results on stdout, progress on stderr."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from engine.analysis.seeds import SUMMARY, folder_of, seeded, summarise
from engine.cli.control_file import Paused, Wishes, require_study
from engine.cli.journal import Journal, fork_folder
from engine.cli.run_lock import alone_in
from engine.config.catalog import CATALOG
from engine.config.parse import parse_config
from engine.config.presets import PRESETS
from engine.config.study import StudyConfig
from engine.cost.estimate import estimate
from engine.errors import ConfigError, DataError, EngineError
from engine.events import Commit, DurableEvent, Progress, is_durable, to_wire
from engine.metrics.energy import ENERGY_MODELS, energy_model
from engine.process.openmp import share_cores
from engine.run.control import ask, asked
from engine.space.architecture import Architecture, genome_strip
from engine.space.shapes import rows
from engine.zoo.listing import describe_plan
from engine.zoo.registry import ZOO

PROGRESS_SECONDS = 0.25


def main(argv: list[str] | None = None) -> int:
    """Run one command; 0 when done, 2 for bad input, 130 when interrupted, 141 when nobody reads on (`… | head`)."""
    share_cores()
    arguments = _parser().parse_args(argv)
    try:
        done = int(arguments.command(arguments) or 0)
        sys.stdout.flush()
        return done
    except EngineError as error:
        problems = error.problems if isinstance(error, ConfigError) else [str(error)]
        print("error: " + "; ".join(line.replace("\n", " ") for line in problems), file=sys.stderr)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left goes nowhere, in silence
        return 128 + signal.SIGPIPE
    except KeyboardInterrupt:
        print("\ninterrupted; run the same command again to go on", file=sys.stderr)
        return 130
    except Paused:
        print("\npaused at a checkpoint; run the same command again to go on", file=sys.stderr)
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m engine", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    presets = commands.add_parser("presets", help="list the presets as JSON")
    presets.set_defaults(command=_presets)
    config = commands.add_parser("config", help="print a preset's study JSON")
    config.add_argument("preset", metavar="PRESET")
    config.set_defaults(command=_config)
    zoo = commands.add_parser("zoo", help="list the baselines with their layers as JSON, or train one like a winner")
    zoo.add_argument("baseline", nargs="?", metavar="NAME", help="train this one")
    zoo.add_argument("--study", type=Path, metavar="STUDY.json", help="whose data, neuron and retrain recipe it takes")
    zoo.add_argument("--channels", type=int, metavar="C", help="initial channels; left out = its paper's")
    _data_option(zoo)
    zoo.set_defaults(command=_zoo)
    run = commands.add_parser("run", help="run a study; run again on the same folder, it goes on")
    run.add_argument("study", type=Path, metavar="STUDY.json")
    run.add_argument("--workdir", type=Path, required=True, metavar="DIR")
    run.add_argument("--seeds", type=int, metavar="K", help="K whole studies in DIR/seed-*, then their mean and spread")
    _data_option(run)
    run.set_defaults(command=_run)
    pause = commands.add_parser("pause", help="have the run in a folder store a checkpoint and end (so does SIGTERM)")
    pause.add_argument("workdir", type=Path, metavar="DIR")
    pause.set_defaults(command=_pause)
    stop = commands.add_parser("stop", help="have the run in a folder end its search after the generation at work")
    stop.add_argument("workdir", type=Path, metavar="DIR")
    stop.add_argument("--retrain", action="store_true", help="then retrain the winner; else keep what was found")
    stop.set_defaults(command=_stop)
    fork = commands.add_parser("fork", help="a new study from a folder's supernet and its first generations")
    fork.add_argument("workdir", type=Path, metavar="DIR")
    fork.add_argument("--generation", type=int, required=True, metavar="G", help="how many generations to keep")
    fork.add_argument("--to", type=Path, required=True, metavar="NEW_DIR", help="must not exist")
    fork.add_argument("--study", type=Path, metavar="STUDY.json", help="its config, where other than DIR's")
    fork.set_defaults(command=_fork)
    evaluate = commands.add_parser("evaluate", help="accuracy and spikes of a trained network, as JSON")
    evaluate.add_argument("checkpoint", type=Path, metavar="CHECKPOINT", help="zip, folder or model.safetensors")
    evaluate.add_argument("--split", choices=["train", "validation", "test"], default="test")
    _data_option(evaluate)
    evaluate.set_defaults(command=_evaluate)
    energy = commands.add_parser("energy", help="spikes, operations and energy of a trained network by layer, as JSON")
    energy.add_argument("checkpoint", type=Path, metavar="RESULT", help="zip, folder or model.safetensors")
    energy.add_argument("--split", choices=["train", "validation", "test"], default="test")
    energy.add_argument("--costs", choices=sorted(ENERGY_MODELS), default="float32-45nm", help="costs by name")
    energy.add_argument("--mac-pj", type=float, metavar="PJ", help="your own cost of a multiply-accumulate; give all 3")
    energy.add_argument("--ac-pj", type=float, metavar="PJ", help="your own cost of an accumulate")
    energy.add_argument("--source", metavar="TEXT", help="where your own costs come from")
    _data_option(energy)
    energy.set_defaults(command=_energy)
    show = commands.add_parser("show", help="architecture, shapes and parameters of a trained network, as JSON")
    show.add_argument("checkpoint", type=Path, metavar="CHECKPOINT")
    show.set_defaults(command=_show)
    _inspect_options(commands.add_parser("inspect", help="look into one architecture of a study, as JSON"))
    findings = commands.add_parser("directions", help="the paper's findings beside finished studies, as JSON")
    findings.add_argument("results", type=Path, nargs="+", metavar="DIR", help="folders of finished studies")
    findings.set_defaults(command=_directions)
    figures = commands.add_parser("figures", help="a study's paper kit: figures, tables, captions, method, citations")
    figures.add_argument("workdir", type=Path, metavar="WORKDIR", help="the --workdir of a run, finished or not")
    figures.add_argument("--out", type=Path, required=True, metavar="DIR")
    figures.set_defaults(command=_figures)
    data = commands.add_parser("data", help="what a file or folder holds as a data set, as JSON, or why it is refused")
    data.add_argument("path", type=Path, metavar="PATH", nargs="?")
    data.add_argument("--formats", action="store_true", help="list what is read instead, as JSON; needs no PATH")
    data.add_argument(
        "--dataset", choices=sorted(CATALOG), metavar="NAME", help="this built-in one, where PATH is the data root"
    )
    data.add_argument("--preview", type=Path, metavar="DIR", help="write a few samples there, as the pages show them")
    data.add_argument("--stages", action="store_true", help="name each stage on stderr as it begins")
    data.set_defaults(command=_data)
    return parser


def _inspect_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR_OR_RESULT", help="a study's folder, or a trained network")
    parser.add_argument("--architecture", metavar="CODE", help="such as R5-S-C3; left out = the trained network's own")
    parser.add_argument(
        "--kind", choices=["evaluation", "sample", "activity"], help="left out = evaluation, with --sample: sample"
    )
    parser.add_argument("--weights", choices=["supernet", "retrained"], help="left out = what DIR_OR_RESULT has first")
    parser.add_argument("--split", choices=["validation", "test"], help="left out = what the weights are judged on")
    parser.add_argument("--sample", type=int, metavar="K", help="follow this sample of the split through the network")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write spikes and ledger there, as safetensors")
    parser.add_argument("--study", type=Path, metavar="STUDY.json", help="the folder's config, where it holds none")
    parser.add_argument("--serve", action="store_true", help="answer requests from standard input, JSON, one a line")
    _data_option(parser)
    parser.set_defaults(command=_inspect)


def _data_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=Path, default=Path("var/data"), metavar="PATH", help="where data sets lie (default var/data)"
    )


def _presets(_: argparse.Namespace) -> None:
    listed = [
        {
            "preset": preset.key,
            "title": preset.title,
            "summary": preset.summary,
            "paper": preset.paper,
            "space_size": preset.config.space.size,
        }
        for preset in PRESETS.values()
    ]
    print(json.dumps(listed, indent=2, ensure_ascii=False))


def _config(arguments: argparse.Namespace) -> None:
    preset = PRESETS.get(arguments.preset)
    if preset is None:
        raise ConfigError([f"preset: must be one of {', '.join(PRESETS)}, got {arguments.preset[:60]!r}"])
    print(json.dumps(preset.config.model_dump(mode="json"), indent=2, ensure_ascii=False))


def _zoo(arguments: argparse.Namespace) -> None:
    if arguments.baseline is None:
        print(json.dumps([describe_plan(plan) for plan in ZOO.values()], indent=2, ensure_ascii=False))
        return
    if arguments.baseline not in ZOO:
        raise ConfigError([f"baseline: must be one of {', '.join(ZOO)}, got {arguments.baseline[:60]!r}"])
    if arguments.study is None:
        raise ConfigError(["study: --study STUDY.json is needed to train a baseline"])
    config = _read_config(arguments.study)
    from engine.run.baseline import retrain

    def report(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    found = retrain(ZOO[arguments.baseline], config, arguments.data, arguments.channels, report)
    print(json.dumps(found, indent=2, ensure_ascii=False))


def _read_config(path: Path) -> StudyConfig:
    try:
        return parse_config(path.read_bytes())
    except OSError as error:
        raise ConfigError([f"study: cannot read {path}: {error.strerror}"]) from error


def _run(arguments: argparse.Namespace) -> None:
    config = _read_config(arguments.study)
    if arguments.seeds is None:
        _run_one(config, arguments.workdir, arguments.data)
        return
    configs = seeded(config, arguments.seeds)
    for one in configs:
        _run_one(one, folder_of(arguments.workdir, one), arguments.data)
    accuracy = summarise(arguments.workdir, configs)["test_accuracy"]
    spread = "" if accuracy["deviation"] is None else f" ± {accuracy['deviation']:.2%}"
    where = arguments.workdir / SUMMARY
    print(f"{len(configs)} seeds: {accuracy['mean']:.2%}{spread} on the test split, see {where}", file=sys.stderr)


def _run_one(config: StudyConfig, workdir: Path, data: Path) -> None:
    with alone_in(workdir):
        _run_alone(config, workdir, data)


def _run_alone(config: StudyConfig, workdir: Path, data: Path) -> None:
    journal = Journal(workdir, config)
    if journal.finished:
        print(f"{workdir}: already finished, see {workdir / 'result'}", file=sys.stderr)
        return
    from engine import study  # torch is imported only where it is needed

    pending: list[DurableEvent] = []
    meter, wishes = _Meter(), Wishes(workdir)
    for event in study.run(config, workdir, data_root=data, resume=journal.resume, control=wishes.control):
        if isinstance(event, Commit):
            journal.append(pending, event)
            for stored in pending:
                print(json.dumps(to_wire(stored), sort_keys=True), flush=True)
            pending.clear()
            if event.phase != "done":
                wishes.obey()
        elif isinstance(event, Progress):
            meter.show(event)
        elif is_durable(event):
            pending.append(event)
        wishes.look()
    meter.end(f"done: {workdir / 'result'}")


def _pause(arguments: argparse.Namespace) -> None:
    require_study(arguments.workdir)
    ask(arguments.workdir, pause=True, ending=asked(arguments.workdir)[1])


def _stop(arguments: argparse.Namespace) -> None:
    require_study(arguments.workdir)
    ask(arguments.workdir, ending="retrain" if arguments.retrain else "result")


def _fork(arguments: argparse.Namespace) -> None:
    config = None if arguments.study is None else _read_config(arguments.study)
    fork_folder(arguments.workdir, arguments.generation, arguments.to, config)
    where = arguments.to / "study.json"
    print(f"python -m engine run {where} --workdir {arguments.to} goes on from there", file=sys.stderr)


class _Meter:
    """Progress on one line of stderr, at most four times a second."""

    def __init__(self) -> None:
        self.shown = 0.0

    def show(self, event: Progress) -> None:
        now = time.monotonic()
        if now - self.shown < PROGRESS_SECONDS:
            return
        self.shown = now
        left = "" if event.seconds_left is None else f", {event.seconds_left:.0f} s left in this phase"
        accuracy = "" if event.accuracy is None else f", accuracy {event.accuracy:.1%}"
        line = f"{event.phase}: {event.message}{accuracy}{left}"
        print(
            f"\r\x1b[K{line}" if sys.stderr.isatty() else line, end="" if sys.stderr.isatty() else "\n", file=sys.stderr
        )

    def end(self, line: str) -> None:
        print(f"\r\x1b[K{line}" if sys.stderr.isatty() else line, file=sys.stderr)


def _evaluate(arguments: argparse.Namespace) -> None:
    from engine.export.reproduce import reproduce

    print(json.dumps(reproduce(arguments.checkpoint, arguments.data, arguments.split)))


def _energy(arguments: argparse.Namespace) -> None:
    costs = energy_model(arguments.costs, arguments.mac_pj, arguments.ac_pj, arguments.source)
    from engine.export.measured_energy import account

    found = account(arguments.checkpoint, arguments.data, arguments.split, costs)
    print(json.dumps(found, indent=2, ensure_ascii=False))


def _inspect(arguments: argparse.Namespace) -> None:
    from engine.inspection.inspect import inspect, serve

    study = None if arguments.study is None else _read_config(arguments.study)
    if arguments.serve:
        for line in serve(arguments.folder, arguments.data, sys.stdin, study):
            print(line, flush=True)
        return
    given = {key: getattr(arguments, key) for key in ("architecture", "kind", "weights", "split", "sample")}
    asked = {key: value for key, value in given.items() if value is not None}
    asked.setdefault("kind", "sample" if "sample" in asked else "evaluation")
    found = inspect(arguments.folder, arguments.data, asked, arguments.output, study)
    print(json.dumps(found, ensure_ascii=False))


def _directions(arguments: argparse.Namespace) -> None:
    from engine.analysis.findings import report

    print(json.dumps(report(arguments.results), indent=2, ensure_ascii=False))


def _figures(arguments: argparse.Namespace) -> None:
    from engine.figures import kit, record

    for name in kit.write(record.read(arguments.workdir), arguments.out):
        print(arguments.out / name)


def _data(arguments: argparse.Namespace) -> None:
    from engine.data.preview.check import inspect, inspect_usual
    from engine.data.readers.formats import as_values

    if arguments.formats:
        print(json.dumps(as_values(), indent=2, ensure_ascii=False))
        return
    if arguments.path is None:
        raise DataError("data: name a PATH, or --formats for a list of what is read")

    def say(stage: str) -> None:
        if arguments.stages:
            print(f"stage: {stage}", file=sys.stderr, flush=True)

    name = arguments.dataset
    found = inspect(arguments.path, say) if name is None else inspect_usual(name, arguments.path, say)
    if arguments.preview is not None and found.preview is not None:
        found.preview.write(arguments.preview)
        if found.report["kind"] == "images":
            from engine.data.preview.augmented import write_augmented

            write_augmented(arguments.preview)
    print(json.dumps(found.report, indent=2, ensure_ascii=False))


def _show(arguments: argparse.Namespace) -> None:
    from engine.export.package import load

    _, document = load(arguments.checkpoint)
    print(json.dumps(describe(document), indent=2, ensure_ascii=False))


def describe(document: dict[str, Any]) -> dict[str, Any]:
    """A trained network's architecture, layers and results, from its document."""
    config = parse_config(document["study"])
    architecture = Architecture.from_code(document["architecture"])
    layers = rows(config.network.macro, architecture, config.input, config.neuron_parameters)
    return {
        "name": config.name,
        "architecture": architecture.code,
        "strip": genome_strip(config.network.macro, architecture),
        "blocks": list(architecture.blocks),
        "neuron": config.network.neuron.kind,
        "time_steps": config.network.time_steps,
        "input": [config.input.channels, config.input.height, config.input.width],
        "classes": config.input.classes,
        "parameters": sum(row.parameters for row in layers),
        "space_size": estimate(config).space_size,
        "layers": [
            {
                "name": row.name,
                "block": row.block,
                "shape": list(row.shape),
                "parameters": row.parameters,
                "macs": row.macs,
                "neurons": row.output_elements,
            }
            for row in layers
        ],
        "results": document["results"],
    }


if __name__ == "__main__":
    sys.exit(main())
