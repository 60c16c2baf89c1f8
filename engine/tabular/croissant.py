"""Croissant 1.0 metadata of a table (MLCommons): what data set search engines and loaders read."""

from __future__ import annotations

from typing import Any

from engine.linked.context import CONFORMS_TO, CONTEXT
from engine.rows.columns import Column, Kind
from engine.tabular.columns import columns
from engine.tabular.table import Table

LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
URL = "/docs/benchmark"
"""The page of an installation that shows the table: the project has no address of its own."""
TYPES: dict[Kind, str] = {"text": "sc:Text", "integer": "sc:Integer", "number": "sc:Float", "yes": "sc:Boolean"}


def croissant(table: Table, *, file: str, sha256: str, size: int, version: str, date: str) -> dict[str, Any]:
    """The metadata as JSON-LD values; `file` is the Parquet file's name beside it, `date` YYYY-MM-DD."""
    fields = [_field(column) for column in columns(table.layers)]
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        "name": table.name,
        "description": description(table),
        "license": LICENCE_URL,
        "url": URL,
        "version": version,
        "datePublished": date,
        "creator": {"@type": "Organization", "name": "AutoSNN Studio"},
        "citeAs": citation(table, date),
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": file,
                "name": file,
                "description": "one row an architecture and seed",
                "contentUrl": file,
                "contentSize": f"{size} B",
                "encodingFormat": "application/x-parquet",
                "sha256": sha256,
            }
        ],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": "trainings",
                "name": "trainings",
                "description": "networks trained from scratch, by genome and seed",
                "key": [{"@id": "trainings/genome"}, {"@id": "trainings/seed"}],
                "field": [field | {"source": {"fileObject": {"@id": file}, **field["source"]}} for field in fields],
            }
        ],
    }


def description(table: Table) -> str:
    """A table in two sentences."""
    data = table.study.data
    return (
        f"All {len(table.genomes)} spiking neural networks of a small search space, each trained from scratch with "
        f"{len(table.seeds)} seeds on {data.info.title} at {data.image_size}×{data.image_size} pixels with "
        f"T = {table.study.network.time_steps}. For each: accuracy and spikes on validation and test samples, spikes "
        "by layer, synaptic operations, parameters, the estimates of a weight-sharing supernet, and zero-cost proxies."
    )


def citation(table: Table, date: str) -> str:
    return f"AutoSNN Studio: {table.name}, a tabular benchmark for the search of spiking architectures, {date[:4]}."


def _field(column: Column) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"trainings/{column.name}",
        "name": column.name,
        "description": column.description,
        "dataType": TYPES[column.kind],
        "source": {"extract": {"column": column.name}},
    }
