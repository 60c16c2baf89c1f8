"""The card of a table: what it holds, how it was made, what it is for, under which licence."""

from __future__ import annotations

from typing import Any

from engine.config.words import counted
from engine.describe import network, training
from engine.tabular.columns import columns
from engine.tabular.croissant import LICENCE_URL, citation, description
from engine.tabular.table import Table


def card(table: Table, made: dict[str, Any]) -> str:
    """Markdown with the front matter that data set hosts read."""
    data = table.study.data
    rows = "\n".join(f"| `{c.name}` | {c.description} |" for c in columns(table.layers))
    return f"""---
license: cc-by-4.0
pretty_name: {table.name}
tags: [spiking-neural-networks, neural-architecture-search, benchmark]
---

# {table.name}

{description(table)}

## Use

```python
from engine.tabular.shipped import load

table = load("{table.name}")
table.record("{table.best()}")  # every column of one architecture, a value a seed
table.front()  # the exact Pareto front of accuracy and spikes
```

`python -m engine table show {table.name}`, `… table search {table.name} --algorithm evolution` and
`… table report {table.name}` do the same from the command line. `… table make {table.name} --workdir DIR` makes the
table again.

## How it was made

- {network.layers(table.study.network)}
- {counted(table.study.network.time_steps, "time step")}; {network.neuron(table.study.network.neuron)}.
- Recipe of every training: {training.recipe(table.study.retrain)}; seeds {", ".join(map(str, table.seeds))}.
- Training, validation and test samples are the same for all: the split of seed {table.study.seed}.
- Supernets: {made["supernet"]}; that of a seed is trained and evaluated on the split of its own seed.
- Proxies: one batch of {table.study.retrain.batch_size} training samples, initial weights of the seed's training.
- Engine {made["engine"]}, {made["date"]}, {made["device"]}.

## Columns

| column | what it holds |
|---|---|
{rows}

SynOps are `effective_macs` + `effective_acs`.

## Limits

- One data set, easy and small: differences of accuracy are close to the spread between seeds.
- The recipe is short. It ranks architectures by what they learn in {table.study.retrain.epochs} epochs.
- {len(table.seeds)} seeds an architecture: the exact front and the best are exact for these trainings alone.

## Licence

The table: CC BY 4.0 ({LICENCE_URL}). The data it was made from, not contained: {data.info.title}, {data.info.licence}
({data.info.citation}).

Cite as: {citation(table, made["date"])}
"""
