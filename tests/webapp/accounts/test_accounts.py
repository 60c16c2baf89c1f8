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
    assert client.get("/api/studies").status_code == 401
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


def passwords(old, new):
    return {"old_password": old, "new_password1": new, "new_password2": new}


def test_everybody_changes_their_own_password(alice, as_user, client):
    alice.set_password("before-it-was-this")
    alice.save()
    browser, elsewhere = as_user(alice), as_user(alice)
    assert "Change password" in browser.get("/account/password").content.decode()
    done = browser.post("/account/password", passwords("before-it-was-this", "now-it-is-that-one"), follow=True)
    assert "Password changed" in done.content.decode()
    assert browser.get("/api/studies").status_code == 200
    assert elsewhere.get("/api/studies").status_code == 401, "who was signed in by the old one is not any more"
    assert client.post("/sign-in", {"username": "alice", "password": "now-it-is-that-one"}).status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [("wrong", "now-it-is-that-one", "entered incorrectly"), ("before-it-was-this", "123", "too short")],
)
def test_a_password_that_does_not_do_is_told_at_its_field(alice, as_user, old, new, said):
    alice.set_password("before-it-was-this")
    alice.save()
    refused = as_user(alice).post("/account/password", passwords(old, new))
    assert refused.status_code == 200
    assert said in refused.content.decode()
    alice.refresh_from_db()
    assert alice.check_password("before-it-was-this")
