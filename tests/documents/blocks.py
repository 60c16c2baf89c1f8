"""Code blocks of README.md and of the documentation pages, and the study that stands in for quick look in them."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

from engine.config.assign import assigned
from engine.config.presets import Preset

REPOSITORY = Path(__file__).parents[2]
PAGES = REPOSITORY / "webapp" / "templates" / "docs"
FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PREFORMATTED = re.compile(r'<pre[^>]*><code class="(\w+)">(.*?)</code></pre>', re.DOTALL)
SMALL = [
    *(("supernet.epochs", 1), ("retrain.epochs", 1), ("data.train_samples", 200), ("data.test_samples", 50)),
    ("runtime.threads", 1),
    *(("search.population", 4), ("search.parents", 2), ("search.mutations", 2), ("search.crossovers", 2)),
]


def blocks(path: Path, language: str) -> list[str]:
    """The blocks of a Markdown file or a page that are marked as of this language; "" in Markdown: as of none."""
    text = path.read_text()
    if path.suffix == ".md":
        return [code for found, code in FENCED.findall(text) if found == language]
    return [unescape(code) for found, code in PREFORMATTED.findall(text) if found == language]


def small(preset: Preset) -> Preset:
    """The same study in a second: few samples, one epoch, small generations."""
    return replace(preset, config=assigned(preset.config, SMALL))
