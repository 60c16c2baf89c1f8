"""Headless: `python -m engine COMMAND`, or `autosnn COMMAND`. Results on stdout, progress on stderr."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from engine.cli import parts
from engine.cli.control_file import Paused
from engine.cli.options import networks, results, studies
from engine.cli.options.shared import EXITS
from engine.cli.output import complain, printable, printing, tell
from engine.cli.streams import drop_output, prepare_streams
from engine.errors import ConfigError, EngineError
from engine.parts.templates import KINDS
from engine.process.openmp import share_cores

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
    studies.add_presets(commands)
    own = commands.add_parser("parts", help="list your own parts that are registered, as JSON, or print a template")
    own.add_argument("--template", choices=KINDS, help="print a complete file of this kind, to begin from")
    own.set_defaults(command=parts.parts)
    networks.add_zoo(commands)
    studies.add_run(commands)
    studies.add_folder(commands)
    studies.add_sweep(commands)
    studies.add_retrain(commands)
    networks.add_trained(commands)
    networks.add_export(commands)
    networks.add_inspect(commands)
    results.add_paper(commands)
    results.add_rows(commands)
    results.add_crate(commands)
    results.add_data(commands)
    results.add_table(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
