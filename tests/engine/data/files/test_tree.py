"""Trees of files: the same names and bytes from folder, zip and tar; hostile archives refused before they are read."""

import io
import stat
import struct
import tarfile
import time
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.files import tree as trees
from engine.data.files.file_trees import open_tree
from engine.data.files.locate import JoinedTree
from engine.errors import DataError

FILES = {"a/one.bin": b"1" * 10, "a/two.bin": b"22", "b/c/three.txt": b"", "four": bytes(range(256))}


def write_folder(root, files=FILES):
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


def write_zip(path, files=FILES, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def write_tar(path, members=None, mode="w:gz"):
    """Members are (TarInfo, bytes); by default FILES."""
    members = members or [(tarfile.TarInfo(name), data) for name, data in FILES.items()]
    with tarfile.open(path, mode) as tar:
        for info, data in members:
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


FORMS = {
    "folder": lambda tmp: write_folder(tmp / "d"),
    "zip": lambda tmp: write_zip(tmp / "d.zip"),
    "tar.gz": lambda tmp: write_tar(tmp / "d.tar.gz"),
    "tar": lambda tmp: write_tar(tmp / "d.tar", mode="w:"),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_names_sizes_and_bytes(form, tmp_path):
    tree = open_tree(FORMS[form](tmp_path))
    assert tree.names == tuple(sorted(FILES))
    assert {name: tree.size(name) for name in tree.names} == {name: len(data) for name, data in FILES.items()}
    assert dict(tree.each(tree.names, 1000)) == FILES
    assert tree.read("four", 256) == FILES["four"]


def test_the_content_hash_is_of_names_and_bytes_whatever_the_form(tmp_path):
    hashes = {open_tree(write(tmp_path)).content_hash() for write in FORMS.values()}
    assert len(hashes) == 1
    changed = write_zip(tmp_path / "changed.zip", {**FILES, "four": b"other"})
    renamed = write_zip(tmp_path / "renamed.zip", {name + "x": data for name, data in FILES.items()})
    assert {open_tree(changed).content_hash(), open_tree(renamed).content_hash()}.isdisjoint(hashes)


@pytest.mark.parametrize("form", FORMS)
def test_a_file_above_the_readers_limit_is_refused(form, tmp_path):
    with pytest.raises(DataError, match="four has 256 bytes; at most 255"):
        open_tree(FORMS[form](tmp_path)).read("four", 255)


@pytest.mark.parametrize("form", FORMS)
def test_a_missing_file_is_named(form, tmp_path):
    with pytest.raises(DataError, match="five is missing"):
        open_tree(FORMS[form](tmp_path)).read("five", 255)


def test_home_is_the_shortest_folder_that_holds_everything_wanted(tmp_path):
    tree = open_tree(write_zip(tmp_path / "d.zip", {"x/y/train": b"1", "x/y/test": b"2", "train": b"3", "x/z/a": b"4"}))
    assert dict(tree.home("train").each(["train"], 9)) == {"train": b"3"}
    assert tree.home("train", "test").names == ("test", "train")
    assert tree.home("z/").names == ("y/test", "y/train", "z/a")
    assert tree.home("nothing") is None


def test_a_file_brings_its_other_split_along(tmp_path):
    write_folder(tmp_path, {"train_32.mat": b"1", "test_32.mat": b"2", "other.mat": b"3"})
    assert open_tree(tmp_path / "train_32.mat").names == ("test_32.mat", "train_32.mat")
    assert open_tree(tmp_path / "other.mat").names == ("other.mat",)


def test_several_archives_read_as_one_unless_they_repeat_a_name(tmp_path):
    one = open_tree(write_zip(tmp_path / "one.zip", {"a/1": b"1", "a/2": b"2"}))
    two = open_tree(write_zip(tmp_path / "two.zip", {"b/1": b"3"}))
    joined = JoinedTree([one, two], "both")
    assert dict(joined.each(joined.names, 9)) == {"a/1": b"1", "a/2": b"2", "b/1": b"3"}
    with pytest.raises(DataError, match=r"'a/1' is in one\.zip and in one\.zip"):
        JoinedTree([one, one], "both")


# --- hostile archives (RELIABILITY §2b) ---

BAD_NAMES = {
    "../evil": "leads out of the archive",
    "a/../../evil": "leads out of the archive",
    "/etc/passwd": "leads out of the archive",
    "a\\..\\evil": "leads out of the archive",
    "x" * 300: "longer than 255 bytes",
    "a/gnp\u202e.png": "control or direction characters",
    "a/b\x07": "control or direction characters",
    "con.txt": "reserved on some systems",
}


@pytest.mark.parametrize("name", BAD_NAMES, ids=range(len(BAD_NAMES)))
@pytest.mark.parametrize("form", ["zip", "tar"])
def test_names_that_lead_out_or_deceive_are_refused(name, form, tmp_path):
    path = tmp_path / f"bad.{form}"
    write_zip(path, {name: b"x"}) if form == "zip" else write_tar(path, [(tarfile.TarInfo(name), b"x")], "w:")
    with pytest.raises(DataError, match=BAD_NAMES[name]):
        open_tree(path)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_in_a_tar_are_refused(kind, tmp_path):
    info = tarfile.TarInfo("data_batch_1")
    info.type, info.linkname = kind, "/etc/passwd"
    with pytest.raises(DataError, match="link or a device"):
        open_tree(write_tar(tmp_path / "a.tar.gz", [(info, b"")]))


def test_a_link_in_a_zip_is_refused(tmp_path):
    info = zipfile.ZipInfo("link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(DataError, match="link or a device"):
        open_tree(tmp_path / "a.zip")


def test_a_link_out_of_a_folder_is_refused_and_one_inside_is_not(tmp_path):
    root = write_folder(tmp_path / "d")
    (root / "inside").symlink_to(root / "four")
    assert open_tree(root).read("inside", 256) == FILES["four"]
    (root / "outside").symlink_to("/etc/passwd")
    with pytest.raises(DataError, match="'outside' is a link that leads out"):
        open_tree(root)


def test_a_zip_bomb_is_refused_by_its_ratio_before_it_is_unpacked(tmp_path):
    path = write_zip(tmp_path / "bomb.zip", {"x.bin": bytes(100_000_000)})
    assert path.stat().st_size < 200_000
    started = time.process_time()
    with pytest.raises(DataError, match=r"would grow from .* to 100,000,000 bytes; at most 100 times"):
        open_tree(path)
    assert time.process_time() - started < 1


def test_a_tar_bomb_is_refused_by_its_ratio(tmp_path):
    path = write_tar(tmp_path / "bomb.tar.gz", [(tarfile.TarInfo(f"f{k}"), bytes(3_000_000)) for k in range(4)])
    with pytest.raises(DataError, match="more than 100 times its size"):
        open_tree(path)


def test_200000_empty_files_are_refused_from_the_last_record_alone(tmp_path):
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for k in range(200_000):
            archive.writestr(zipfile.ZipInfo(f"{k}"), b"")
    started = time.process_time()
    with pytest.raises(DataError, match="holds 200,000 files; at most 150,000"):
        open_tree(path)
    assert time.process_time() - started < 0.5


def test_too_many_files_in_a_tar_or_a_folder_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(trees, "MAX_FILES", 3)
    for write in (FORMS["tar"], FORMS["folder"]):
        with pytest.raises(DataError, match="holds 4 files; at most 3"):
            open_tree(write(tmp_path))


def test_a_directory_that_lies_about_its_size_is_refused(tmp_path):
    path = write_zip(tmp_path / "lying.zip")
    data = bytearray(path.read_bytes())
    at = data.rfind(b"PK\x05\x06")
    data[at + 12 : at + 16] = struct.pack("<I", 39_000_000)
    path.write_bytes(bytes(data))
    with pytest.raises(DataError, match="past its own end"):
        open_tree(path)


def test_a_size_that_lies_is_found_when_the_member_is_read(tmp_path):
    path = write_zip(tmp_path / "lying.zip", {"x": b"a" * 5000}, zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 10)
    path.write_bytes(bytes(data))
    with pytest.raises(DataError, match=r"damaged|truncated"):
        open_tree(path).read("x", 100)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_given_twice_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "twice.zip", "w") as archive:
        archive.writestr("f", b"1")
        archive.writestr("f", b"2")
    twice = write_tar(tmp_path / "twice.tar", [(tarfile.TarInfo("a/f"), b"1"), (tarfile.TarInfo("./a/f"), b"2")], "w:")
    for path in (tmp_path / "twice.zip", twice):
        with pytest.raises(DataError, match="twice"):
            open_tree(path)


def test_an_encrypted_zip_says_so(tmp_path):
    path = write_zip(tmp_path / "secret.zip", {"f": b"1"})
    data = bytearray(path.read_bytes())
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    with pytest.raises(DataError, match="encrypted; make the zip again without a password"):
        open_tree(path)


@pytest.mark.parametrize("form", ["zip", "tar.gz", "tar"])
@given(share=st.floats(0, 0.99))
def test_a_truncated_archive_is_refused_wherever_it_is_cut(form, share, tmp_path_factory):
    tmp = tmp_path_factory.mktemp("cut")
    path = FORMS[form](tmp)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share * (0.9 if form == "zip" else 0.1))])
    with pytest.raises(DataError, match=r"truncated|not a|damaged|is missing"):
        dict(open_tree(path).each(FILES, 1000))


@pytest.mark.parametrize("form", FORMS)
def test_reading_writes_nothing(form, tmp_path):
    path = FORMS[form](tmp_path)
    before = sorted(tmp_path.rglob("*"))
    dict(open_tree(path).each(FILES, 1000))
    assert sorted(tmp_path.rglob("*")) == before
