"""Range, If-Range and If-None-Match of a request for 100 bytes."""

import pytest

from webapp.http.byte_range import ByteRange, asked_range, is_known


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("bytes=0-9", ByteRange(0, 10)),
        ("bytes=40-", ByteRange(40, 100)),
        ("bytes=90-200", ByteRange(90, 100)),
        ("bytes=-30", ByteRange(70, 100)),
        ("bytes=-300", ByteRange(0, 100)),
        ("Bytes=5-5", ByteRange(5, 6)),
        ("bytes=100-", ByteRange(100, 100)),
        ("bytes=-0", ByteRange(100, 100)),
        ("", None),
        ("bytes=-", None),
        ("bytes=9-5", None),
        ("bytes=0-1,5-6", None),
        ("lines=0-9", None),
        ("bytes=x-9", None),
    ],
)
def test_a_range_is_read_or_all_is_sent(asked, found):
    assert asked_range({"Range": asked}, 100, '"tag"') == found


@pytest.mark.parametrize(("known", "partly"), [('"tag"', True), ('"old"', False), ('W/"tag"', False)])
def test_a_part_is_sent_only_of_the_bytes_that_if_range_names(known, partly):
    headers = {"Range": "bytes=40-", "If-Range": known}
    assert (asked_range(headers, 100, '"tag"') is not None) == partly


def test_content_range_names_the_part_or_says_that_it_is_not_there():
    assert ByteRange(40, 100).header(100) == "bytes 40-99/100"
    assert ByteRange(120, 100).header(100) == "bytes */100"


@pytest.mark.parametrize(
    ("told", "known"), [('"tag"', True), ('"a", W/"tag"', True), ("*", True), ('"old"', False), ("", False)]
)
def test_what_a_client_says_it_has(told, known):
    assert is_known({"If-None-Match": told}, '"tag"') == known
