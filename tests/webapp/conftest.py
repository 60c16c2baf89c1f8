"""Fixtures of the web tests: three users, a tiny config, studies, and an in-memory channel layer and broker."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
os.environ.setdefault("AUTOSNN_VAR", tempfile.mkdtemp(prefix="autosnn-webtests-"))

import django
import pytest

django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.test import Client  # noqa: E402

from engine.config.data import DataConfig  # noqa: E402
from engine.config.network import NetworkConfig  # noqa: E402
from engine.config.recipe import RetrainConfig, SupernetConfig  # noqa: E402
from engine.config.runtime import RuntimeConfig  # noqa: E402
from engine.config.search import SearchConfig  # noqa: E402
from engine.config.study import StudyConfig  # noqa: E402
from engine.space.macro import Layer, MacroArchitecture  # noqa: E402
from webapp.studies import services  # noqa: E402
from webapp.studies.models import Study  # noqa: E402


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """SQLite in a file: threads with connections of their own cannot share one in memory."""
    from django.db import connection

    if connection.vendor == "sqlite":
        path = tmp_path_factory.mktemp("database") / "test.sqlite3"
        connection.settings_dict["TEST"]["NAME"] = str(path)


@pytest.fixture(autouse=True)
def _surroundings(settings, tmp_path, monkeypatch):
    """Files below tmp_path; nothing goes to a broker, and messages of the channel layer stay in memory.

    Passwords are hashed once instead of a million times: a third of a second for each user of each test.
    """
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STUDIES_ROOT = tmp_path / "studies"
    settings.DATA_ROOT = tmp_path / "data"
    settings.DATA_ROOT.mkdir()
    settings.PREVIEWS_ROOT = tmp_path / "previews"
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    monkeypatch.setattr("webapp.broker.wake._send", lambda task, subject: None)
    monkeypatch.setattr("webapp.broker.wake.queue_length", lambda queue: 0)


@pytest.fixture
def alice(db) -> User:
    return User.objects.create_user("alice", password="alice's password")


@pytest.fixture
def bob(db) -> User:
    return User.objects.create_user("bob", password="bob's password")


@pytest.fixture
def admin(db) -> User:
    return User.objects.create_superuser("root", password="root's password")


@pytest.fixture
def config() -> StudyConfig:
    """As small as a study can be and still do everything."""
    macro = MacroArchitecture(
        stem_channels=2,
        layers=(Layer(channels=2), Layer(kind="max_pool", stride=2), Layer(channels=2)),
        votes_per_class=1,
    )
    return StudyConfig(
        name="Tiny",
        data=DataConfig(image_size=8, train_samples=60, test_samples=20),
        network=NetworkConfig(macro=macro, time_steps=2),
        supernet=SupernetConfig(epochs=1, batch_size=16),
        search=SearchConfig(generations=2, population=4, parents=2, mutations=2, crossovers=2),
        retrain=RetrainConfig(epochs=1, batch_size=16),
        runtime=RuntimeConfig(threads=1, device="cpu"),
    )


@pytest.fixture
def study(alice: User, config: StudyConfig) -> Study:
    return services.create_study(alice, config)


@pytest.fixture
def as_user():
    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in
