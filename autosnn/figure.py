"""A table as a Plotly figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.errors import MeasureError

if TYPE_CHECKING:
    from autosnn.table import Table


def figure(table: Table) -> Any:
    """Its axes' columns as points or lines, one trace for each value of the column they are grouped by."""
    if table.axes is None:
        raise MeasureError(f"figure: {table.title} has none; candidates, front and curves have one")
    from plotly import graph_objects

    axes = table.axes
    traces = [_trace(graph_objects, table, group) for group in _groups(table)]
    layout = {"xaxis_title": axes.x.replace("_", " "), "yaxis_title": axes.y.replace("_", " "), "title": table.title}
    return graph_objects.Figure(traces, layout)


def _groups(table: Table) -> list[Any]:
    """The different values of the column that groups, in their order; one None where none does."""
    of = table.axes.of if table.axes else None
    return list(dict.fromkeys(table[of])) if of else [None]


def _trace(graph_objects: Any, table: Table, group: Any) -> Any:
    assert table.axes is not None
    axes = table.axes
    rows = [row for row in table if axes.of is None or row[axes.of] == group]
    return graph_objects.Scatter(
        x=[row[axes.x] for row in rows],
        y=[row[axes.y] for row in rows],
        text=[str(row.get("architecture", "")) for row in rows],
        name="" if group is None else f"{axes.of} {group}" if isinstance(group, int) else str(group),
        mode="lines+markers" if axes.lines else "markers",
    )
