"""`crate`: RO-Crate metadata into a study's folder."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

from engine import __version__
from engine.analysis.stored import config_at
from engine.cli.output import tell
from engine.linked.ro_crate import NAME, entries_of, ro_crate
from engine.storage.atomic import write_bytes

UNSTATED = "no licence is stated"


def crate(workdir: Path, licence: str | None) -> None:
    config, entries = config_at(workdir), entries_of(workdir)
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    found = ro_crate(config, entries, published=today, licence=licence or UNSTATED, version=__version__)
    write_bytes(workdir / NAME, (json.dumps(found, indent=2, ensure_ascii=False) + "\n").encode())
    tell(f"{workdir / NAME}: {len(entries)} files")
