"""An engine that needs no time: the events of a tiny study, with commits, resumable by step."""

from __future__ import annotations

import base64
import struct
from typing import Any

from engine.events import (
    Candidate,
    CandidateEvaluated,
    Commit,
    EpochFinished,
    GenerationFinished,
    PhaseStarted,
    Progress,
    StudyFinished,
)

MAP = base64.b64encode(struct.pack("<4f", 1, 2, 3, 4)).decode()


def candidate(number: int, generation: int) -> Candidate:
    return Candidate(
        id=number, generation=generation, architecture="S-C3", accuracy=0.5, spikes=10.0, firing_rate=0.1,
        fitness=0.5, parameters=7, origin="random", parents=(), changed=(), spike_map=MAP,
    )  # fmt: skip


def commit(step: int, phase: str = "search", attempt: int = 1) -> Commit:
    sha256 = f"{attempt:032}{step:032}"
    return Commit(checkpoint=f"{attempt}-{step}.safetensors", sha256=sha256, size=10, step=step, phase=phase)


def generation(number: int) -> GenerationFinished:
    two = (candidate(2 * number, number), candidate(2 * number + 1, number))
    return GenerationFinished(
        generation=number, generations=2, candidates=two, best=2 * number, parents=(0,), front=(0,),
        hypervolume=0.5, reference_spikes=20.0,
    )  # fmt: skip


def script() -> list[Any]:
    """Everything a run yields, in order."""
    progress = Progress(phase="supernet", done=1, total=2, message="half")
    epoch = EpochFinished(phase="supernet", epoch=1, epochs=1, loss=0.1, accuracy=0.5, spikes=10.0)
    finished = StudyFinished(
        candidate=0, architecture="S-C3", test_accuracy=0.9, test_spikes=9.0, firing_rate=0.1, best_test_accuracy=0.9,
        parameters=7, spike_map=MAP, spikes_by_layer={}, checkpoint="model.safetensors", sha256="0" * 64,
    )  # fmt: skip
    return [
        PhaseStarted(phase="supernet"), commit(1, "supernet"),
        progress, epoch, commit(2, "supernet"),
        CandidateEvaluated(candidate=candidate(0, 0)), generation(0), commit(3),
        generation(1), commit(4, "retrain"),
        finished, commit(5, "done"),
    ]  # fmt: skip


class FakeEngine:
    """Call it like engine.study.run. `calls` remembers where each run was resumed; `before` runs ahead of a step."""

    def __init__(self, before=None) -> None:
        self.calls: list[int] = []
        self.before = before or {}

    def __call__(self, config, workdir, *, data_root, attempt, resume, control):
        self.control = control
        self.calls.append(resume.step if resume else 0)
        return self._items(resume.step if resume else 0)

    def _items(self, after: int):
        step = 1
        for item in script():
            if step > after:
                if hook := self.before.get(step):
                    hook()
                yield item
            if isinstance(item, Commit):
                step += 1
