"""The Celery application."""

from __future__ import annotations

import os

from celery import Celery

from engine.process.openmp import share_cores

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
share_cores()

app = Celery("autosnn")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["webapp.studies", "webapp.datasets", "webapp.inspections", "webapp.exports"])
app.autodiscover_tasks(["webapp.datasets", "webapp.inspections", "webapp.exports"], related_name="worker")
app.autodiscover_tasks(["webapp.studies.worker"], related_name="main_process")
