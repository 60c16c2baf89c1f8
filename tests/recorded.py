"""The recorded quick look as a stored study, whole or up to some generation: a finished study without an engine.

From another process, for a running studio: `python -m tests.recorded USER [NAME …]` (AUTOSNN_VAR says which) makes the
user where there is none, stores one study a name, and prints their ids and a sign-in link as JSON.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from typing import Any

from engine.config.study import StudyConfig


def keep(owner: Any, name: str = "Recorded", generations: int | None = None, **changes: dict[str, Any]) -> Any:
    """A study of `owner`: finished, or cancelled after `generations`. `changes` alter parts of its config."""
    from django.utils import timezone

    from webapp.demo import recording
    from webapp.studies.models import Candidate, Event, Study

    document = recording.config().model_dump(mode="json") | {"name": name}
    for part, values in changes.items():
        document[part] = {**document[part], **values} if isinstance(values, dict) else values
    config = StudyConfig.model_validate(document)
    told = [e for e in recording.events() if generations is None or _before(e, generations)]
    last = told[-1] if generations is None else {}
    # written as it ends: a study that is queued for a moment could be taken by a running studio's worker
    study = Study.objects.create(
        owner=owner, name=name, config=config.model_dump(mode="json"), config_digest=config.digest(), seed=config.seed,
        space_size=str(config.space.size), state="cancelled" if generations else "succeeded", progress=1.0,
        finished=timezone.now(), last_seq=len(told), best_architecture=last.get("architecture", ""),
        best_accuracy=last.get("test_accuracy"), best_spikes=last.get("test_spikes"),
        best_tag="test, retrained" if last else "",
    )  # fmt: skip
    Event.objects.bulk_create(
        Event(
            study=study, seq=seq, kind=event["kind"], payload=recording.without_spike_maps(event), time=timezone.now()
        )
        for seq, event in enumerate(told, 1)
    )
    Candidate.objects.bulk_create(_candidate(study, c) for event in told for c in event.get("candidates", ()))
    return study


def _before(event: dict[str, Any], generations: int) -> bool:
    if event["kind"] == "generation_finished":
        return bool(event["generation"] < generations)
    return event.get("phase") != "retrain" and event["kind"] != "study_finished"


def _candidate(study: Any, wire: dict[str, Any]) -> Any:
    from webapp.studies.models import Candidate

    fields = {key: value for key, value in wire.items() if key not in ("id", "spike_map")}
    return Candidate(study=study, number=wire["id"], spike_map=base64.b64decode(wire["spike_map"]), **fields)


def main(username: str, names: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
    import django

    django.setup()
    from django.contrib.auth.models import User

    from webapp.accounts.services import make_link

    owner, _ = User.objects.get_or_create(username=username)
    studies = [str(keep(owner, name).id) for name in names]
    print(json.dumps({"studies": studies, "link": make_link(owner)}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
