"""The ASGI application: HTTP through Django, sockets through Channels."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")

from django.core.asgi import get_asgi_application

http = get_asgi_application()  # sets Django up, so it comes before everything that imports models

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402
from django.conf import settings  # noqa: E402
from django.urls import path  # noqa: E402

from webapp.http.body_limit import BodyLimit  # noqa: E402
from webapp.studies.consumer import StudyConsumer  # noqa: E402

sockets = URLRouter([path("ws/studies/<uuid:study_id>", StudyConsumer.as_asgi())])
application = ProtocolTypeRouter(
    {"http": BodyLimit(http, settings.MAX_BODY), "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(sockets))}
)
