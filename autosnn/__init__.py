"""AutoSNN Studio as a library: search for spiking networks that are accurate and fire few spikes, and use them.

    import autosnn as A

    study = A.Study(A.preset("quick-look"), workdir="w").run(progress=True)
    study.front.to_csv("front.csv")
    rates, spikes = study.model(images)

What has no leading underscore here is public: it changes with the major version alone. Errors are
`autosnn.EngineError` and below; each message names the field and its bound. Torch is loaded where a network is.
"""

from __future__ import annotations

from autosnn import benchmarks, search
from autosnn.arrays import Arrays
from autosnn.config import Config, Estimate, load_config, preset, presets
from autosnn.model import Evaluation, Model, load
from autosnn.study import Study
from autosnn.supernet import Supernet
from autosnn.table import Table
from autosnn.training import train
from engine import __version__
from engine.errors import (
    CheckpointError,
    ConfigError,
    DataChangedError,
    DataError,
    EngineError,
    MeasureError,
    RegistryError,
)
from engine.parts.register import register

__all__ = [
    "Arrays",
    "CheckpointError",
    "Config",
    "ConfigError",
    "DataChangedError",
    "DataError",
    "EngineError",
    "Estimate",
    "Evaluation",
    "MeasureError",
    "Model",
    "RegistryError",
    "Study",
    "Supernet",
    "Table",
    "__version__",
    "benchmarks",
    "load",
    "load_config",
    "preset",
    "presets",
    "register",
    "search",
    "train",
]
