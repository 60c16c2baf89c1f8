"""Names what the machine refuses, no memory and no disk, with the number and the setting to change."""

from __future__ import annotations

import errno
import re
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.config.study import StudyConfig
from engine.errors import OutOfDiskError, OutOfMemoryError

ASKED = re.compile(r"(?:allocate|Tried to allocate)[^\d]*([\d.]+)\s*(bytes|KiB|MiB|GiB)?", re.IGNORECASE)
MEMORY_WORDS = ("can't allocate memory", "cannot allocate memory", "out of memory")
UNITS = {"bytes": 1, "kib": 2**10, "mib": 2**20, "gib": 2**30}


@contextmanager
def translate_resource_errors(config: StudyConfig, workdir: Path, phase: Callable[[], str]) -> Iterator[None]:
    """Turn what the operating system and torch raise into errors a user can act on; `phase` says where."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
        raise OutOfMemoryError(memory_words(config, phase(), str(error))) from error
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise OutOfDiskError(
            f"no room left on the disk of {workdir}: the last checkpoint is intact, "
            "and the study goes on when there is room"
        ) from error


def is_out_of_memory(error: BaseException) -> bool:
    """Whether torch or Python could not get memory."""
    return isinstance(error, MemoryError) or any(words in str(error).lower() for words in MEMORY_WORDS)


def memory_words(config: StudyConfig, phase: str, said: str) -> str:
    """How much was used and asked for, and what to lower."""
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    asked = _asked(said)
    more = f" and asked for {asked / 1e9:,.2f} GB more" if asked else ""
    return f"out of memory: the process had {used / 1e9:,.2f} GB{more}; {what_to_lower(config, phase)}"


def what_to_lower(config: StudyConfig, phase: str) -> str:
    """The setting that memory follows in this phase, with its value now."""
    part = {"search": "search", "retrain": "retrain", "analysis": "retrain"}.get(phase, "supernet")
    size = getattr(config, part).batch_size
    return f"lower {part}.batch_size (now {size}) or network.time_steps (now {config.network.time_steps})"


def _asked(said: str) -> float | None:
    found = ASKED.search(said)
    if found is None:
        return None
    return float(found.group(1)) * UNITS[(found.group(2) or "bytes").lower()]
