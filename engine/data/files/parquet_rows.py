"""The rows of Parquet files as a tree of picture files, one a row, under the limits of every tree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from engine.data.files.packing import MAX_RATIO, SMALL
from engine.data.files.tree import Tree, checked_count
from engine.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

MAX_FILE = 4_000_000_000
MAX_TOTAL = 8_000_000_000
BATCH = 256
"""Rows decoded at a time."""


class PictureColumns(Protocol):
    """The columns to read: `image` holds encoded pictures, in its field `bytes` where `nested`."""

    @property
    def image(self) -> str: ...
    @property
    def nested(self) -> bool: ...
    @property
    def label(self) -> str: ...


Chosen = TypeVar("Chosen", bound=PictureColumns)


@dataclass(frozen=True)
class Shard:
    """One Parquet file and the labels of its rows, as they stand there."""

    file: str
    labels: tuple[object, ...]


def shards_of(
    tree: Tree, files: Sequence[str], choose: Callable[[pa.Schema, str], Chosen]
) -> tuple[list[Shard], Chosen]:
    """Every file's labels, and the columns that `choose` takes; all files must agree on these.

    Raises DataError naming the file that is damaged, too large, or differs.
    """
    found: dict[str, Shard] = {}
    chosen: Chosen | None = None
    rows = 0
    for name, data in tree.each(files, MAX_FILE):
        with _opened(data, name) as parquet:
            columns = choose(parquet.schema_arrow, name)
            if chosen not in (None, columns):
                raise DataError(f"{name}: has columns or class names that the files before it have not")
            chosen = columns
            rows += parquet.metadata.num_rows
            checked_count(tree.label, rows)
            labels = parquet.read([columns.label])[columns.label].to_pylist()
            found[name] = Shard(name, tuple(labels))
    assert chosen is not None  # there is a file
    return [found[name] for name in files], chosen


class ParquetPictures(Tree):
    """One file a row, named by its Parquet file and its number; read in the files' order."""

    def __init__(self, tree: Tree, shards: Iterable[Shard], columns: PictureColumns) -> None:
        self.tree, self.label, self.columns = tree, tree.label, columns
        self.places = {name: (shard.file, k) for shard in shards for k, name in enumerate(self.names_of(shard))}
        self.names = tuple(self.places)

    @staticmethod
    def names_of(shard: Shard) -> list[str]:
        """A name for every row, counted from 1 as people do."""
        return [f"{shard.file}, row {k}" for k in range(1, len(shard.labels) + 1)]

    def size(self, name: str) -> int:
        """Bytes of the row's picture."""
        return len(self.read(name, MAX_FILE))

    def each(self, names: Iterable[str], limit: int) -> Iterator[tuple[str, bytes]]:
        wanted: dict[str, dict[int, str]] = {}
        for name in names:
            file, row = self.places[name]
            wanted.setdefault(file, {})[row] = name
        for file, data in self.tree.each(wanted, MAX_FILE):
            with _opened(data, file) as parquet:
                yield from self._pictures(parquet, wanted[file], limit)

    def _pictures(self, parquet: pq.ParquetFile, rows: dict[int, str], limit: int) -> Iterator[tuple[str, bytes]]:
        at = 0
        for batch in parquet.iter_batches(BATCH, columns=[self.columns.image]):
            for k, value in enumerate(self._bytes(batch.column(0)), at):
                if k in rows:
                    yield rows[k], _checked(value, rows[k], limit)
            at += len(batch)

    def _bytes(self, column: pa.Array) -> Iterator[Any]:
        values = column.field("bytes") if self.columns.nested else column
        return (value.as_py() for value in values)


def _checked(value: bytes | None, name: str, limit: int) -> bytes:
    if not value:
        raise DataError(f"{name}: holds no picture, only its path or nothing; embed the files' bytes when writing it")
    if len(value) > limit:
        raise DataError(f"{name}: has {len(value):,} bytes; at most {limit:,}")
    return value


@contextmanager
def _opened(data: bytes, name: str) -> Iterator[pq.ParquetFile]:
    """The file with its declared size bounded. Raises DataError for one that is damaged, wherever that shows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        parquet = pq.ParquetFile(pa.BufferReader(data))
        groups = [parquet.metadata.row_group(k).total_byte_size for k in range(parquet.metadata.num_row_groups)]
        if (total := sum(groups)) > min(MAX_TOTAL, max(SMALL, MAX_RATIO * len(data))):
            raise DataError(
                f"{name}: unpacks to {total:,} bytes; at most {MAX_RATIO} times its size, and {MAX_TOTAL:,}"
            )
        yield parquet
    except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
        raise DataError(f"{name}: not a readable Parquet file, or damaged: {str(error)[:200]}") from error
