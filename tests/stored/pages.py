"""Every address of a stored studio that is read, and what of its answer must stay.

Of a page: what its title and its words tell, its links within the application, the ids its scripts hold on to, and its
data. Where its scripts and styles lie is free, and so is what the chapters of the documentation say.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from PIL import Image

from tests.stored.files import kept_of_file, members, sha256
from tests.stored.prose import as_prose
from tests.stored.studio import Answer, Studio

TABS = ("live", "map", "log")
CHAPTERS = ("", "configurator", "data", "viewer", "paper", "durability", "spikes", "speed", "tables")
HIDDEN = ("script", "style")
OF_THE_SERVER = ("Python ", "/")
"""Begins of what a page says of the machine it is read on: what is installed, and where the data lie."""


def addresses(ids: dict[str, str], facts: dict[str, Any]) -> Iterator[str]:
    """All of them, study by study. `facts` names what lies below a study: its candidate, its kit, its inspections."""
    for name in ("evolution", "own", "fork", "analysis"):
        yield from _of_study(ids[name], facts["below"][name])
    yield from ("/?archived=1", "/", "/api/studies", "/api/studies?archived=1", "/api/studies?q=own", "/studies/new")
    yield f"/api/repeats/{ids['repeat']}"
    pair = f"s={ids['evolution']},{ids['own']}&a={ids['evolution']}:winner,{ids['own']}:{facts['below']['own']['code']}"
    yield from (f"/compare?{pair}", f"/api/compare?{pair}", f"/api/compare/fronts.svg?{pair}")
    yield from _of_dataset(ids["dataset"])
    yield from ("/demo", "/api/demo/events?after=20")
    yield from (f"/docs/{chapter}" for chapter in CHAPTERS)
    yield from ("/sign-in", "/account/password", "/metrics", "/healthz", "/readyz", "/nowhere")


def _of_study(study: str, below: dict[str, Any]) -> Iterator[str]:
    page, api = f"/studies/{study}", f"/api/studies/{study}"
    yield from (f"{page}?tab={tab}" for tab in TABS)
    yield from (f"{page}/{part}" for part in ("report", "replay", "paper-kit", "download"))
    yield from (f"{page}/figures/{name}" for name in below["figures"])
    yield from (api, f"{api}/events", f"{api}/events?after=3&limit=2", f"{api}/sampling", f"{api}/inspections")
    yield from (f"{api}/inspections?brief=1&kind=sample", f"{api}/energy")
    if below["code"]:
        yield from (f"{page}/archs/{below['code']}", f"{api}/energy?candidate=1&costs=int8-45nm")
        yield from (f"{api}/candidates/0/spike-map", f"{api}/candidates/999/spike-map")
    for one in below["inspections"]:
        yield from (f"{api}/inspections/{one}", f"{api}/inspections/{one}/data")


def _of_dataset(dataset: str) -> Iterator[str]:
    api = f"/api/datasets/{dataset}"
    yield from (
        "/datasets",
        f"/datasets/{dataset}",
        "/api/datasets",
        api,
        f"{api}/split?kind=stratified&fraction=0.25&seed=3",
    )
    yield from (f"{api}/samples/1.png", f"{api}/augmented/shift.png", f"{api}/frames")


def answers(studio: Studio, ids: dict[str, str], facts: dict[str, Any]) -> dict[str, Any]:
    """Address → what must stay of its answer."""
    return {url: kept(url, studio.get(url)) for url in addresses(ids, facts)}


def kept(url: str, answer: Answer) -> dict[str, Any]:
    """Of one answer, what must stay."""
    found: dict[str, Any] = {"status": answer.status, "type": _exact(answer.type)}
    headers = {name: _exact(value) for name, value in answer.headers.items()}
    if answer.type.startswith("application/json"):
        return found | {"json": answer.json}
    if answer.type.startswith("text/html"):
        said = {} if url.startswith("/docs/") else page(answer.body.decode())
        return found | {"page": said, "headers": headers}
    if answer.type == "application/zip":
        return found | {"headers": headers, "members": members(answer.body)}
    if answer.type == "image/png":
        return found | {"headers": headers, "pixels": _pixels(answer.body)}
    name = urlsplit(url).path
    return found | {"headers": headers, "file": kept_of_file(name, answer.body)}


def _exact(header: str) -> list[str]:
    """Its parts: a header is no prose."""
    return header.split()


def _pixels(body: bytes) -> list[Any]:
    """Size, mode and SHA-256 of what a PNG shows: how it is packed is zlib's affair."""
    with Image.open(io.BytesIO(body)) as picture:
        return [list(picture.size), picture.mode, sha256(picture.tobytes())]


def page(text: str) -> dict[str, Any]:
    """Of a page of HTML, what must stay."""
    reader = _Reader()
    reader.feed(text)
    words = "\n".join(line for line in reader.words if not line.startswith(OF_THE_SERVER))
    return {
        "title": as_prose(reader.title),
        "text": as_prose(words),
        "ids": dict.fromkeys(reader.ids, True),
        "links": dict.fromkeys(reader.links, True),
        "data": reader.data,
    }


class _Reader(HTMLParser):
    """What a page says and holds."""

    def __init__(self) -> None:
        super().__init__()
        self.title = ""
        self.words: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.data: dict[str, Any] = {}
        self._open: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.ids.append(f"{tag}#{given['id']}")
        for name in ("href", "src", "action"):
            link = given.get(name)
            if link and not urlsplit(link).path.startswith("/static/"):
                self.links.append(link)
        if tag in ("title", *HIDDEN):
            self._open.append((tag, given.get("id") if given.get("type") == "application/json" else None))

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1][0] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        tag, key = self._open[-1] if self._open else ("", None)
        if tag == "title":
            self.title += data
        elif key is not None:
            self.data[key] = json.loads(data)
        elif tag not in HIDDEN and (words := " ".join(data.split())):
            self.words.append(words)
