"""What every test may use: a private state folder, the real data, throw-away servers, Chromium."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

# before Django's settings are read: tests never touch the user's own state
os.environ["AUTOSNN_VAR"] = tempfile.mkdtemp(prefix="autosnn-test-")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")

REPOSITORY = Path(__file__).resolve().parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")


def pytest_sessionfinish() -> None:
    shutil.rmtree(os.environ["AUTOSNN_VAR"], ignore_errors=True)


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The real data beside the repository; tests that need it are skipped, and say so, where it is not."""
    path = Path(os.environ.get("AUTOSNN_TEST_DATA", REPOSITORY.parent / "shared" / "data"))
    if not path.is_dir():
        pytest.skip(f"needs the real data: no folder {path} (set AUTOSNN_TEST_DATA)")
    return path


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    from tests.servers import valkey

    with valkey() as url:
        yield url


@pytest.fixture(scope="session")
def chromium() -> str | None:
    """Path of an installed Chromium; None where Playwright's own is to be used."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)
