"""The process as a study wants it: threads, device, what the device computes in, and the same bits every time."""

from __future__ import annotations

import os
from typing import Literal

import torch

from engine.config.runtime import Precision, RuntimeConfig
from engine.errors import ConfigError, EngineError


def resolve_device(wanted: Literal["auto", "cpu", "cuda"]) -> torch.device:
    """The device to run on. Raises EngineError where a GPU is demanded and none is there."""
    if wanted == "cuda" and not torch.cuda.is_available():
        raise EngineError("this study runs on a GPU (runtime.device), and this worker has none")
    if wanted == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return torch.device(wanted)


def configure_device(runtime: RuntimeConfig, *, threads: int = 0, device: str = "") -> torch.device:
    """Set the process up and return the device; `threads` and `device` where a study was begun with others.

    Raises EngineError where a GPU is demanded and none is there, ConfigError where a CPU is asked for what only a GPU
    does.
    """
    torch.use_deterministic_algorithms(True, warn_only=True)
    # we write before we read; filling costs a pass
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    found = resolve_device("cuda" if device == "cuda" else "cpu" if device else runtime.device)
    if found.type == "cuda":
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # its products are not deterministic otherwise
    elif runtime.precision != "float32":
        raise ConfigError(
            [f"runtime.precision: {runtime.precision} needs a GPU, and this worker computes on a CPU: take float32"]
        )
    apply_runtime(runtime, threads or runtime.threads, found)
    return found


def apply_runtime(runtime: RuntimeConfig, threads: int, device: torch.device) -> None:
    """Threads and precision of the process: its own again for a study beside which others took turns."""
    if torch.get_num_threads() != threads:
        torch.set_num_threads(threads)
    if device.type == "cuda":
        _multiply_in(runtime.precision)


def _multiply_in(precision: Precision) -> None:
    """Let the GPU multiply single precision as it is or, for tf32, rounded to 10 bits behind the point."""
    # by operator (torch.backends.cudnn.conv) they can be set too, but then torch's own readers of these two raise
    torch.backends.cudnn.allow_tf32 = precision == "tf32"
    torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"


def spike_type(precision: Precision) -> torch.dtype:
    """The type of spikes on a GPU, and so of the convolutions they go into; it holds 0 and 1 exactly."""
    return torch.bfloat16 if precision == "bfloat16" else torch.float32
