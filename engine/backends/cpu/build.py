"""Compilation of the C++ kernels, in the background at first use, cached in the user's cache folder.

A failure is never an error: it is logged, and the engine computes in plain torch.
"""

from __future__ import annotations

import ctypes
import hashlib
import logging
import os
import platform
import shutil
import subprocess
import tempfile
import threading
from functools import cache
from pathlib import Path

log = logging.getLogger(__name__)

SOURCE = Path(__file__).with_name("source")
FLAGS = ("-std=c++17", "-O3", "-march=native", "-fno-math-errno", "-fno-trapping-math", "-fopenmp", "-fPIC", "-shared")
COMPILERS = ("g++", "clang++", "c++")
SWITCH = "AUTOSNN_KERNELS"
"""Environment variable: `off` disables all compiled kernels."""
COMPILE_SECONDS = 300
"""Time limit of the compiler, in seconds: a hanging one must not block a study for ever."""


def cache_folder() -> Path:
    """Folder of compiled kernels: AUTOSNN_KERNEL_CACHE, or one in the user's cache. Raises RuntimeError for no home."""
    given = os.environ.get("AUTOSNN_KERNEL_CACHE")
    if given:
        return Path(given)
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "autosnn-studio" / "kernels"


def switched_off() -> bool:
    """Whether the environment disables compiled kernels, on CPU and GPU."""
    return os.environ.get(SWITCH, "").lower() in ("off", "0", "no")


def compiler() -> str | None:
    """The C++ compiler: CXX, or the first found; None where kernels are switched off or there is none."""
    if switched_off():
        return None
    wanted = os.environ.get("CXX")
    return next((found for name in ([wanted] if wanted else COMPILERS) if (found := shutil.which(name))), None)


def cache_key(compiler_path: str) -> str:
    """Cache key of the compiled file: a hash of sources, compiler version, flags and processor features."""
    total = hashlib.sha256()
    for file in sorted(SOURCE.iterdir()):
        total.update(file.name.encode() + file.read_bytes())
    for part in (_output_of([compiler_path, "--version"], 30), " ".join(FLAGS), platform.machine(), _cpu_features()):
        total.update(part.encode())
    return total.hexdigest()[:24]


def _cpu_features() -> str:
    """The processor's feature flags, as Linux lists them."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line for line in lines if line.startswith(("flags", "Features"))), "")


def compile_kernels() -> Path | None:
    """The compiled file, from the cache or compiled now; None, with a line in the log, where that fails."""
    try:
        found = compiler()
        if found is None:
            return None
        target = cache_folder() / f"{cache_key(found)}.so"
        if not target.is_file():
            _compile(found, target)
        return target
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:  # RuntimeError: a user without a home
        output = getattr(error, "stderr", None) or ""
        log.warning("kernels not compiled, plain torch is used: %s %s", error, output[-2000:])
        return None


def _compile(compiler_path: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        made = Path(folder) / target.name
        sources = [str(path) for path in sorted(SOURCE.glob("*.cpp"))]
        command = [compiler_path, *FLAGS, "-o", str(made), *sources]
        _output_of(command, COMPILE_SECONDS)
        with made.open("rb") as file:
            os.fsync(file.fileno())
        made.replace(target)  # atomic, after the fsync: even after a loss of power the file is whole or absent
    log.info("kernels compiled to %s", target)


def _output_of(command: list[str], seconds: int) -> str:
    """Standard output of a command, in any encoding. Raises SubprocessError where it fails or exceeds `seconds`."""
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=seconds, check=True)
    return done.stdout


class _Build(threading.Thread):
    """The compilation as a thread; one per process."""

    def __init__(self) -> None:
        super().__init__(name="kernels", daemon=True)
        self.file: Path | None = None

    def run(self) -> None:
        self.file = compile_kernels()


@cache
def begin() -> _Build:
    """Start compiling in the background, once per process."""
    thread = _Build()
    thread.start()
    return thread


@cache
def loaded() -> ctypes.CDLL | None:
    """The kernels, after waiting for their compilation; None where it failed.

    Torch must be imported before: the kernels share its OpenMP threads.
    """
    thread = begin()
    thread.join()
    if thread.file is None:
        return None
    try:
        return ctypes.CDLL(str(thread.file))
    except OSError as error:
        log.warning("kernels cannot be loaded, plain torch is used: %s", error)
        return None
