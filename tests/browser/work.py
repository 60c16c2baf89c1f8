"""What an action makes the page do, counted. The clock of a machine that others use as well would measure them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Page

SETTLED = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100)))"


@dataclass
class Work:
    """`calls` of functions of the page's own modules; the plot's library is not counted."""

    calls: int = 0


@contextmanager
def counted(page: Page) -> Iterator[Work]:
    """The work of what is done inside, once it is over."""
    tools, work = page.context.new_cdp_session(page), Work()
    tools.send("Profiler.enable")
    tools.send("Profiler.startPreciseCoverage", {"callCount": True, "detailed": False})
    yield work
    scripts = tools.send("Profiler.takePreciseCoverage")["result"]
    tools.send("Profiler.stopPreciseCoverage")
    tools.detach()
    own = (script for script in scripts if "/static/" in script["url"] and "/vendor/" not in script["url"])
    work.calls = sum(r["count"] for script in own for function in script["functions"] for r in function["ranges"][:1])


def calls_of(page: Page, act: Callable[[], None]) -> int:
    """Calls until the frame after the action."""
    with counted(page) as work:
        act()
        page.evaluate(SETTLED)
    return work.calls
