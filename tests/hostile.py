"""The hostile uploads of RELIABILITY §2b, made as small as they can be: name → (file name, content)."""

from __future__ import annotations

import io
import os
import pickle
import struct
import tarfile
import warnings
import zipfile
import zlib
from functools import cache
from pathlib import Path

import numpy as np

PNG_HEAD = b"\x89PNG\r\n\x1a\n"


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def npy(array: np.ndarray, **options: bool) -> bytes:
    file = io.BytesIO()
    np.save(file, array, **options)
    return file.getvalue()


def terabytes() -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        file, {"descr": "|u1", "fortran_order": False, "shape": (2**22, 1024, 1024)}
    )  # fmt: skip
    return file.getvalue()


def special_zip(mode: int, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        member = zipfile.ZipInfo("cat/x.png")
        member.external_attr = mode << 16
        archive.writestr(member, content)
    return file.getvalue()


@cache
def bomb(name: str) -> bytes:
    """100 MB of nothing, and labels."""
    labels = npy(np.zeros(4, np.int64))
    return zipped({name: bytes(100_000_000), "y.npy": labels}, zipfile.ZIP_DEFLATED)


@cache
def many_files(count: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for k in range(count):
            archive.writestr(zipfile.ZipInfo(f"{k}"), b"")
    return file.getvalue()


def patched(data: bytes, signature: bytes, at: int, value: bytes) -> bytes:
    """Bytes changed in the first record with this signature."""
    start = data.index(signature) + at
    return data[:start] + value + data[start + len(value) :]


def tar_with(kind: bytes) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        member = tarfile.TarInfo("cat/x.png")
        member.type, member.linkname = kind, "/etc/passwd"
        archive.addfile(member)
    return file.getvalue()


class Attack:
    """Its pickle runs a command that makes a file."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (f"touch {self.canary}",)


def cifar_pickle(canary: Path) -> bytes:
    batch = pickle.dumps(Attack(canary), 2)
    names = [*(f"data_batch_{k}" for k in range(1, 6)), "test_batch"]
    return zipped({f"cifar-10-batches-py/{name}": batch for name in names})


def huge_png() -> bytes:
    header = struct.pack(">4sIIBBBBB", b"IHDR", 60_000, 60_000, 8, 2, 0, 0, 0)
    data = struct.pack(">I4sI", 0, b"IDAT", zlib.crc32(b"IDAT"))
    return PNG_HEAD + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header)) + data


def hostile(canary: Path) -> dict[str, tuple[str, bytes]]:
    """All of them; `canary` is the file that must never be made."""
    one = {"cat/x.png": b"x" * 100}
    duplicates = io.BytesIO()
    with zipfile.ZipFile(duplicates, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile says that the name is there twice, as is wanted
        for _ in range(2):
            archive.writestr("cat/x.png", b"x")
    pngs = {f"{name}/{k}.png": huge_png() for name in ("cat", "dog") for k in range(3)}
    y = npy(np.zeros(4, np.int64))
    objects = zipped({"x.npy": npy(np.array([Attack(canary)] * 4, object), allow_pickle=True), "y.npy": y})
    html = b"<script>alert(1)</script>"
    return {
        "1 path that leads out": ("a.zip", zipped({"../../evil.png": b"x"})),
        "2 absolute path": ("a.zip", zipped({"/etc/evil.png": b"x"})),
        "3 link to /etc/passwd": ("a.zip", special_zip(0o120777, b"/etc/passwd")),
        "4 zip bomb": ("a.zip", bomb("cat/x.png")),
        "5 nested zip": ("a.zip", zipped({"inner.zip": zipped(one)})),
        "6 200,000 files": ("a.zip", many_files(200_000)),
        "7 lying directory size": ("a.zip", patched(zipped(one), b"PK\x05\x06", 12, struct.pack("<I", 2**31))),
        "8 the same name twice": ("a.zip", duplicates.getvalue()),
        "9 encrypted": ("a.zip", patched(zipped(one), b"PK\x01\x02", 8, b"\x01\x00")),
        "10 truncated": ("a.zip", zipped(one)[:-30]),
        "11a device in a tar": ("a.tar", tar_with(tarfile.CHRTYPE)),
        "11b hard link in a tar": ("a.tar", tar_with(tarfile.LNKTYPE)),
        "12 pickle that runs code": ("a.zip", cifar_pickle(canary)),
        "13 array of objects": ("a.zip", objects),
        "14 array of 4 TB": ("a.zip", zipped({"x.npy": terabytes(), "y.npy": y})),
        "15 npz bomb": ("a.npz", bomb("x.npy")),
        "16 weights, packed": ("a.pt", zipped({"archive/data.pkl": pickle.dumps(Attack(canary))})),
        "17 weights with stride 0": ("a.pth", zipped({"archive/data.pkl": b"\x80\x02."})),
        "18 safetensors with a huge header": ("a.safetensors", struct.pack("<Q", 2**63) + b"{}"),
        "19 picture of 60,000 × 60,000": ("a.zip", zipped(pngs)),
        "20a page that says it is a picture": ("a.png.html", html),
        "20b page in a zip's name": ("a.zip", html),
        "20c long name": ("a" * 300 + ".zip", zipped(one)),
        "20d NUL": ("a\0.zip", zipped(one)),
        "20e reversed name": ("a\u202egnp.zip", zipped(one)),
        "20f device name": ("CON.zip", zipped(one)),
        "20g drawing with a script": ("a.svg", b"<svg><script>alert(1)</script></svg>"),
        "20h reversed name inside": ("a.zip", zipped({"cat/\u202egnp.png": b"x"})),
    }


NAMES = tuple(hostile(Path("/canary")))
