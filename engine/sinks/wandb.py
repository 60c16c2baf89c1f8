"""W&B and Trackio, which have one API: `init`, `log`, `finish`. `where` is the project."""

from __future__ import annotations

from typing import Any

from engine.sinks.measurements import Measurement, flat
from engine.sinks.sink import Target, library


class WandB:
    """One run of a project. Each number comes with the step of its own axis: the tools' one step only grows."""

    package = "wandb"

    def __init__(self, target: Target) -> None:
        self.api = library(self.package, self.package, self.package)
        parameters = dict(flat(target.config.model_dump(mode="json")))
        self.api.init(project=target.where, config=parameters, resume="allow", **self._named(target))

    def _named(self, target: Target) -> dict[str, Any]:
        return {"name": target.config.name, "id": target.run}

    def log(self, measurement: Measurement) -> None:
        self.api.log({measurement.axis: measurement.step, **measurement.values})

    def finish(self, *, done: bool) -> None:
        self.api.finish()


class Trackio(WandB):
    """Knows a run again by its name."""

    package = "trackio"

    def _named(self, target: Target) -> dict[str, Any]:
        return {"name": f"{target.config.name} {target.run}"}
