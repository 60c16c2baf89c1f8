"""What an operator can set, and what the processes import: each in a process of its own."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def python(var: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("AUTOSNN_", "DATABASE_", "REDIS_"))}
    env |= {"AUTOSNN_VAR": str(var), "DJANGO_SETTINGS_MODULE": "webapp.settings", **environment}
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, env=env, capture_output=True, text=True)


def test_web_and_worker_parent_never_import_torch(tmp_path):
    worker = "from webapp.celery import app; app.loader.import_default_modules()"
    code = f"import sys, webapp.asgi; {worker}; print('torch' in sys.modules)"
    done = python(tmp_path, "-c", code)
    assert done.stdout.strip() == "False", done.stderr


def test_check_deploy_is_clean_behind_tls(tmp_path):
    done = python(tmp_path, "manage.py", "check", "--deploy", "--fail-level", "WARNING", AUTOSNN_SECURE="1")
    assert done.returncode == 0, done.stderr


def test_the_secret_key_is_kept_and_private(tmp_path):
    read = "from django.conf import settings; print(settings.SECRET_KEY)"
    keys = {python(tmp_path, "-c", read).stdout for _ in range(2)}
    assert len(keys) == 1
    assert stat.S_IMODE((tmp_path / "secrets" / "django-secret-key").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AUTOSNN_DEBUG", "yes"),
        ("REDIS_URL", "http://here"),
        ("DATABASE_URL", "mysql://here"),
        ("AUTOSNN_ALLOWED_HOSTS", ","),
        ("AUTOSNN_DATA_ROOT", "/dev/null/data"),
        ("AUTOSNN_PARTS", "/nowhere/parts.py"),
    ],
)
def test_a_bad_value_stops_with_one_sentence(tmp_path, name, value):
    done = python(tmp_path, "manage.py", "check", **{name: value})
    assert done.returncode == 1
    assert name in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_database_that_does_not_answer_is_given_up_and_an_operator_may_say_when(tmp_path):
    """As behind a pulled cable: the connection is there, and nobody speaks."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgres://studio@127.0.0.1:{silent.getsockname()[1]}/studio?connect_timeout=2"
        code = "import django; django.setup(); from django.db import connection; connection.connect()"
        done = python(tmp_path, "-c", code, DATABASE_URL=url)
    assert "timeout expired" in done.stderr
    read = "from django.conf import settings; print(settings.DATABASES['default']['OPTIONS'])"
    shipped = python(tmp_path, "-c", read, DATABASE_URL="postgres://studio@127.0.0.1/studio").stdout
    assert "'connect_timeout': 10" in shipped
    assert "'tcp_user_timeout': 25000" in shipped


def test_postgresql_ends_the_transaction_of_a_process_that_was_stopped_in_it(tmp_path):
    """Or it would keep its locks, and nobody could take its study over. Met by tests.chaos: SIGSTOP past the lease."""
    read = "from django.conf import settings; print(settings.DATABASES['default']['OPTIONS']['options'])"
    url = "postgres://studio@127.0.0.1/studio?options=-c%20lock_timeout%3D5000"
    done = python(tmp_path, "-c", read, DATABASE_URL=url, AUTOSNN_LEASE_SECONDS="7")
    assert done.stdout.split() == ["-c", "lock_timeout=5000", "-c", "idle_in_transaction_session_timeout=7000"]
