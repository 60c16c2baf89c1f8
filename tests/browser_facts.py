"""What pages tell the browser of blocks, kept for the tests in node: `python -m tests.browser_facts` writes it anew."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

FIXTURE = Path(__file__).with_name("fixtures") / "block_facts.json"


def served() -> dict[str, Any]:
    """The facts of every page, and the counted outputs of the recorded quick look, as JSON holds them."""
    from webapp.demo import recording
    from webapp.studies.selectors.block_facts import block_facts, output_elements

    found = {"facts": block_facts(), "quick_look_output_elements": output_elements(recording.config())}
    again: dict[str, Any] = json.loads(json.dumps(found))
    return again


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
    FIXTURE.write_text(json.dumps(served(), indent=1, ensure_ascii=False) + "\n")
