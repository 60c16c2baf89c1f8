"""A signed-in user's calls of the JSON API."""

import json
import urllib.request
from http.cookiejar import CookieJar
from typing import Any

from tests.processes.studio import Studio


class Session:
    """Signs in by the printed link, or another; keeps its cookies when the studio starts again at the same address."""

    def __init__(self, studio: Studio, link: str | None = None) -> None:
        self.url = studio.url
        self.cookies = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.opener.open(link or studio.link).close()

    def get(self, path: str) -> Any:
        with self.opener.open(self.url + path, timeout=20) as answer:
            return json.load(answer)

    def events(self, study: str) -> list[Any]:
        """All that is stored of a study, page after page."""
        found: list[Any] = []
        while True:
            page = self.get(f"/api/studies/{study}/events?after={len(found)}")
            found += page["events"]
            if len(found) >= page["last_seq"]:
                return found

    def post(self, path: str, body: object) -> Any:
        self.opener.open(f"{self.url}/studies/new", timeout=20).close()  # sets the CSRF cookie
        token = next(cookie.value for cookie in self.cookies if cookie.name == "csrftoken")
        headers = {"Content-Type": "application/json", "X-CSRFToken": str(token)}
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), headers)
        with self.opener.open(request, timeout=20) as answer:
            return json.load(answer)
