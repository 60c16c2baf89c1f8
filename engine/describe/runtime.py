"""Where a study ran, as far as its exact numbers depend on it, in words."""

from __future__ import annotations

from engine.config.study import StudyConfig
from engine.config.words import counted


def runtime(config: StudyConfig, device: str = "") -> str:
    """Threads, device and precision; `device` is the one it ran on, where that is known."""
    where = config.runtime
    ran = f"{counted(where.threads, 'CPU thread')}, device {where.device}" + (
        f" ({device})" if device not in ("", where.device) else ""
    )
    return ran if where.precision == "float32" else f"{ran}, convolutions on a GPU in {where.precision}"
