"""A person's visit: one signed-in browser context, what went wrong in it, and its pictures."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.processes.studio import REPOSITORY, Studio

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 380, "height": 800}

SETTLED_WIDTH = """() => new Promise((done) => {
  const started = performance.now();
  const look = () => {
    const wide = document.documentElement.scrollWidth;
    if (wide <= innerWidth || performance.now() - started > 10_000) done(wide);
    else requestAnimationFrame(look);
  };
  look();
})"""
"""The page's width once it fits its window, or after ten seconds in which it did not."""


class Visit:
    """`problems` are the console's errors, uncaught exceptions and failed requests."""

    def __init__(self, browser: Browser, sign_in_link: str, session: Any = None, device: Any = None) -> None:
        """With another visit's storage state as `session`, the link may be any page; `device` as for a new context."""
        look = {"viewport": DESKTOP, **(device or {})}
        self.context = browser.new_context(accept_downloads=True, storage_state=session, **look)
        self.page: Page = self.context.new_page()
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(f"exception: {error}"))
        self.page.on("console", self._listen)
        self.page.on("response", lambda r: self.problems.append(f"{r.status} {r.url}") if r.status >= 400 else None)
        self.page.goto(sign_in_link)

    def _listen(self, message) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:  # its address comes by response
            self.problems.append(message.text)

    def _fits(self, name: str, width: int) -> None:
        """The plot follows a new width a frame or two later, so the page has a moment for it."""
        wide = self.page.evaluate(SETTLED_WIDTH)
        assert wide <= width, f"{name} is {wide} px wide on a screen of {width} px"

    def take_pictures(self, folder: Path, name: str) -> None:
        """Light, dark and on a phone; no page may scroll sideways on any of them."""
        for look, scheme, viewport in (
            ("light", "light", DESKTOP),
            ("dark", "dark", DESKTOP),
            ("phone", "light", PHONE),
        ):
            self.page.set_viewport_size(viewport)
            self.page.emulate_media(color_scheme=scheme)
            self._fits(name, viewport["width"])
            # a colour on its way to the other theme is taken where it arrives
            self.page.screenshot(path=folder / f"{name}-{look}.png", full_page=True, animations="disabled")
        self.page.set_viewport_size(DESKTOP)
        self.page.emulate_media(color_scheme="light")


def fresh_link(running: Studio) -> str:
    """A one-time sign-in link, made as a lab's admin makes one."""
    command = [sys.executable, "manage.py", "sign_in_link"]
    env = {**os.environ, "AUTOSNN_VAR": str(running.var)}
    done = subprocess.run(command, cwd=REPOSITORY, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return running.url + str(json.loads(done.stdout)["link"])
