"""The recorded quick look: what `python -m engine run` printed, nothing added and nothing left out.

Made on 24 November 2026 on two CPU cores, and made again by
    python -m engine config quick-look > webapp/demo/quick_look.json
    python -m engine run webapp/demo/quick_look.json --workdir work > webapp/demo/quick_look.ndjson
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from engine.config.parse import parse_config
from engine.config.study import StudyConfig

FOLDER = Path(__file__).parent
CONFIG, EVENTS = FOLDER / "quick_look.json", FOLDER / "quick_look.ndjson"
MADE = "2026-11-24T20:22:00+00:00"
"""Events hold no clock times; the log's entries carry the day it was recorded."""


@cache
def config() -> StudyConfig:
    """The preset as it was when it was recorded."""
    return parse_config(CONFIG.read_bytes())


@cache
def events() -> list[dict[str, Any]]:
    """Every event of the run, in its wire form."""
    return [json.loads(line) for line in EVENTS.read_text().splitlines()]


@cache
def stored() -> list[dict[str, Any]]:
    """As the API answers stored events: numbered, without the candidates' spike maps."""
    return [{"seq": seq, "time": MADE, "event": stripped(event)} for seq, event in enumerate(events(), 1)]


def stripped(event: dict[str, Any]) -> dict[str, Any]:
    """Without its candidates' spike maps, which have an address of their own."""
    if event["kind"] != "generation_finished":
        return event
    candidates = [{key: value for key, value in one.items() if key != "spike_map"} for one in event["candidates"]]
    return {**event, "candidates": candidates}
