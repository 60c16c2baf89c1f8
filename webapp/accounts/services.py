"""Every write of the accounts: the first admin, one-time links and their use."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from webapp.accounts.models import SignInLink

FIRST_ADMIN = "admin"


def make_first_admin() -> tuple[User, str] | None:
    """The superuser `admin` and its password, or None where an account exists."""
    with transaction.atomic():
        if User.objects.exists():
            return None
        password = secrets.token_urlsafe(12)
        return User.objects.create_superuser(FIRST_ADMIN, password=password), password


def make_link(user: User) -> str:
    """The path of a new one-time link."""
    token = secrets.token_urlsafe(32)
    expires = timezone.now() + timedelta(seconds=settings.SIGN_IN_LINK_SECONDS)
    SignInLink.objects.filter(expires__lt=Now()).delete()
    SignInLink.objects.create(user=user, token_hash=_hash(token), expires=expires)
    return reverse("sign-in-link", args=[token])


def redeem(token: str) -> User | None:
    """Use a link once and return its user; None where it is unknown, used or expired."""
    with transaction.atomic():
        fresh = SignInLink.objects.filter(token_hash=_hash(token), used=None, expires__gt=Now(), user__is_active=True)
        if not fresh.update(used=Now()):
            return None
        return SignInLink.objects.select_related("user").get(token_hash=_hash(token)).user


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
