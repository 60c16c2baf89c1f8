"""The command `autosnn`: the same commands as `python -m engine`."""

from __future__ import annotations

import sys

import engine.__main__ as engine


def main(argv: list[str] | None = None) -> int:
    """Run one command; its exit status is one of `engine.cli.options.shared.EXITS`."""
    return engine.main(argv, program="autosnn")


if __name__ == "__main__":
    sys.exit(main())
