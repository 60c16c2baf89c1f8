"""URLs of the replays."""

from __future__ import annotations

from django.urls import path

from webapp.demo import views

urlpatterns = [
    path("demo", views.demo, name="demo"),
    path("api/demo/events", views.demo_events, name="api-demo-events"),
]
