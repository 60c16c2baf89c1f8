"""Tables of a study: candidates, front, curves, results; as pandas, Parquet, CSV, in a notebook, as a figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autosnn import html
from autosnn.config import AnyPath
from engine.errors import MeasureError
from engine.figures.text import csv_text
from engine.storage.atomic import write_bytes

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Axes:
    """The columns a table's figure shows: x, y, and the one whose values are lines or colours of their own."""

    x: str
    y: str
    of: str | None = None
    lines: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of values by column. Accuracies are 0…1, spikes are per sample."""

    title: str
    columns: Mapping[str, list[Any]]
    axes: Axes | None = None

    @classmethod
    def of(cls, title: str, names: Sequence[str], rows: Sequence[Row], axes: Axes | None = None) -> Table:
        """A table of rows, each with a value for every name; the columns are there where no row is, too."""
        return cls(title, {name: [row[name] for row in rows] for name in names}, axes)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), []))

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """The rows, as values by column."""
        return (self[i] for i in range(len(self)))

    def __getitem__(self, at: int | str) -> Any:
        """A row by its number, or a column by its name. Raises KeyError and IndexError."""
        if isinstance(at, str):
            return self.columns[at]
        return {name: values[at] for name, values in self.columns.items()}

    def to_pandas(self) -> Any:
        """A pandas.DataFrame. Raises MeasureError where pandas is not installed."""
        try:
            import pandas
        except ImportError as error:
            raise MeasureError("to_pandas needs pandas, which is not installed: pip install pandas") from error
        return pandas.DataFrame(dict(self.columns))

    def to_parquet(self, path: AnyPath) -> Path:
        """Write the table as Parquet."""
        import pyarrow
        import pyarrow.parquet

        Path(path).parent.mkdir(parents=True, exist_ok=True)
        pyarrow.parquet.write_table(pyarrow.table(dict(self.columns)), str(path))
        return Path(path)

    def to_csv(self, path: AnyPath) -> Path:
        """Write the table as CSV; lists are joined by spaces, what is not there is left empty."""
        lines = ([_cell(value) for value in row.values()] for row in self)
        write_bytes(Path(path), csv_text(list(self.columns), lines).encode())
        return Path(path)

    def figure(self) -> Any:
        """A plotly.graph_objects.Figure. Raises MeasureError for a table that has none."""
        from autosnn.figure import figure

        return figure(self)

    def _repr_html_(self) -> str:
        return html.table(self.title, self.columns)

    def __repr__(self) -> str:
        return f"<autosnn.Table {self.title}: {len(self):,} rows of {', '.join(self.columns)}>"


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else value
