"""One rule for all containers: the same tree is the same data set from folder, zip, tar and tar.gz, litter or none."""

import io
import os
import tarfile
import unicodedata
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from engine.data.files.file_trees import open_tree
from engine.data.readers import own_images
from engine.errors import DataError
from tests.engine.data.files.test_tree import write_folder, write_tar, write_zip

CLASSES = ["cat", "dog", "café", "Ελλάδα", "10", "9", "a b", "می\u200cخواهم", "👩\u200d🔬", "c.d"]
LITTER = [
    ".DS_Store", "__MACOSX/cat/._0.png", "cat/._0.png", "Thumbs.db", ".ipynb_checkpoints/0.png", "dog/desktop.ini",
    ".git/objects/ab", "Icon\r",
]  # fmt: skip


def picture(value: int) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.full((8, 8), value, np.uint8)).save(file, "PNG")
    return file.getvalue()


PICTURES = [picture(value) for value in range(0, 250, 10)]


@st.composite
def trees(draw) -> dict[str, bytes]:
    """Class folders of pictures, with or without splits, folders inside the classes, and a file of another kind."""
    classes = draw(st.lists(st.sampled_from(CLASSES), min_size=2, max_size=4, unique=True))
    splits = draw(st.sampled_from([[""], ["train/", "test/"], ["Train_data/", "val/", "Test_data/"]]))
    inside = draw(st.sampled_from(["", "x/"]))
    counts = [draw(st.integers(2, 4)) for _ in range(len(splits) * len(classes))]
    folders = [f"{split}{name}/" for split in splits for name in classes]
    files = {
        f"{folder}{inside if k else ''}{k}.png": PICTURES[(place * 7 + k) % len(PICTURES)]
        for place, (folder, count) in enumerate(zip(folders, counts, strict=True))
        for k in range(count)
    }
    return files | draw(st.sampled_from([{}, {"README.txt": b"read me"}]))


def decomposed(files: dict[str, bytes]) -> dict[str, bytes]:
    """As macOS writes names."""
    return {unicodedata.normalize("NFD", name): data for name, data in files.items()}


