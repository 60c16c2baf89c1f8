"""Reads and checks settings from environment variables; an invalid value ends the program with one sentence."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url

from engine.errors import RegistryError
from engine.parts.loading import load_parts, paths_of

REPOSITORY = Path(__file__).resolve().parent.parent
REDIS_SCHEMES = ("redis", "rediss", "unix")
SILENCE = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
"""Timeouts after which an unreachable PostgreSQL is given up, within 25 s; libpq alone would wait for hours. In
seconds, the last in milliseconds (PostgreSQL's libpq, "Parameter Key Words").
"""


class BadSetting(SystemExit):
    """Ends the program with one clear sentence on stderr and exit status 1."""


def flag(name: str) -> bool:
    value = os.environ.get(name, "")
    if value not in ("", "0", "1"):
        raise BadSetting(f"{name} must be 0 or 1, got {value[:60]!r}")
    return value == "1"


def folder(name: str, default: Path) -> Path:
    """An absolute folder, made with mode 700 where it is missing."""
    path = Path(os.environ.get(name) or default).expanduser().resolve()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadSetting(f"{name}: the folder {path} cannot be made: {error.strerror}") from error
    return path


def folders(name: str) -> list[Path]:
    """Folders that are there already, separated by colons."""
    found = [Path(text).expanduser().resolve() for text in os.environ.get(name, "").split(os.pathsep) if text]
    for path in found:
        if not path.is_dir():
            raise BadSetting(f"{name}: {path} is not a folder")
    return found


def own_parts(name: str) -> None:
    """Register the parts of installed packages, and of the Python files of a list separated by colons."""
    try:
        load_parts(paths_of(os.environ.get(name, "")))
    except RegistryError as error:
        raise BadSetting(f"{name}: {error}") from error


def gigabytes(name: str, default: int) -> int:
    """Bytes, from a whole number of 10⁹."""
    text = os.environ.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 1_000_000):
        raise BadSetting(f"{name} must be a whole number from 1 to 1,000,000, got {text[:30]!r}")
    return int(text) * 1_000_000_000


def whole(name: str, default: int, *, least: int, most: int) -> int:
    text = os.environ.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
        raise BadSetting(f"{name} must be a whole number from {least:,} to {most:,}, got {text[:30]!r}")
    return int(text)


def token(name: str) -> str:
    """A secret of at least 16 characters, or none."""
    text = os.environ.get(name, "")
    if text and len(text) < 16:
        raise BadSetting(f"{name} must have at least 16 characters, got {len(text)}")
    return text


def allowed_hosts() -> list[str]:
    hosts = os.environ.get("AUTOSNN_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
    names = [host.strip() for host in hosts.split(",") if host.strip()]
    if not names:
        raise BadSetting("AUTOSNN_ALLOWED_HOSTS must name at least one host, comma-separated")
    return names


def database(var: Path, lease_seconds: int) -> dj_database_url.DBConfig:
    """DATABASE_URL, or SQLite in the state folder with settings that let several processes write.

    A process stopped (SIGSTOP) inside a transaction keeps its locks. PostgreSQL ends that transaction after a lease,
    so that another worker can claim the study.
    """
    url = os.environ.get("DATABASE_URL") or f"sqlite:///{var / 'autosnn.sqlite3'}"
    scheme = url.split(":", 1)[0]
    if scheme not in ("sqlite", "postgres", "postgresql"):
        raise BadSetting(f"DATABASE_URL must start with sqlite:// or postgres://, got {scheme[:30]!r}")
    try:
        config = dj_database_url.parse(url)
    except ValueError as error:
        raise BadSetting(f"DATABASE_URL cannot be read: {error}") from error
    if scheme == "sqlite":
        pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
        config["OPTIONS"] = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": pragmas}
    else:
        idle = f"-c idle_in_transaction_session_timeout={1000 * lease_seconds}"
        options = config.setdefault("OPTIONS", {})
        options |= SILENCE | options
        options["options"] = f"{options.get('options', '')} {idle}".strip()
    return config


def redis_url() -> str:
    """REDIS_URL in redis-py's own schemes."""
    url = os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/0"
    if urlsplit(url).scheme not in REDIS_SCHEMES:
        schemes = ", ".join(f"{scheme}://" for scheme in REDIS_SCHEMES)
        raise BadSetting(f"REDIS_URL must start with one of {schemes}; got {url.split(':', 1)[0][:30]!r}")
    return url


def broker_url(url: str) -> str:
    """The same server in kombu's spelling: unix sockets are `redis+socket://` there."""
    return f"redis+socket://{url.removeprefix('unix://')}" if url.startswith("unix://") else url


def secret_key(var: Path) -> str:
    """The key in the state folder; the first process creates it, readable by its owner alone."""
    folder = var / "secrets"
    path = folder / "django-secret-key"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if not path.exists():
            _write_once(path, secrets.token_urlsafe(64))
        key = path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise BadSetting(f"the secret key {path} cannot be used: {error.strerror}") from error
    if len(key) < 50:
        raise BadSetting(f"the secret key {path} is damaged: delete it to get a new one (everybody signs in again)")
    return key


def _write_once(path: Path, text: str) -> None:
    """Write the whole file or nothing, and never over another process's."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if not path.exists():
            os.link(draft, path)
    except FileExistsError:
        pass  # another process has created the key; use that one
    finally:
        draft.unlink()
