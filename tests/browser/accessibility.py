"""axe-core on a page: what breaks WCAG 2.2 A or AA, in both themes."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[str]:
    """One line for each violation, naming theme, rule and first element; none where the page is accessible."""
    found = []
    moves = page.evaluate("matchMedia('(prefers-reduced-motion: no-preference)').matches")
    page.emulate_media(reduced_motion="reduce")  # or axe reads colours on their way
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.evaluate(AXE.read_text())  # not a script tag: the page's policy would refuse it
        answer = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", TAGS)
        for rule in answer["violations"]:
            node = rule["nodes"][0]
            found.append(f"{scheme}: {rule['id']}: {node['html'][:160]}: {node['failureSummary'][:300]}")
    page.emulate_media(color_scheme="light", reduced_motion="no-preference" if moves else "reduce")
    return found
