"""Checks whether a study's network can be exported, and to which formats."""

from __future__ import annotations

from engine.config.parse import parse_stored
from engine.exchange.formats import FORMATS, FormatName
from engine.export.members import MODEL
from engine.space.architecture import Architecture
from webapp.studies.files import result_files
from webapp.studies.models import Event, Study


class Refused(Exception):
    """A problem of a request for an export, by field."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field, self.message = field, message


def winner(study: Study) -> str | None:
    """The genome of the retrained network; None where there is no package of one."""
    found = Event.objects.filter(study=study, kind="study_finished").first()
    if found is None or all(path.name != MODEL for path in result_files(study.id)):
        return None
    architecture: str = found.payload["architecture"]
    return architecture


def obstacles(study: Study, architecture: str) -> dict[FormatName, tuple[str, ...]]:
    """Why the network cannot have a format, for each; empty where it can."""
    config = parse_stored(study.config)
    choices = tuple((block,) for block in Architecture.from_code(architecture).blocks)
    return {name: one.obstacles(config, choices) for name, one in FORMATS.items()}


def admit(study: Study, to: object) -> FormatName:
    """The format, if the study's network can have it. Raises Refused."""
    if not isinstance(to, str) or to not in FORMATS:
        raise Refused("to", f"must be one of {', '.join(FORMATS)}")
    if (architecture := winner(study)) is None:
        raise Refused("", f"no network was retrained yet; the study is {study.state}")
    if why := obstacles(study, architecture)[to]:
        raise Refused("to", "; ".join(why))
    return to
