"""Log lines as JSON, on stderr and, for a study, also in that study's file."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

current_study: ContextVar[str] = ContextVar("current_study", default="")
TAIL_BYTES = 64_000


@contextmanager
def about(study_id: object) -> Iterator[None]:
    """Log lines inside this context belong to the study."""
    token = current_study.set(str(study_id))
    try:
        yield
    finally:
        current_study.reset(token)


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, study, trace."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, str] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if study := current_study.get():
            line["study"] = study
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


class StudyFile(logging.Handler):
    """Appends to the log of the current study; does nothing outside `about`."""

    def emit(self, record: logging.LogRecord) -> None:
        study = current_study.get()
        if not study:
            return
        try:
            path = study_log(study)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8", errors="backslashreplace") as file:  # an escape in JSON as well
                file.write(self.format(record) + "\n")
        except Exception:  # logging must not make the caller fail
            self.handleError(record)


def study_log(study_id: object) -> Path:
    root: Path = settings.STUDIES_ROOT
    return root / str(study_id) / "log.jsonl"


def tail(study_id: object, lines: int = 200) -> list[str]:
    """The last lines of a study's log, from its last TAIL_BYTES."""
    path = study_log(study_id)
    if not path.exists():
        return []
    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - TAIL_BYTES))
        text = file.read().decode("utf-8", errors="replace")
    return text.splitlines()[-lines:]
