"""NumPy's own files from untrusted hands: no pickles, and headers checked before anything is allocated."""

from __future__ import annotations

import io
import math
import zipfile
import zlib
from collections.abc import Iterable
from typing import Any

import numpy as np

from engine.data.files.packing import check_packing
from engine.errors import DataError

Array = np.ndarray[Any, Any]
MAX_HEADER = 10_000


def read_npy(data: bytes, name: str, limit: int) -> Array:
    """The array of one .npy. Raises DataError above `limit` bytes, and where header and content do not fit."""
    file = io.BytesIO(data)
    try:
        version = np.lib.format.read_magic(file)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, fortran, dtype = read(file)
    except (ValueError, SyntaxError, TypeError, EOFError, RecursionError, MemoryError) as error:
        raise DataError(f"{name}: not a readable .npy array: {str(error)[:120]}") from error
    if dtype.hasobject:
        raise DataError(f"{name}: holds Python objects, which would need pickle; save plain numbers")
    if min(shape, default=0) < 0:
        raise DataError(f"{name}: declares the shape {list(shape)}")
    declared = math.prod(shape) * dtype.itemsize
    if declared > limit:
        raise DataError(f"{name}: declares {list(shape)} × {dtype} = {declared:,} bytes; at most {limit:,}")
    if declared != (held := len(data) - file.tell()):
        raise DataError(f"{name}: declares {declared:,} bytes, holds {held:,}")
    flat = np.frombuffer(data, dtype, offset=file.tell()) if declared else np.zeros(0, dtype)
    return flat.reshape(shape, order="F" if fortran else "C")


def read_npz(data: bytes, name: str, keys: Iterable[str], limit: int) -> dict[str, Array]:
    """The named arrays of one .npz, `limit` bytes each at most. Raises DataError naming what is missing or wrong."""
    found = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {member.filename: member for member in archive.infolist()}
            for key in keys:
                member = members.get(f"{key}.npy")
                if member is None:
                    raise DataError(f"{name}: has no array {key}; it has {_listed(members)}")
                _check_member(name, key, member, limit)
                with archive.open(member) as file:
                    content = file.read(member.file_size + 1)
                found[key] = read_npy(content, f"{name}: {key}", limit)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise DataError(f"{name}: not a readable .npz: {str(error)[:120]}") from error
    return found


def npz_keys(data: bytes, name: str) -> list[str]:
    """The names of its arrays."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return [member.removesuffix(".npy") for member in archive.namelist()]
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise DataError(f"{name}: not a readable .npz: {str(error)[:120]}") from error


def _check_member(name: str, key: str, member: zipfile.ZipInfo, limit: int) -> None:
    check_packing(name, key, member)
    if member.file_size > limit + MAX_HEADER:
        raise DataError(f"{name}: {key} unpacks to {member.file_size:,} bytes; at most {limit:,}")


def _listed(members: Iterable[str]) -> str:
    names = sorted(member.removesuffix(".npy") for member in members)
    return ", ".join(name[:40] for name in names[:8]) or "none"
