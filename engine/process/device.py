"""Device, threads, precision and determinism of the process, as a study's config sets them."""

from __future__ import annotations

import os
from typing import Literal

import torch

from engine.config.runtime import Precision, RuntimeConfig
from engine.errors import ConfigError, EngineError


def resolve_device(wanted: Literal["auto", "cpu", "cuda"]) -> torch.device:
    """The device to run on. Raises EngineError where the config demands a GPU and there is none."""
    if wanted == "cuda" and not torch.cuda.is_available():
        raise EngineError("this study runs on a GPU (runtime.device), and this worker has none")
    if wanted == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return torch.device(wanted)


def configure_device(runtime: RuntimeConfig, *, threads: int = 0, device: str = "") -> torch.device:
    """Configure the process for a study and return its device.

    `threads` and `device` are given for a study that was started with others than its config would give here.
    Raises EngineError where a GPU is demanded and there is none, ConfigError where a CPU lacks the precision.
    """
    torch.use_deterministic_algorithms(True, warn_only=True)
    # every tensor is written before it is read, so filling it first would only cost time
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    found = resolve_device("cuda" if device == "cuda" else "cpu" if device else runtime.device)
    if found.type == "cuda":
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # cuBLAS is deterministic only so
    elif runtime.precision != "float32":
        raise ConfigError(
            [f"runtime.precision: {runtime.precision} needs a GPU, and this worker computes on a CPU: take float32"]
        )
    apply_runtime(runtime, threads or runtime.threads, found)
    return found


def apply_runtime(runtime: RuntimeConfig, threads: int, device: torch.device) -> None:
    """Set the threads and precision of the process: another study may have changed them since."""
    if torch.get_num_threads() != threads:
        torch.set_num_threads(threads)
    if device.type == "cuda":
        _multiply_in(runtime.precision)


def _multiply_in(precision: Precision) -> None:
    """Let the GPU multiply in single precision or, for tf32, with mantissas rounded to 10 bits."""
    # they can be set by operator too (torch.backends.cudnn.conv), but then torch raises where it reads these two
    torch.backends.cudnn.allow_tf32 = precision == "tf32"
    torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"


def spike_type(precision: Precision) -> torch.dtype:
    """The type of spikes on a GPU, and so of the convolutions that read them. It holds 0 and 1 exactly."""
    return torch.bfloat16 if precision == "bfloat16" else torch.float32
