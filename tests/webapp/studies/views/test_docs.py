"""The documentation pages: each is linked, links into them have their entry, and the glossary marks our own terms."""

from __future__ import annotations

import re

import pytest

from webapp.studies.views.pages import CHAPTERS

pytestmark = pytest.mark.django_db
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
