"""The files of a package, read from its folder or zip and held to its checksums."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

from engine.data.files.file_trees import ZipTree
from engine.data.files.tree import Tree
from engine.errors import CheckpointError, DataError, FileError
from engine.storage.atomic import verify
from engine.storage.files import open_file, read_file

FOLDER = "result"
MODEL, CONFIG, SUMS = "model.safetensors", "config.json", "SHA256SUMS"
README, CODE, SAMPLES = "README.md", "model.py", "samples.safetensors"
CARD = "MODEL_CARD.md"
"""The model card of before version 2, in which README.md is the model card."""
FILES = (MODEL, CONFIG, README, CODE, SAMPLES, SUMS)
"""Of version 2, in the order of a download; without model.py where no file of its own can rebuild the network."""
FILES_1 = (MODEL, CONFIG, CARD, SUMS)
"""Of version 1 and 1.1."""
LAYOUTS = tuple(frozenset(names) - {SUMS} for names in (FILES, set(FILES) - {CODE}, FILES_1))
"""What SHA256SUMS may list."""
MAX_MODEL_BYTES = 4 << 30
"""Most bytes of a model; a larger one is refused before it is read."""
MAX_TEXT_BYTES = 10_000_000
MAX_SAMPLES_BYTES = 64 << 20
LIMITS = dict.fromkeys((*FILES, CARD), MAX_TEXT_BYTES) | {MODEL: MAX_MODEL_BYTES, SAMPLES: MAX_SAMPLES_BYTES}
SUM_LINE = re.compile(r"([0-9a-f]{64})  (.+)")
ALONE = "give model.safetensors itself to go without the other files"


def read_members(path: Path) -> dict[str, bytes]:
    """The files of a package by name: of the zip or its unpacked folder, or model.safetensors alone.

    All files of a zip or folder are checked. Raises CheckpointError.
    """
    try:
        if path.is_dir():
            return _checked(path, _from_folder(path))
        with open_file(path) as file:
            packed = file.read(4) == b"PK\x03\x04" or zipfile.is_zipfile(file)
        return _checked(path, _from_zip(path)) if packed else {MODEL: read_file(path, MAX_MODEL_BYTES)}
    except FileError as error:
        raise CheckpointError(str(error)) from error
    except OSError as error:
        raise CheckpointError(f"{error.filename or path} cannot be read: {error.strerror}") from error


def zipped(folder: Path) -> bytes:
    """The zip of a package's folder; equal files give equal bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for path in (folder / name for name in FILES if (folder / name).is_file()):
            archive.writestr(zipfile.ZipInfo(path.name), path.read_bytes())
    return packed.getvalue()


def _from_folder(path: Path) -> dict[str, bytes]:
    """Raises FileError. A folder of a whole study is refused with where its result lies."""
    if not (path / MODEL).exists() and (path / FOLDER / MODEL).exists():
        raise CheckpointError(f"{path} holds no {MODEL}; give {path / FOLDER}")
    return {name: read_file(path / name, LIMITS[name]) for name in LIMITS if _is_named(path / name)}


def _is_named(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _from_zip(path: Path) -> dict[str, bytes]:
    try:
        tree: Tree = ZipTree(path)
        tree = tree.home(MODEL) or tree
        return {name: tree.read(name, LIMITS[name]) for name in LIMITS if name in tree.names}
    except DataError as error:
        raise CheckpointError(f"{path} is not a readable package: {error}") from error


def _checked(path: Path, files: dict[str, bytes]) -> dict[str, bytes]:
    """The same, where nothing is missing and every checksum matches."""
    for name in (MODEL, SUMS):
        if name not in files:
            raise CheckpointError(f"{path} holds no {name}" + ("" if name == MODEL else f": {ALONE}"))
    sums = _sums(path, files[SUMS])
    if missing := [name for name in LIMITS if name in sums and name not in files]:
        raise CheckpointError(f"{path} lacks {', '.join(missing)}, which {SUMS} lists: {ALONE}")
    for name, sum_ in sums.items():
        if sum_ != hashlib.sha256(files[name]).hexdigest():
            raise CheckpointError(f"{path}: {name} does not match {SUMS}; the download is damaged")
    return {name: files[name] for name in sums}


def _sums(path: Path, text: bytes) -> dict[str, str]:
    """SHA-256 by name from SHA256SUMS, which lists the files of some version."""
    lines = [SUM_LINE.fullmatch(line) for line in text.decode(errors="replace").splitlines()]
    found = {line[2]: line[1] for line in lines if line}
    if not all(lines) or frozenset(found) not in LAYOUTS:
        raise CheckpointError(f"{path}: {SUMS} is damaged; get the package anew")
    return found


def sums_of_result(workdir: Path) -> dict[str, str]:
    """SHA-256 by name of the files in a study's result, empty where it has none. Raises FileError and OSError."""
    folder = workdir / FOLDER
    if not folder.is_dir():
        return {}
    return {path.name: _sum(path) for path in sorted(folder.iterdir()) if path.is_file()}


def _sum(path: Path) -> str:
    with open_file(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def require_result(workdir: Path, known: Mapping[str, str]) -> None:
    """Raise CheckpointError unless a finished study's result is as it was written.

    `known` are its sums; empty for a study of an earlier version, whose package has sums of its own.
    """
    folder = workdir / FOLDER
    if not known and folder.exists() and (folder / MODEL).exists():
        read_members(folder)
    for name, sha256 in known.items():
        try:
            verify(folder / name, sha256)
        except CheckpointError as error:
            raise CheckpointError(f"{FOLDER}: {error}") from error
