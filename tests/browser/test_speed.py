"""The chapter on speed and memory: readable everywhere, without sideways scroll."""

from __future__ import annotations

import pytest

from tests.browser.accessibility import violations
from tests.browser.visit import Visit, fresh_link

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def test_the_chapter_on_speed(browser, running_studio, pictures):
    visit = Visit(browser, fresh_link(running_studio))
    visit.page.goto(f"{running_studio.url}/docs/speed")
    visit.take_pictures(pictures, "docs-speed")
    assert violations(visit.page) == []
    assert visit.problems == []
