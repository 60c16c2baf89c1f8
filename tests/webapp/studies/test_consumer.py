"""The socket: replay from a cursor, new events once and in order, progress, rights."""

from __future__ import annotations

import pytest
from asgiref.sync import sync_to_async
from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.test import Client
from django.urls import path
from django.utils import timezone

from engine.events import to_wire
from tests.webapp.fake_engine import commit, generation
from tests.webapp.socket_client import Socket
from webapp.studies import consumer, services
from webapp.studies.models import Study
from webapp.studies.services import announce

pytestmark = pytest.mark.django_db(transaction=True)
ROUTES = URLRouter([path("ws/studies/<uuid:study_id>", consumer.StudyConsumer.as_asgi())])


def session_of(user):
    client = Client()
    if user.is_authenticated:
        client.force_login(user)
    return client.session


async def connect(study_id, user, query: str = "") -> Socket:
    session = await sync_to_async(session_of)(user)
    socket = Socket(ROUTES, f"/ws/studies/{study_id}", query, user=user, session=session)
    await socket.open()
    return socket


async def test_it_greets_replays_and_follows(study, alice):
    socket = await connect(study.id, alice)
    hello = await socket.frame()
    assert (hello["type"], hello["last_seq"], hello["summary"]["name"]) == ("hello", 1, "Tiny")
    assert await socket.seqs(1) == [1]
    lease = await sync_to_async(services.claim)(study.id, "a")
    await sync_to_async(services.commit_step)(lease, [to_wire(generation(0))], commit(1))
    assert await socket.seqs(2) == [2, 3]
    await socket.leave()


async def test_it_goes_on_from_the_cursor(study, alice):
    await sync_to_async(services.claim)(study.id, "a")
    socket = await connect(study.id, alice, "after=1")
    assert await socket.seqs(1) == [2]
    await socket.send('{"after": 0}')
    assert await socket.seqs(2) == [1, 2]
    await socket.send("[" * 4000)
    await socket.send('{"after": 1}')
    assert await socket.seqs(1) == [2]
    await socket.leave()


async def test_a_lost_nudge_is_made_good(study, alice, monkeypatch):
    monkeypatch.setattr(consumer, "POLL_SECONDS", 0.05)
    monkeypatch.setattr(announce, "_send", lambda study_id, message: None)
    socket = await connect(study.id, alice, "after=1")
    await sync_to_async(services.pause)(study.id)
    assert await socket.seqs(1) == [2]
    await socket.leave()


async def test_progress_passes_through(study, alice):
    socket = await connect(study.id, alice, "after=1")
    await socket.frame()
    await sync_to_async(announce.provisional)(study.id, {"kind": "progress"})
    frames = [await socket.frame()]
    assert {"type": "progress", "event": {"kind": "progress"}} in frames
    await socket.leave()


async def test_strangers_and_the_signed_out_are_turned_away(study, bob):
    assert await (await connect(study.id, bob)).close_code() == 4404
    assert await (await connect(study.id, AnonymousUser())).close_code() == 4401


async def test_rights_are_looked_at_again(study, alice, monkeypatch):
    monkeypatch.setattr(consumer, "POLL_SECONDS", 0.05)
    monkeypatch.setattr(consumer, "RECHECK_SECONDS", 0.0)
    socket = await connect(study.id, alice)
    await sync_to_async(type(alice).objects.update)(is_active=False)
    assert await socket.close_code() == 4401


async def browser_socket(study_id, client: Client) -> Socket:
    """As the application takes it: who it is says the cookie alone."""
    cookie = f"sessionid={client.cookies['sessionid'].value}".encode()
    stack = AuthMiddlewareStack(ROUTES)
    socket = Socket(stack, f"/ws/studies/{study_id}", "after=1", headers=[(b"cookie", cookie)])
    await socket.open()
    assert (await socket.frame())["type"] == "hello"
    return socket


def sign_out(client: Client) -> None:
    client.post("/sign-out")


def expire(client: Client) -> None:
    Session.objects.filter(session_key=client.cookies["sessionid"].value).update(expire_date=timezone.now())


@pytest.mark.parametrize("end", [sign_out, expire])
async def test_a_session_that_ended_closes_its_sockets_and_no_others(study, alice, as_user, monkeypatch, end):
    monkeypatch.setattr(consumer, "POLL_SECONDS", 0.05)
    monkeypatch.setattr(consumer, "RECHECK_SECONDS", 0.0)
    clients = [await sync_to_async(as_user)(alice) for _ in range(2)]
    ended, other = [await browser_socket(study.id, client) for client in clients]
    await sync_to_async(end)(clients[0])
    assert await ended.close_code() == 4401
    await sync_to_async(services.pause)(study.id)
    assert await other.seqs(1) == [2]
    await other.leave()


async def test_a_study_given_to_somebody_else_closes(study, alice, bob, monkeypatch):
    monkeypatch.setattr(consumer, "POLL_SECONDS", 0.05)
    socket = await connect(study.id, alice)
    await sync_to_async(Study.objects.update)(owner=bob)
    assert await socket.close_code() == 4404


async def test_a_viewer_the_database_left_is_sent_to_connect_again(study, alice, monkeypatch):
    """Or its socket would stay open, and nothing would ever come."""
    socket = await connect(study.id, alice, "after=1")
    await socket.frame()

    def away(*_):
        raise OperationalError("the database is starting up")

    monkeypatch.setattr(consumer, "read_events", away)
    await sync_to_async(services.pause)(study.id)
    assert await socket.close_code() == consumer.TRY_AGAIN


async def test_a_user_has_so_many_sockets_and_no_more(study, alice, admin, monkeypatch):
    """Whoever gets none asks by plain requests instead, as where something on the way blocks sockets."""
    monkeypatch.setattr(consumer, "MAX_SOCKETS", 1)
    first = await connect(study.id, alice)
    assert (await first.frame())["type"] == "hello"
    assert await (await connect(study.id, alice)).close_code() == consumer.TOO_MANY
    other = await connect(study.id, admin)
    assert (await other.frame())["type"] == "hello", "others have their own"
    await first.leave()
    again = await connect(study.id, alice)
    assert (await again.frame())["type"] == "hello"
    for socket in (again, other):
        await socket.leave()
