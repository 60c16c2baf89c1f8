"""RO-Crate 1.2 metadata of a study's folder: which files it holds, what made them, by which config and method."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.config.study import StudyConfig
from engine.describe.own_parts import own_parts
from engine.storage.files import is_there

NAME = "ro-crate-metadata.json"
VERSION = "1.2"
PAPER = "https://arxiv.org/abs/2201.12738"
FILES = {
    "study.json": ("the study's config", "application/json"),
    "events.jsonl": ("the study's events, one a line", "application/x-ndjson"),
    "result/model.safetensors": ("the winner's weights", "application/octet-stream"),
    "result/config.json": ("the winner's config and results", "application/json"),
    "result/MODEL_CARD.md": ("the winner's model card", "text/markdown"),
    "result/README.md": ("the winner's model card", "text/markdown"),
    "result/model.py": ("the winner's network in plain torch", "text/x-python"),
    "result/samples.safetensors": ("test samples that model.py checks itself on", "application/octet-stream"),
    "result/analysis.json": ("results of every training", "application/json"),
    "result/analysis.csv": ("results of every training", "text/csv"),
    "result/SHA256SUMS": ("hashes of the result's files", "text/plain"),
}
"""What a study's folder may hold of lasting worth, with its type; checkpoints are none."""
PIECE = 1 << 20


@dataclass(frozen=True)
class Entry:
    """A file by its path in the folder: bytes and SHA-256."""

    path: str
    size: int
    sha256: str


def entries_of(folder: Path) -> list[Entry]:
    """The files of FILES that a study's folder holds."""
    return [_entry(folder, path) for path in FILES if is_there(folder / path)]


def _entry(folder: Path, path: str) -> Entry:
    total, size = hashlib.sha256(), 0
    with (folder / path).open("rb") as file:
        while piece := file.read(PIECE):
            total.update(piece)
            size += len(piece)
    return Entry(path, size, total.hexdigest())


def ro_crate(
    config: StudyConfig, entries: Sequence[Entry], *, published: str, licence: str, version: str
) -> dict[str, Any]:
    """The metadata as JSON-LD values; `published` is a date YYYY-MM-DD, `licence` a name or an address."""
    parts = [_reference(one.path) for one in entries]
    made = [_reference(one.path) for one in entries if one.path != "study.json"]
    graph = [
        _of(NAME, "CreativeWork", about=_reference("./"), conformsTo=_reference(f"https://w3id.org/ro/crate/{VERSION}")),
        _of(
            "./", "Dataset", name=config.name, description=_description(config), datePublished=published,
            identifier=f"sha256:{config.digest()}", license=_reference("#licence"), hasPart=parts,
            mentions=_reference("#run"), citation=_reference(PAPER),
        ),
        *(_file(one) for one in entries),
        _of(
            "#run", "CreateAction", name="Search of an architecture" if config.analysis is None else "Trainings",
            instrument=_reference("#software"), object=_reference("study.json"), result=made,
        ),
        _of("#software", "SoftwareApplication", name="AutoSNN Studio", softwareVersion=version),
        _of("#licence", "CreativeWork", name=licence),
        _of(PAPER, "ScholarlyArticle", name="AutoSNN: Towards Energy-Efficient Spiking Neural Networks"),
    ]  # fmt: skip
    return {"@context": f"https://w3id.org/ro/crate/{VERSION}/context", "@graph": graph}


def _description(config: StudyConfig) -> str:
    what = f"{config.space.size:,} architectures" if config.analysis is None else "architectures trained from scratch"
    told = (
        f"{what} of spiking neural networks on {config.data.info.title}, T = {config.network.time_steps}, seed "
        f"{config.seed}. {own_parts(config)}"
    )
    return f"{told[0].upper()}{told[1:]}".rstrip()


def _file(entry: Entry) -> dict[str, Any]:
    words, kind = FILES[entry.path]
    size = str(entry.size)
    return _of(entry.path, "File", name=words, encodingFormat=kind, contentSize=size, sha256=entry.sha256)


def _of(at: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"@id": at, "@type": kind, **more}


def _reference(identifier: str) -> dict[str, str]:
    return {"@id": identifier}
