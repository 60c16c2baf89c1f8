"""A record small enough to check by hand: four evaluated architectures of the tiny space, with a hostile name."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from engine.figures.record import Record, of_events
from tests.engine.tiny import tiny_config

ACCURACIES = {"S-S": (0.50, 100.0), "C3-S": (0.70, 150.0), "S-C3": (0.60, 160.0), "R3-R3": (0.80, 300.0)}
"""S-C3 is dominated by C3-S; the other three are the front."""


def spike_map(rows: int, steps: int = 2) -> str:
    """Row r fires r + 1 spikes at each step."""
    values = np.repeat(np.arange(1, rows + 1, dtype="<f4"), steps)
    return base64.b64encode(values.tobytes()).decode()


def candidate(number: int, code: str) -> dict[str, Any]:
    accuracy, spikes = ACCURACIES[code]
    return {
        "id": number, "generation": number // 2, "architecture": code, "accuracy": accuracy, "spikes": spikes,
        "firing_rate": 0.1, "fitness": accuracy - 0.001 * number, "parameters": 1000 + number, "origin": "random",
        "parents": [], "changed": [], "spike_map": spike_map(5),
    }  # fmt: skip


def events(finished: bool = True) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = [
        {
            "kind": "study_started", "config_digest": "0" * 64, "space_size": 9, "time_steps": 2, "layers": [],
            "train_samples": 96, "validation_samples": 24, "test_samples": 40, "data_digest": "ab" * 32,
            "data_note": "", "device": "cpu",
        },
        {"kind": "supernet_finished", "average_spikes": 200.0},
    ]  # fmt: skip
    codes = list(ACCURACIES)
    for generation in (0, 1):
        pair = [candidate(i, codes[i]) for i in (2 * generation, 2 * generation + 1)]
        told.append({"kind": "generation_finished", "candidates": pair})
    if finished:
        told.append(
            {
                "kind": "study_finished", "candidate": 3, "architecture": "R3-R3", "test_accuracy": 0.9,
                "test_spikes": 30.0, "firing_rate": 0.2, "best_test_accuracy": 0.95, "parameters": 1003,
                "spike_map": spike_map(5), "spikes_by_layer": {}, "checkpoint": "m", "sha256": "0" * 64,
            }
        )  # fmt: skip
    return told


def record(name: str = "50% & <b>_hard_</b> \\ {x}", finished: bool = True) -> Record:
    return of_events(tiny_config().model_copy(update={"name": name}), events(finished))
