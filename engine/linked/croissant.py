"""Croissant 1.0 metadata (MLCommons) of a data set, from the report of its check: files, classes, splits.

The samples' own fields are not in it: their files have forms of their own, which Croissant has no words for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.config.catalog import CATALOG, Source
from engine.linked.context import CONFORMS_TO, CONTEXT


def croissant(report: Mapping[str, Any], *, title: str = "", licence: str = "", citation: str = "") -> dict[str, Any]:
    """The metadata as JSON-LD values of a data set whose check found `report`; texts given replace the report's."""
    known = CATALOG.get(str(report["dataset"]))
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        "name": title or report["title"],
        "description": _description(report),
        "license": licence or report["licence"],
        "citeAs": citation or report["citation"],
        "identifier": f"sha256:{report['content_sha256']}",
        "distribution": [_file(source) for source in (known.sources if known else ())],
        "recordSet": [_classes(report["classes"]), _splits(report["splits"])],
    }


def _description(report: Mapping[str, Any]) -> str:
    samples = ", ".join(f"{split['samples']:,} {name}" for name, split in report["splits"].items())
    shape = " × ".join(map(str, next(iter(report["splits"].values()))["shape"]))
    kind = "Recordings of events" if report["kind"] == "events" else "Images"
    return f"{kind} of {len(report['classes'])} classes, {shape}: {samples}. {report['note']}."


def _file(source: Source) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": source.file,
        "name": source.file,
        "contentUrl": source.url,
        "contentSize": f"{source.size} B",
        "encodingFormat": "application/octet-stream",
        "md5": source.md5,
    }


def _classes(names: Sequence[str]) -> dict[str, Any]:
    rows = [{"classes/label": label, "classes/name": name} for label, name in enumerate(names)]
    return _records("classes", "sc:Enumeration", {"label": "sc:Integer", "name": "sc:Text"}, rows)


def _splits(splits: Mapping[str, Any]) -> dict[str, Any]:
    rows = [{"splits/name": name, "splits/samples": split["samples"]} for name, split in splits.items()]
    return _records("splits", "cr:Split", {"name": "sc:Text", "samples": "sc:Integer"}, rows)


def _records(name: str, kind: str, fields: Mapping[str, str], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A record set whose rows stand in the metadata themselves."""
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "dataType": kind,
        "key": {"@id": f"{name}/{next(iter(fields))}"},
        "field": [
            {"@type": "cr:Field", "@id": f"{name}/{field}", "name": field, "dataType": of}
            for field, of in fields.items()
        ],
        "data": rows,
    }
