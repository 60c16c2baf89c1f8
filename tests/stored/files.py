"""What must stay of a file: its bytes, but of a text what it tells and of a drawing also where its marks are."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any
from xml.etree import ElementTree

from tests.stored.additions import as_then
from tests.stored.prose import NUMBER, as_prose

TEXTS = {".md", ".txt", ".tex"}
CHECKSUMS = "SHA256SUMS"
PLACES = ("x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "width", "height", "points", "d", "transform")
"""Attributes of an SVG element that say where it is drawn."""


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def kept_of_file(name: str, data: bytes) -> Any:
    """The SHA-256 of its bytes where nothing in it may change."""
    kind = PurePath(name).suffix
    if kind == ".svg":
        return kept_of_drawing(data.decode())
    if kind in TEXTS:
        return {"text": as_prose(data.decode())}
    return kept_of_checksums(data.decode()) if PurePath(name).name == CHECKSUMS else sha256(data)


def members(body: bytes) -> dict[str, Any]:
    """Of a zip, name → what must stay of that file, in the order of the zip."""
    return {name: kept_of_file(name, data) for name, data in as_then(files_in(body)).items()}


def files_in(body: bytes) -> dict[str, bytes]:
    """The files of a zip, in its order."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return {one.filename: archive.read(one) for one in archive.infolist()}


def kept_of_checksums(text: str) -> dict[str, str]:
    """File → its SHA-256; of a text only that it is listed."""
    listed = (line.split("  ", 1) for line in text.splitlines())
    return {name: "listed" if PurePath(name).suffix in TEXTS else digest for digest, name in listed}


def kept_of_drawing(text: str) -> dict[str, str]:
    """What an SVG's words tell, and the places of its marks and of the numbers at its axes.

    Where other words stand, and how high the paper is, depends on how long a caption is.
    """
    root = ElementTree.fromstring(text)
    paper = (root.get("width"), root.get("height"))
    drawn = [one for one in root.iter() if one is not root and (one.get("width"), one.get("height")) != paper]
    places = "\n".join(_place(one) for one in drawn if _placed(one))
    return {"text": as_prose("\n".join(_words(root))), "drawn": as_prose(places)}


def _words(root: ElementTree.Element) -> Iterator[str]:
    """All but the lines of the caption, which the description tells already."""
    described = "".join(one.text or "" for one in root.iter() if _tag(one) == "desc")
    for one in root.iter():
        words = "".join(one.itertext()).strip() if _tag(one) in ("title", "desc", "text") else ""
        if NUMBER.fullmatch(words) or _tag(one) == "desc" or words not in described:
            yield words


def _placed(one: ElementTree.Element) -> bool:
    return _tag(one) != "text" or NUMBER.fullmatch("".join(one.itertext()).strip()) is not None


def _place(one: ElementTree.Element) -> str:
    """Its numbers, set apart from the letters of a path: a minus after a letter is a sign."""
    values = " ".join(one.get(name, "") for name in PLACES)
    return "".join(f" {letter} " if letter.isalpha() else letter for letter in values)


def _tag(one: ElementTree.Element) -> str:
    return one.tag.rpartition("}")[2]
