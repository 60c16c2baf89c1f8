"""A zip of stored files: what zip programs read, the same bytes each time, and any part of it."""

import io
import os
import zipfile

import pytest

from webapp.http.stored_zip import stored_zip

CONTENTS = {"a.txt": b"", "b.bin": bytes(range(256)) * 3000, "c.json": b"{}"}


@pytest.fixture
def paths(tmp_path):
    for name, data in CONTENTS.items():
        (tmp_path / name).write_bytes(data)
    return [tmp_path / name for name in CONTENTS]


def whole(packed):
    return b"".join(packed.read(0, packed.size))


def test_it_is_a_zip_with_fixed_dates_and_permissions(paths):
    packed = stored_zip(paths)
    assert len(whole(packed)) == packed.size
    with zipfile.ZipFile(io.BytesIO(whole(packed))) as archive:
        assert archive.testzip() is None
        assert {one.filename: archive.read(one) for one in archive.infolist()} == CONTENTS
        for one in archive.infolist():
            assert (one.date_time, one.external_attr >> 16, one.create_system) == ((2020, 1, 1, 0, 0, 0), 0o600, 3)
            assert (one.compress_type, one.extra, one.flag_bits) == (zipfile.ZIP_STORED, b"", 0)


def test_equal_files_give_equal_bytes_whenever_they_were_written(paths, tmp_path):
    first = stored_zip(paths)
    os.utime(paths[1], (1, 1))
    paths[1].chmod(0o600)
    again = stored_zip(paths)
    assert (whole(again), again.tag) == (whole(first), first.tag)


def test_another_byte_has_another_tag(paths):
    first = stored_zip(paths)
    paths[2].write_bytes(b"[]")
    os.utime(paths[2], ns=(1, 1))
    assert stored_zip(paths).tag != first.tag


@pytest.mark.parametrize(("start", "stop"), [(0, 1), (10, 60), (35, 768_100), (768_100, 768_300), (5, 5)])
def test_any_part_of_it_is_read_as_it_stands_in_the_whole(paths, start, stop):
    packed = stored_zip(paths)
    assert b"".join(packed.read(start, stop)) == whole(packed)[start:stop]


def test_a_file_that_became_shorter_ends_the_download(paths):
    packed = stored_zip(paths)
    paths[1].write_bytes(b"short")
    with pytest.raises(OSError, match=r"b\.bin became shorter while it was sent"):
        whole(packed)
