"""What the writer of a format hands back: its files, and how they are run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from engine.exchange.reference import Interpreter


@dataclass(frozen=True)
class Written:
    """`interpreters` run what was written in a precision, none where nothing can run it so.

    They run the files themselves, where these can be run in that precision.
    """

    to: str
    files: tuple[Path, ...]
    interpreted_by: str
    interpreters: Callable[[torch.dtype], Sequence[Interpreter]]
