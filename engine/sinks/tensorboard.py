"""TensorBoard: scalars in an event file, and the config as text, by `torch.utils.tensorboard`."""

from __future__ import annotations

from pathlib import Path

from engine.sinks.measurements import Measurement
from engine.sinks.sink import Target, library


class TensorBoard:
    """Writes below the folder `where`, in one of the run's name."""

    def __init__(self, target: Target) -> None:
        writer = library("torch.utils.tensorboard", "tensorboard", "tensorboard").SummaryWriter
        self.writer = writer(str(Path(target.where) / target.run))
        self.writer.add_text("config", f"```json\n{target.config.model_dump_json(indent=2)}\n```", 0)

    def log(self, measurement: Measurement) -> None:
        for name, value in measurement.values.items():
            self.writer.add_scalar(name, value, measurement.step)
        self.writer.flush()

    def finish(self, *, done: bool) -> None:
        self.writer.close()
