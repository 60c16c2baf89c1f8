"""Columns and their cells as a Parquet file, with types and descriptions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from engine.rows.columns import Column


def parquet_bytes(columns: Sequence[Column], cells: Sequence[Sequence[Any]], about: dict[str, Any]) -> bytes:
    """`cells` has a list a column; `about` goes into the file's metadata. pyarrow is loaded here.

    The same content gives the same bytes.
    """
    import pyarrow
    from pyarrow import parquet

    types = {"text": pyarrow.string(), "integer": pyarrow.int64(), "number": pyarrow.float64(), "yes": pyarrow.bool_()}
    fields = [pyarrow.field(c.name, types[c.kind], metadata={"description": c.description}) for c in columns]
    schema = pyarrow.schema(fields, metadata={"autosnn": json.dumps(about, sort_keys=True)})
    arrays = [pyarrow.array(values, types[column.kind]) for column, values in zip(columns, cells, strict=True)]
    sink = pyarrow.BufferOutputStream()
    parquet.write_table(pyarrow.Table.from_arrays(arrays, schema=schema), sink, compression="zstd")
    content: bytes = sink.getvalue().to_pybytes()
    return content
