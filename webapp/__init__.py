"""The web application: studies, accounts, and the way to the engine."""

from __future__ import annotations

from webapp.celery import app as celery_app

__all__ = ["celery_app"]
