"""A person who watches a study in a browser while things break."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator

from tests.chaos.load import Subject, steadily
from tests.chaos.place import Place, wait_for

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")


class Page:
    """The open page of one study, or nobody."""

    def __init__(self, page: object | None, subject: Subject) -> None:
        self.page, self.subject = page, subject

    def problems(self) -> list[str]:
        """Whether the page shows by itself, never loaded anew, what the database holds."""
        if self.page is None:
            return []
        wait_for(self.subject.is_over, "the end of the study")
        state = self.subject.state
        try:
            self.page.wait_for_function(
                "state => document.querySelector('#state').textContent === state && "
                "document.querySelector('#connection').hidden",
                arg=state,
                timeout=60_000,
            )
        except Exception as error:
            return [f"the open page never showed {state}: {str(error)[:200]}"]
        return []


@contextlib.contextmanager
def open_page(place: Place, subject: Subject, *, wanted: bool) -> Iterator[Page]:
    if not wanted:
        yield Page(None, subject)
        return
    from django.contrib.auth.models import User
    from playwright.sync_api import sync_playwright

    from webapp.accounts.services import make_link

    place.wait_healthy()
    user = steadily(lambda: User.objects.get(username="chaos"))
    link = steadily(lambda: make_link(user))
    browser_path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    with sync_playwright() as playwright:
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=browser_path, args=options)
        page = browser.new_page()
        page.goto(place.url + link)
        page.goto(f"{place.url}/studies/{subject.id}")
        yield Page(page, subject)
        browser.close()
