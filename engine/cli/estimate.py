"""`estimate`: the size of a study's space, its time and memory on this machine, whose speed is measured by torch."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from engine.cli.output import print_json
from engine.cli.study_file import changed, read_config
from engine.config.study import StudyConfig
from engine.cost.estimate import estimate as costs
from engine.cost.memory import available_memory, gpu_memory, peak_memory


def estimate(
    study: Path, assignments: list[str] | None = None, seed: int | None = None, macs_per_second: float | None = None
) -> None:
    print_json(estimated(changed(read_config(study), assignments, seed), macs_per_second))


def estimated(config: StudyConfig, macs_per_second: float | None = None) -> dict[str, Any]:
    """What a study takes, as JSON values. `macs_per_second`: a machine's speed; None = this one's, measured.

    Parameters and multiply-accumulates per time step are the least, the mean and the most over the space. `evaluations`
    is how many architectures the search evaluates, `seconds` has each phase and the total, memory is in bytes.
    """
    speed = macs_per_second or _speed(config.runtime.threads)
    found = costs(config)
    seconds = {phase: work / speed for phase, work in found.work.items()}
    return {
        "space_size": found.space_size,
        "evaluations": found.budget if config.analysis is None else 0,
        "parameters": asdict(found.parameters),
        "macs": asdict(found.macs),
        "seconds": seconds | {"total": sum(seconds.values())},
        "macs_per_second": speed,
        "memory": {
            "bytes": peak_memory(config),
            "available": available_memory(),
            "gpu": gpu_memory(config) if config.runtime.device == "cuda" else None,
        },
        "digest": config.digest(),
    }


@cache
def _speed(threads: int) -> float:
    from engine.training.calibrate import measure

    return measure(threads)
