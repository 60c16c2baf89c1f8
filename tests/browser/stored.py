"""Finished studies in a running studio, from the recording: a user's visit begins where others end."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from playwright.sync_api import Browser

from tests.browser.visit import Visit
from tests.processes.studio import REPOSITORY, Studio


def visit_of(browser: Browser, running: Studio, username: str, *names: str) -> tuple[Visit, list[str]]:
    """A signed-in visit of a user who owns one recorded study a name, and the studies' ids."""
    command = [sys.executable, "-m", "tests.recorded", username, *names]
    env = {**os.environ, "AUTOSNN_VAR": str(running.var)}
    done = subprocess.run(command, cwd=REPOSITORY, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    return Visit(browser, running.url + made["link"]), made["studies"]
