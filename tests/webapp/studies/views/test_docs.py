"""The documentation pages: each is linked, links into them have their entry, and the glossary marks our own terms."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from webapp.studies.views.pages import CHAPTERS

pytestmark = pytest.mark.django_db
UNSAMPLED = Path(__file__).parents[4] / "docs" / "measured" / "unsampled.json"
TERMS = (
    "search-space", "macro-architecture", "searched-layer", "candidate-block", "architecture", "supernet", "path",
    "population", "evaluate", "fitness", "pareto-front", "hypervolume", "firing-rate", "spikes", "time-steps",
    "surrogate-gradient", "membrane-potential", "backward-pass", "back-end", "lease", "turn", "slice", "fence", "retry",
)  # fmt: skip


@pytest.fixture
def read(alice, as_user):
    """The text of a page by its path."""
    client = as_user(alice)

    def page(path: str) -> str:
        answer = client.get(path)
        assert answer.status_code == 200, path
        return answer.content.decode()

    return page


def test_the_index_links_every_page(read):
    index = read("/docs/")
    assert all(f'href="/docs/{name}"' in index for name in CHAPTERS)


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_link_to_an_entry_of_a_page_has_its_entry(read, name):
    linked = re.findall(r'href="/docs/([\w-]+)#([\w-]+)"', read(f"/docs/{name}"))
    assert all(f'id="{entry}"' in read(f"/docs/{page}") for page, entry in linked)


def test_the_glossary_defines_every_term_and_marks_our_own(read):
    glossary = read("/docs/glossary")
    assert all(f'<dt id="{term}">' in glossary for term in TERMS)
    ours = re.findall(r'<dt id="([\w-]+)">[^<]*<span class="tag">ours</span>', glossary)
    assert sorted(ours) == ["fence", "lease", "slice", "turn"]


def shown(value: float, form: str) -> str:
    return format(value, form).replace("-", "−")


@pytest.mark.parametrize(
    ("measure", "form", "scale"),
    [
        ("tau_accuracy", ".2f", 1),
        ("tau_spikes", ".2f", 1),
        ("first_ten", ".2f", 100),
        ("average_spikes", ",.0f", 1),
        ("training_accuracy", ".1f", 100),
    ],
)
def test_the_comparison_of_rest_and_drift_is_the_measured_one(measure, form, scale, read):
    page, found = read("/docs/fidelity"), json.loads(UNSAMPLED.read_text())
    for rule in ("rest", "drift"):
        one = found["rules"][rule][measure]
        cell = f"{shown(scale * one['mean'], form)} ± {shown(scale * one['deviation'], form)}"
        assert f'<td class="number">{cell}</td>' in page
    low, high = (shown(scale * found["difference"][measure][end], f"+{form}") for end in ("low", "high"))
    assert f"[{low}, {high}]" in page
    assert f"{found['architectures']} of them were trained from scratch" in page
