"""Static files, pages and answers: compressed for who takes that, as they are for anybody else."""

from __future__ import annotations

import gzip

import pytest

PLOTLY = "/static/vendor/plotly/plotly.min.js"


def test_scripts_and_styles_are_compressed(client):
    for path in ("/static/study/main.js", "/static/style/base.css", PLOTLY):
        plain = client.get(path)
        packed = client.get(path, headers={"Accept-Encoding": "gzip, br"})
        assert packed["Content-Encoding"] == "gzip"
        assert int(packed["Content-Length"]) == len(packed.content) < len(plain.content) / 2
        assert gzip.decompress(packed.content) == plain.content
        assert "Content-Encoding" not in plain
        assert plain["Vary"] == packed["Vary"] == "Accept-Encoding"


def test_what_the_browser_has_is_not_sent_again(client):
    first = client.get(PLOTLY, headers={"Accept-Encoding": "gzip"})
    again = client.get(PLOTLY, headers={"Accept-Encoding": "gzip", "If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.django_db
def test_pages_and_answers_are_compressed_and_downloads_are_not(alice, as_user, study):
    browser = as_user(alice)
    for path in ("/", f"/studies/{study.id}", f"/api/studies/{study.id}", "/api/studies"):
        plain, packed = browser.get(path), browser.get(path, headers={"Accept-Encoding": "gzip"})
        if len(plain.content) > 200:
            assert packed["Content-Encoding"] == "gzip", path
            assert len(gzip.decompress(packed.content)) == pytest.approx(len(plain.content), rel=0.05)
        assert "Content-Encoding" not in plain
    kit = browser.get(f"/studies/{study.id}/paper-kit", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in kit
