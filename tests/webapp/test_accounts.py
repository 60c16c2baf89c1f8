"""The first admin, one-time links, signing in and out, lockout."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from webapp.accounts import services
from webapp.accounts.models import SignInLink

pytestmark = pytest.mark.django_db


def run(*command: str) -> dict[str, str]:
    out = StringIO()
    call_command(*command, stdout=out)
    return json.loads(out.getvalue())


def test_the_first_admin_is_made_once(client):
    made = run("first_admin")
    assert made["username"] == "admin"
    assert client.post("/sign-in", {"username": "admin", "password": made["password"]}).status_code == 302
    assert run("first_admin") == {}
    assert run("sign_in_link")["link"] != made["link"]


def test_a_link_works_once(client, alice):
    link = services.make_link(alice)
    assert link.split("/")[-1] not in str(SignInLink.objects.values())
    client.head(link)
    assert client.get(link).url == "/"
    assert client.get("/api/studies").status_code == 200
    client.post("/sign-out")
    assert client.get("/api/studies").status_code == 302
    assert client.get(link).status_code == 410


def test_a_link_expires(client, alice):
    link = services.make_link(alice)
    SignInLink.objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert client.get(link).status_code == 410


@pytest.mark.parametrize(
    ("wanted", "goes_to"), [("/docs/", "/docs/"), ("https://evil.example/", "/"), ("//evil.example", "/")]
)
def test_signing_in_goes_where_one_wanted_if_that_is_ours(client, alice, wanted, goes_to):
    data = {"username": "alice", "password": "alice's password", "next": wanted}
    assert client.post("/sign-in", data).url == goes_to


def test_guessing_is_locked_out(client, alice, settings):
    for _ in range(settings.AXES_FAILURE_LIMIT):
        last = client.post("/sign-in", {"username": "alice", "password": "guess"})
    assert last.status_code == 429
    assert client.post("/sign-in", {"username": "alice", "password": "alice's password"}).status_code == 429
