"""`rows`: candidates, front, curves or trainings of a study's folder, as CSV or Parquet."""

from __future__ import annotations

from pathlib import Path

from engine.analysis.stored import config_at
from engine.cli.output import print_text, tell
from engine.rows.columns import What
from engine.rows.files import as_csv, form_of, in_form
from engine.rows.of_events import rows_of
from engine.storage.atomic import write_bytes
from engine.storage.committed import whole_events


def rows(workdir: Path, what: What, out: Path | None) -> None:
    """To a file by its ending, or as CSV to stdout."""
    form = None if out is None else form_of(out)
    config = config_at(workdir)
    found = rows_of(what, config, whole_events(workdir))
    if out is None or form is None:
        print_text(as_csv(found).rstrip("\r\n"))
        return
    write_bytes(out, in_form(found, form, config))
    tell(f"{len(found.rows):,} rows: {out}")
