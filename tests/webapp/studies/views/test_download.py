"""The download of a result: whole, from where it broke off, and not again what one has."""

import pytest
from django.test import AsyncClient

from engine.events import Commit
from webapp.studies import files, services


@pytest.fixture
def finished(study):
    """A study with a package of version 2, and the address of its zip."""
    folder = files.workdir(study.id) / "result"
    folder.mkdir(parents=True)
    for name in files.RESULT_FILES:
        (folder / name).write_text(name * 20)
    services.commit_step(services.claim(study.id, "a"), [], Commit("c", "0" * 64, 1, 1, "done"))
    return study, f"/studies/{study.id}/download", folder


def test_a_download_that_broke_off_goes_on(alice, as_user, finished):
    client, (_, address, _) = as_user(alice), finished
    whole = client.get(address)
    body = whole.getvalue()
    assert (whole.status_code, whole["Accept-Ranges"]) == (200, "bytes")
    rest = client.get(address, headers={"Range": "bytes=100-", "If-Range": whole["ETag"]})
    assert (rest.status_code, rest["Content-Range"]) == (206, f"bytes 100-{len(body) - 1}/{len(body)}")
    assert int(rest["Content-Length"]) == len(body) - 100
    assert rest.getvalue() == body[100:]
    assert rest["Content-Disposition"] == whole["Content-Disposition"]


def test_of_another_result_all_is_sent(alice, as_user, finished):
    client, (_, address, folder) = as_user(alice), finished
    before = client.get(address)
    (folder / "model.py").write_text("another")
    after = client.get(address, headers={"Range": "bytes=100-", "If-Range": before["ETag"]})
    assert after.status_code == 200
    assert after["ETag"] != before["ETag"]


def test_what_one_has_is_not_sent_again(alice, as_user, finished):
    client, (_, address, _) = as_user(alice), finished
    known = client.get(address)["ETag"]
    again = client.get(address, headers={"If-None-Match": known})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", known)


def test_a_range_behind_the_end_is_told_the_length(alice, as_user, finished):
    client, (_, address, _) = as_user(alice), finished
    size = client.get(address)["Content-Length"]
    refused = client.get(address, headers={"Range": f"bytes={size}-"})
    assert (refused.status_code, refused["Content-Range"]) == (416, f"bytes */{size}")


def test_head_tells_the_length_and_sends_nothing(alice, as_user, finished):
    client, (_, address, _) = as_user(alice), finished
    told = client.head(address, headers={"Range": "bytes=5-"})
    assert (told.status_code, told["Content-Length"]) == (200, client.get(address)["Content-Length"])
    assert told.getvalue() == b""


@pytest.mark.django_db(transaction=True)
async def test_under_asgi_it_is_streamed_in_chunks(alice, finished):
    """A plain iterator would be read to its end before the first byte is sent."""
    client, (_, address, _) = AsyncClient(), finished
    await client.aforce_login(alice)
    response = await client.get(address)
    assert response.is_async
    chunks = [chunk async for chunk in response.streaming_content]
    assert len(chunks) > 2
    assert sum(map(len, chunks)) == int(response["Content-Length"])


def test_a_package_of_before_version_2_is_still_offered(alice, as_user, study):
    folder = files.workdir(study.id) / "result"
    folder.mkdir(parents=True)
    for name in files.OLD_RESULT_FILES:
        (folder / name).write_text(name)
    assert [path.name for path in files.result_files(study.id)] == list(files.OLD_RESULT_FILES)


@pytest.mark.parametrize(("listed", "offered"), [("", True), ("ab  model.py\n", False)])
def test_a_package_without_model_py_is_whole_only_if_its_sums_list_none(study, listed, offered):
    folder = files.workdir(study.id) / "result"
    folder.mkdir(parents=True)
    for name in files.WITHOUT_CODE:
        (folder / name).write_text(listed)
    assert bool(files.result_files(study.id)) == offered


def test_a_page_knows_what_lies_beside_the_network(alice, as_user, finished):
    study, _, _ = finished
    offered = as_user(alice).get(f"/api/studies/{study.id}").json()["downloads"]
    assert (offered["code"], offered["samples"]) == (True, True)
