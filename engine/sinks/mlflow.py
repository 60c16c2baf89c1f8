"""MLflow: a run with the config as parameters and the numbers as metrics, at the tracking server `where`."""

from __future__ import annotations

from engine.sinks.measurements import Measurement, flat
from engine.sinks.sink import Target, library

EXPERIMENT = "AutoSNN Studio"
TAG = "autosnn.run"
"""Names the study's folder, so that a study that goes on is one run."""
LONGEST = 500
"""Characters that every store of MLflow takes of a parameter."""


class MLflow:
    """Goes on in the run that has the study's tag, or begins one."""

    def __init__(self, target: Target) -> None:
        self.mlflow = library("mlflow", "mlflow", "mlflow")
        self.mlflow.set_tracking_uri(target.where)
        self.mlflow.set_experiment(EXPERIMENT)
        earlier = self.mlflow.search_runs(filter_string=f"tags.`{TAG}` = '{target.run}'", output_format="list")
        if earlier:
            self.mlflow.start_run(run_id=earlier[0].info.run_id)
            return
        self.mlflow.start_run(run_name=target.config.name, tags={TAG: target.run})
        parameters = flat(target.config.model_dump(mode="json"))
        self.mlflow.log_params({name: str(value)[:LONGEST] for name, value in parameters})

    def log(self, measurement: Measurement) -> None:
        self.mlflow.log_metrics(dict(measurement.values), step=measurement.step)

    def finish(self, *, done: bool) -> None:
        self.mlflow.end_run("FINISHED" if done else "KILLED")