def windows_zip(path: Path, files: dict[str, bytes]) -> Path:
    """With backslashes between folders, as old programs pack it."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo("x")
            info.filename = name.replace("/", "\\")
            archive.writestr(info, data)
    return path


def mac_zip(path: Path, files: dict[str, bytes]) -> Path:
    """With UTF-8 names that the zip does not declare."""
    write_zip(path, files)
    with zipfile.ZipFile(path) as archive:
        flags = {member.header_offset for member in archive.infolist() if member.flag_bits & 0x800}
    data = bytearray(path.read_bytes())
    for at in flags:
        data[at + 7] &= 0xF7
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 9] &= 0xF7
        at = data.find(b"PK\x01\x02", at + 1)
    path.write_bytes(bytes(data))
    return path


def tarred(path: Path, files: dict[str, bytes], mode: str) -> Path:
    return write_tar(path, [(tarfile.TarInfo(name), data) for name, data in files.items()], mode)


FORMS = {
    "folder": lambda tmp, files: write_folder(tmp / "d", files),
    "zip": lambda tmp, files: write_zip(tmp / "d.zip", files),
    "tar": lambda tmp, files: tarred(tmp / "d.tar", files, "w:"),
    "tar.gz": lambda tmp, files: tarred(tmp / "d.tar.gz", files, "w:gz"),
    "zip of Windows": lambda tmp, files: windows_zip(tmp / "w.zip", files),
    "zip of macOS": lambda tmp, files: mac_zip(tmp / "m.zip", files),
    "tar in reverse": lambda tmp, files: tarred(tmp / "r.tar", dict(reversed(files.items())), "w:"),
    "decomposed zip": lambda tmp, files: write_zip(tmp / "n.zip", decomposed(files)),
}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(files=trees(), litter=st.lists(st.sampled_from(LITTER), unique=True))
def test_one_tree_is_one_data_set_in_every_container(files, litter, tmp_path_factory):
    found = set()
    for form, write in FORMS.items():
        spoilt = files | (dict.fromkeys(litter, b"litter") if form != "folder" else {})
        tree = open_tree(write(tmp_path_factory.mktemp("t"), spoilt))
        raw = own_images.read(tree, 8, 1)
        train, test = (part.images.tobytes() + part.labels.tobytes() for part in (raw.train, raw.test))
        found.add((tree.content_hash(), raw.class_names, train, test, raw.validation))
        assert len(found) == 1, form


@pytest.mark.parametrize("form", FORMS)
def test_what_systems_leave_behind_is_named_and_no_file(form, tmp_path):
    files = {"cat/0.png": b"1", "dog/0.png": b"2"}
    tree = open_tree(FORMS[form](tmp_path, files | dict.fromkeys(LITTER, b"litter")))
    assert tree.names == ("cat/0.png", "dog/0.png")
    assert {"__MACOSX", "Thumbs.db", ".DS_Store", "desktop.ini"} <= set(tree.passed_over)


@pytest.mark.parametrize("form", ["folder", "zip", "tar"])
@pytest.mark.parametrize("name", ["aux/0.png", "cat/gnp\u202e.png"])
def test_a_name_is_refused_in_every_container_or_in_none(form, name, tmp_path):
    with pytest.raises(DataError, match="rename it"):
        open_tree(FORMS[form](tmp_path, {name: b"1"}))


@pytest.mark.parametrize("form", ["zip", "tar"])
def test_an_empty_folder_of_an_archive_is_known_as_that_of_a_folder(form, tmp_path):
    if form == "zip":
        with zipfile.ZipFile(tmp_path / "d.zip", "w") as archive:
            for name in ("cat/", "cat/0.png", "bird/", "__MACOSX/"):
                archive.writestr(name, b"")
    else:
        members = [tarfile.TarInfo(name) for name in ("./", "cat", "bird", ".hidden")]
        for member in members:
            member.type = tarfile.DIRTYPE
        write_tar(tmp_path / "d.tar", [*((m, b"") for m in members), (tarfile.TarInfo("cat/0.png"), b"")], "w:")
    assert open_tree(tmp_path / f"d.{form}").empty == ("bird",)


# --- what only folders have ---


def test_a_pipe_is_refused_and_does_not_hang(tmp_path):
    root = write_folder(tmp_path / "d", {"cat/0.png": b"1"})
    os.mkfifo(root / "cat" / "pipe.png")
    with pytest.raises(DataError, match=r"'cat/pipe\.png' is a pipe, a socket or a device"):
        open_tree(root)
    with pytest.raises(DataError, match="is neither a file nor a folder"):
        open_tree(root / "cat" / "pipe.png")


def test_links_to_folders_and_to_nothing_are_named(tmp_path):
    root = write_folder(tmp_path / "d", {"cat/0.png": b"1"})
    (root / "puppy").symlink_to(root / "cat")
    with pytest.raises(DataError, match="'puppy' is a link to a folder; put the folder itself there"):
        open_tree(root)
    (root / "puppy").unlink()
    (root / "cat" / "9.png").symlink_to("deleted.png")
    with pytest.raises(DataError, match=r"'cat/9\.png' is a link to a file that is not there"):
        open_tree(root)


def test_a_folder_whose_name_is_not_utf_8_is_named(tmp_path):
    root = write_folder(tmp_path / "d", {"cat/0.png": b"1"})
    (root / "cat").rename(root / os.fsdecode(b"caf\xe9"))
    with pytest.raises(DataError, match=r"'caf\\udce9' is not UTF-8; rename it"):
        open_tree(root)


def test_a_folder_that_cannot_be_listed_is_named(tmp_path, monkeypatch):
    root = write_folder(tmp_path / "d", {"cat/0.png": b"1"})
    scan = os.scandir

    def refusing(path):
        if str(path).endswith("cat"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refusing)
    with pytest.raises(DataError, match="cat' cannot be read: Permission denied"):
        open_tree(root)


# --- archives that are not read ---


@pytest.mark.parametrize(
    ("name", "content", "title"),
    [
        ("a.7z", b"", "7z"),
        ("a.zip", b"7z\xbc\xaf\x27\x1c", "7z"),
        ("a.tar.zst", b"", "Zstandard"),
        ("a.tar", b"\x28\xb5\x2f\xfd", "Zstandard"),
        ("a.rar", b"Rar!\x1a\x07\0", "RAR"),
    ],
)
def test_other_archives_are_refused_by_name_with_what_to_do(name, content, title, tmp_path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=f"{title} archives are not read; unpack it and give the folder, or pack it as"):
        open_tree(tmp_path / name)


@pytest.mark.parametrize(("method", "title"), [(9, "Deflate64, as Windows"), (93, "Zstandard"), (77, "method 77")])
def test_a_zip_packed_in_another_way_says_which_and_what_to_do(method, title, tmp_path):
    path = write_zip(tmp_path / "a.zip", {"f": b"1"})
    data = bytearray(path.read_bytes())
    data[data.rfind(b"PK\x01\x02") + 10] = method
    path.write_bytes(bytes(data))
    with pytest.raises(DataError, match=rf"'f' is packed by {title}.*, which is not read; pack it again by Deflate"):
        open_tree(path)
